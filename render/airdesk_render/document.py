"""What reading a text gives: plain values, where each of them stands, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a text from being read; line and column count from 1."""

    line: int
    column: int
    code: str
    message: str
    path: Path = ()


@dataclass
class Document:
    """What was read.

    Attributes:
        data: plain values; `None` when nothing usable was there.
        values: where each value begins, as line and column in characters, from 1.
        keys: where its key begins.
        styles: how a value is quoted: `|`, `>`, `'` or `"`; nothing for plain ones.
    """

    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    styles: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Where a value (or its key) stands; where it is missing, the nearest thing around it."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
            if (place := first.get(part) or second.get(part)) is not None:
                return place
            of_key = True
        return (1, 1)
