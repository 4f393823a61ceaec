"""What a rendered file may say apart from plain data: a few names and calls of our choosing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Code:
    """A Python expression that stands as it is.

    Only this package makes these, from fixed texts and from names that were checked against a
    pattern; free text never comes near.
    """

    text: str


@dataclass(frozen=True)
class Invoke:
    """A call such as `timedelta(minutes=5)`; its arguments are values like any other."""

    function: str
    positional: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A method called on what a call gave: `BashOperator.partial(…)` `.expand(…)`."""

    of: Invoke
    name: str
    named: Mapping[str, object] = field(default_factory=dict)
