"""Reading dag-factory's YAML: values with places, environment variables, objects and conditions.

What dag-factory would construct (`__type__`) is kept as data, so that a file cannot make this
program import or run anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import yaml

from airdesk_render.converting.items import Condition, Item, Made, Place, Scalar, plain
from airdesk_render.converting.notes import Notes

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_VALUES = 300_000
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\}|(?P<bare>[A-Za-z_]\w*))")
_TYPES = {"": None, "and": "__and__", "or": "__or__", "join": "__join__"}
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(ValueError):
    """A file cannot be read; the text says where and why."""


def read_items(text: str, file: str, environment: Mapping[str, str], notes: Notes) -> Item:
    """The file's values; `environment` fills in `$NAME`, whose other names stay as they are.

    Raises:
        Unreadable: it is not YAML, or beyond the limits.
    """
    if len(text) > MAX_BYTES:
        raise Unreadable(f"{file}: it has more than {MAX_BYTES // 1_000_000} MB.")
    filled = _filled(text, environment)
    try:
        _within_depth(filled, file)
        node = yaml.compose(filled, Loader=_LOADER)
        if node is None:
            return Item({}, Place(file, 1, 1))
        return _Builder(file, notes).item(node)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark, file)
        raise Unreadable(f"{place}: this is not YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"{file}: this is not YAML: {error}") from None


def _place(mark: Any, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file, 1, 1)


def _filled(text: str, environment: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return environment.get(found["braced"] or found["bare"], found[0])

    return _VARIABLE.sub(value, text)


def variables_in(text: str) -> list[str]:
    """Names of the environment variables in a text that were not filled in."""
    return [found["braced"] or found["bare"] for found in _VARIABLE.finditer(text)]


def _within_depth(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > MAX_DEPTH:
            raise Unreadable(f"{_place(event.start_mark, file)}: this nests too deep.")


class _Builder:
    """From YAML's nodes to items; aliases are followed, and counted so that they cannot explode."""

    def __init__(self, file: str, notes: Notes) -> None:
        self.file = file
        self.notes = notes
        self.values = 0

    def item(self, node: yaml.Node, key: Place | None = None) -> Item:
        self.values += 1
        place = self.place(node)
        if self.values > MAX_VALUES:
            raise Unreadable(f"{place}: aliases make more than {MAX_VALUES} values of this file.")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place, key)
        if isinstance(node, yaml.SequenceNode):
            parts = tuple(self.item(one) for one in node.value)
            word = _TYPES.get(node.tag.removeprefix("!"))
            if word is not None:
                # dag-factory before 1.0 wrote !and; since then it is the key __and__.
                return _logical(word, parts, place, key)
            self.foreign_tag(node, place)
            return Item(parts, place, key)
        return Item(self.scalar(node, place), place, key)

    def place(self, node: yaml.Node) -> Place:
        return _place(node.start_mark, self.file)

    def mapping(self, node: yaml.MappingNode, place: Place, key: Place | None) -> Item:
        self.foreign_tag(node, place)
        entries: dict[str, Item] = {}
        merged: list[Item] = []
        for name_node, value_node in node.value:
            if name_node.tag == "tag:yaml.org,2002:merge":
                merged.append(self.item(value_node))
                continue
            name = self.scalar(name_node, self.place(name_node))
            entries[str(name)] = self.item(value_node, self.place(name_node))
        for item in merged:
            for one in item.items or (item,):
                entries = {**one.entries, **entries}
        return _typed(Item(entries, place, key))

    def foreign_tag(self, node: yaml.Node, place: Place) -> None:
        if not node.tag.startswith("tag:yaml.org,2002:") or ":python/" in node.tag:
            self.notes.left_out(place, node.tag, "This YAML tag is not read; its value is.")

    def scalar(self, node: yaml.Node, place: Place) -> Scalar:
        if not isinstance(node, yaml.ScalarNode):
            raise Unreadable(f"{place}: a key must be plain text.")
        self.foreign_tag(node, place)
        loader = yaml.SafeLoader("")
        try:
            value = loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return str(node.value)
        return value if isinstance(value, Scalar) else str(node.value)


def _typed(item: Item) -> Item:
    """Objects, typed lists and conditions out of their mappings."""
    entries = item.entries
    path = entries.get("__type__")
    if path is not None and path.text is not None:
        if path.text == "builtins.list" and "items" in entries:
            return replace(entries["items"], key=item.key)
        given = entries["__args__"].items if "__args__" in entries else ()
        named = {key: one for key, one in entries.items() if key not in ("__type__", "__args__")}
        return item.with_value(Made(path.text, given, named))
    for word in ("__and__", "__or__", "__join__"):
        if word in entries:
            return _logical(word, entries[word].items, item.place, item.key)
    return item


def _logical(word: str, parts: tuple[Item, ...], place: Place, key: Place | None) -> Item:
    if word == "__join__":
        return Item("".join(str(plain(one)) for one in parts), place, key)
    return Item(Condition("and" if word == "__and__" else "or", parts), place, key)


def all_texts(item: Item) -> list[Item]:
    """Every text in it, at any depth."""
    value = item.value
    if isinstance(value, str):
        return [item]
    inside: tuple[Item, ...] = ()
    if isinstance(value, dict):
        inside = tuple(value.values())
    elif isinstance(value, tuple):
        inside = value
    elif isinstance(value, Made):
        inside = (*value.positional, *value.named.values())
    elif isinstance(value, Condition):
        inside = value.parts
    return list(chain.from_iterable(map(all_texts, inside)))
