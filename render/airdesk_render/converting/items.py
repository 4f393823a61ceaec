"""Values with the place where each was written, as far as dag-factory's YAML goes.

Beside plain values there are two kinds that dag-factory makes while it reads: an object
(`__type__: datetime.timedelta`) and a condition (`__and__`, `__or__`). None of it is constructed
here; a conversion looks at what is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Scalar = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True, order=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Made:
    """An object that dag-factory would construct: dotted path of its class, and its arguments."""

    path: str
    positional: tuple[Item, ...]
    named: Mapping[str, Item]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Condition:
    """Parts that all (`and`) or any (`or`) hold."""

    word: Literal["and", "or"]
    parts: tuple[Item, ...]


Value = Scalar | Made | Condition | tuple["Item", ...] | dict[str, "Item"]


@dataclass(frozen=True)
class Item:
    """A value and where it begins; `key` is where its key begins, in a mapping."""

    value: Value
    place: Place
    key: Place | None = None

    @property
    def where(self) -> Place:
        """Where a person looks for it: at its key, if it has one."""
        return self.key or self.place

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    @property
    def entries(self) -> dict[str, Item]:
        """Of a mapping; nothing of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Item, ...]:
        """Of a list; nothing of anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    def with_value(self, value: Value) -> Item:
        return replace(self, value=value)


Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


def plain(item: Item) -> Plain:
    """The value without its places; an object becomes a mapping, as it was written, a day ISO."""
    value = item.value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Made):
        arguments: dict[str, Plain] = {"__type__": value.path}
        if value.positional:
            arguments["__args__"] = [plain(one) for one in value.positional]
        return {**arguments, **{key: plain(one) for key, one in value.named.items()}}
    if isinstance(value, Condition):
        return {f"__{value.word}__": [plain(one) for one in value.parts]}
    return value.isoformat() if isinstance(value, dt.date) else value


def is_plain(item: Item) -> bool:
    """Whether it is JSON: no object, no condition, no date in it."""
    value = item.value
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, str | int | float | bool)
