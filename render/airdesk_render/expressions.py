"""What a rendered file may say apart from plain data: a few names and calls of our choosing."""

from __future__ import annotations

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
    named: dict[str, object] = field(default_factory=dict)
