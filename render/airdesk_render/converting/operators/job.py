"""One task under conversion: its keys, and what its operator's function needs to deal with them."""

from __future__ import annotations

from collections.abc import Callable

from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Item, Plain, is_plain, plain
from airdesk_render.converting.values import duration, seconds_of_item, without_none
from airdesk_render.converting.world import World

Task = dict[str, Plain]
"""A task as a manifest has it."""


class Job:
    """A task of dag-factory; `path` is the dotted path of its operator."""

    def __init__(self, path: str, fields: Fields, world: World) -> None:
        self.path = path
        self.fields = fields
        self.world = world

    @property
    def name(self) -> str:
        """The operator's class."""
        return self.path.rpartition(".")[2]

    def connection(self, *names: str, default: str) -> str:
        """The connection that the first of these keys names; the task's own before defaults."""
        for take in (self.fields.own, self.fields.take):
            for name in names:
                item = take(name)
                if item is not None and item.text:
                    return self.world.connection(item)
        place = self.fields.place
        return self.world.connection(Item(default, place))

    def file(self, item: Item, what: str) -> str | None:
        """Carry over the file that a text names; None (told) where it is not found."""
        source = self.world.files.find(item.text or "")
        if source is None:
            message = (
                f"The file {item.text} was not found beside the YAML. Put it beside the manifest, "
                "or name its folder with --files."
            )
            self.world.notes.left_out(item.where, what, message)
            return None
        return self.world.files.carry(source, item, self.world.notes)

    def text_or_file(self, name: str, endings: tuple[str, ...]) -> tuple[str | None, str | None]:
        """A text and the path of the file it comes from, if it names one."""
        item = self.fields.take(name)
        if item is None or item.text is None:
            if item is not None:
                self.left(item, name, "It must be a text here.")
            return None, None
        if not item.text.strip().endswith(endings) or any(map(str.isspace, item.text.strip())):
            return item.text, None
        path = self.file(item.with_value(item.text.strip()), name)
        if path is None:
            return None, None
        return self.world.files.carried[path].text, path

    def left(self, item: Item, name: str, message: str) -> None:
        self.world.notes.left_out(item.where, name, message)

    def refuse(self, why: str, *names: str) -> None:
        """Keys that have no equal; `why` says what to do instead."""
        for name in names:
            item = self.fields.take(name)
            if item is not None:
                self.left(item, name, why)

    def ignore(self, *names: str, why: str = "It has no effect here.") -> None:
        """Keys that may go without loss."""
        for name in names:
            item = self.fields.own(name)
            if item is not None:
                self.world.notes.needless(item.where, name, why)

    def plain_values(self, name: str) -> dict[str, Plain] | None:
        """A mapping, without those values that are no plain data; they are told."""
        item = self.fields.take(name)
        if item is None:
            return None
        if not isinstance(item.value, dict):
            self.left(item, name, "It must be a mapping here.")
            return None
        found: dict[str, Plain] = {}
        for key, one in item.entries.items():
            if is_plain(one):
                found[key] = plain(one)
            else:
                self.left(one, f"{name}.{key}", "A manifest holds plain data, no Python objects.")
        return found

    def seconds(self, name: str) -> str | None:
        """A duration from a number of seconds or a timedelta."""
        item = self.fields.take(name)
        if item is None:
            return None
        seconds = seconds_of_item(item)
        found = duration(round(seconds)) if seconds is not None and seconds >= 1 else None
        if found is None:
            self.left(item, name, "Give a length of time in whole seconds or more.")
        return found

    def made(self, operator: str, **fields: Plain) -> Task:
        """The task, without what is None or an empty collection."""
        kept = {
            key: value for key, value in without_none(fields).items() if value not in ((), [], {})
        }
        return {"operator": operator, **kept}


Handler = Callable[[Job], Task | None]
"""Gives the task, or None (told) where no managed operator does this work."""
