"""What all areas share: a figure, its median, and a word on what is going on."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How much is measured; `small` only shows that the harness works."""

    small: bool = False


@dataclass(frozen=True)
class Figure:
    """One line of the output. The unit of a ratio is `x`: ours divided by the peer's."""

    name: str
    value: float
    unit: str
    digits: int = 3


def median(times: Iterable[float]) -> float:
    return statistics.median(list(times))


def ratio(name: str, ours: Iterable[float], peer: Iterable[float]) -> Figure:
    """The median of the rounds' own ratios: what slows a round down slows both sides of it."""
    pairs = zip(ours, peer, strict=True)
    return Figure(name, median(one / other for one, other in pairs), "x", 2)


def seconds(prefix: str, rounds: Mapping[str, list[float]]) -> list[Figure]:
    """The median time of each contestant."""
    return [Figure(f"{prefix}.{name}", median(times), "s") for name, times in rounds.items()]


def say(text: str) -> None:
    """A word for the person who waits; figures alone go to stdout."""
    print(f"# {text}", file=sys.stderr, flush=True)
