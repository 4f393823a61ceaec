"""The keys of a mapping, taken one after the other; what nobody took is told at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy

from airdesk_render.converting.items import Item, Place, Plain, is_plain, plain
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import duration, seconds_of_item


class Fields:
    """Keys of a DAG, a group or a task.

    `behind` are mappings that fill in what is not given here, the first that has it: the
    `default_args` of groups and of the DAG. They remember what was taken of them.
    """

    def __init__(self, item: Item, notes: Notes, behind: Sequence[Fields] = ()) -> None:
        self.place = item.where
        self.notes = notes
        self.behind = tuple(behind)
        self.entries = dict(item.entries)
        self.taken: set[str] = set()

    def before(self, behind: Sequence[Fields]) -> Fields:
        """The same keys with something else behind them; what either takes is taken."""
        other = copy(self)
        other.behind = tuple(behind)
        return other

    def replaced(self, entries: Mapping[str, Item]) -> Fields:
        """Other keys in the same place, with the same behind them."""
        other = copy(self)
        other.entries, other.taken = dict(entries), set()
        return other

    def take(self, name: str) -> Item | None:
        """The value of a key, which counts as dealt with; None where it is missing or null."""
        if name in self.entries:
            self.taken.add(name)
            found = self.entries[name]
            return None if found.value is None else found
        for one in self.behind:
            if name in one.entries:
                return one.take(name)
        return None

    def own(self, name: str) -> Item | None:
        """As `take`, but without what stands behind."""
        if name not in self.entries:
            return None
        self.taken.add(name)
        found = self.entries[name]
        return None if found.value is None else found

    def text(self, name: str) -> str | None:
        """A text, or what reads as one; anything else is told as left out."""
        item = self.take(name)
        if item is None:
            return None
        if isinstance(item.value, str):
            return item.value
        if isinstance(item.value, int | float) and not isinstance(item.value, bool):
            return str(item.value)
        self.notes.left_out(item.where, name, "It must be a text here.")
        return None

    def flag(self, name: str) -> bool | None:
        item = self.take(name)
        if item is None:
            return None
        if isinstance(item.value, bool):
            return item.value
        if item.text is not None and item.text.lower() in ("true", "false"):
            return item.text.lower() == "true"
        self.notes.left_out(item.where, name, "It must be true or false here.")
        return None

    def number(self, name: str) -> int | None:
        item = self.take(name)
        if item is None:
            return None
        value = item.value
        if isinstance(value, str) and value.strip().isdigit():
            return int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
            return int(value)
        self.notes.left_out(item.where, name, "It must be a whole number here.")
        return None

    def duration(self, name: str) -> str | None:
        """`30m` from whatever says a length of time; it is told where that cannot be."""
        item = self.take(name)
        if item is None:
            return None
        seconds = seconds_of_item(item)
        found = None if seconds is None else duration(seconds)
        if found is None:
            message = "Give a length of time in whole seconds, minutes, hours or days: 30m."
            self.notes.left_out(item.where, name, message)
        return found

    def data(self, name: str) -> Plain:
        """A JSON value; objects are told as left out, since a manifest holds only data."""
        item = self.take(name)
        if item is None:
            return None
        if is_plain(item):
            return plain(item)
        self.notes.left_out(item.where, name, "A manifest holds plain data, no Python objects.")
        return None

    def mapping(self, name: str) -> dict[str, Plain] | None:
        found = self.data(name)
        if found is None or isinstance(found, dict):
            return found
        self.notes.left_out(self.where(name), name, "It must be a mapping here.")
        return None

    def texts(self, name: str) -> list[str] | None:
        """A list of texts; one text is a list of one."""
        item = self.take(name)
        if item is None:
            return None
        if item.text is not None:
            return [item.text]
        found = [one.value for one in item.items]
        if found and all(isinstance(one, str | int | float) for one in found):
            return [str(one) for one in found]
        if not found and item.value == ():
            return []
        self.notes.left_out(item.where, name, "It must be a list of texts here.")
        return None

    def where(self, name: str) -> Place:
        """Where a key stands, here or behind; else where the mapping begins."""
        for one in (self, *self.behind):
            if name in one.entries:
                return one.entries[name].where
        return self.place

    def left(self) -> Iterator[tuple[str, Item]]:
        """What nobody took, in the order of the file; nulls say nothing."""
        for name, item in self.entries.items():
            if name not in self.taken and item.value is not None:
                yield name, item
