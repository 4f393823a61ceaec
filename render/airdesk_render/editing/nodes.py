"""The text of a manifest as a tree of places: where each key and value begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from airdesk_render.document import Path
from airdesk_render.events import next_event_of
from airdesk_render.reading import without_json_tabs

BLOCKS = ("|", ">")


@dataclass
class Node:
    """A key or value.

    Attributes:
        kind: `scalar`, `mapping` or `sequence`.
        start, end: of its text, by index; the end is that of its last visible character, except
            that a block text that keeps blank lines (`|+`) ends with them.
        flow: whether a collection is in braces or brackets. style: of a scalar; "" for bare.
    """

    kind: str
    start: int
    end: int
    column: int
    flow: bool = False
    style: str = ""
    value: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Entry:
    """A key with its value, or an item of a list.

    Attributes:
        key: `None` for an item.
        start: index of the key, of the item's dash, or of the item itself in brackets.
    """

    key: Node | None
    value: Node
    start: int
    column: int


def tree_of(text: str) -> Node:
    """The tree of a text that `read` took without a problem."""
    next_event = next_event_of(without_json_tabs(text))
    while True:
        event = next_event()
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            return _node(event, next_event, text)
        if event is None:
            return Node("scalar", len(text), len(text), 0)


def entry_at(root: Node, path: Path) -> tuple[Node, int]:
    """The collection that holds the value at `path`, and its position there.

    Raises:
        KeyError: there is no such value.
    """
    parent = root
    for depth, part in enumerate(path):
        index = _position(parent, part)
        if index is None:
            raise KeyError(part)
        if depth == len(path) - 1:
            return parent, index
        parent = parent.entries[index].value
    raise KeyError(())


def node_at(root: Node, path: Path) -> Node:
    """The value at `path`; `KeyError` where there is none."""
    if not path:
        return root
    parent, index = entry_at(root, path)
    return parent.entries[index].value


def _position(parent: Node, part: str | int) -> int | None:
    if parent.kind == "sequence":
        fits = isinstance(part, int) and 0 <= part < len(parent.entries)
        return int(part) if fits else None
    for index, entry in enumerate(parent.entries):
        if entry.key is not None and entry.key.value == part:
            return index
    return None


def _node(event: Any, next_event: Callable[[], Any], text: str) -> Node:
    start, end = event.start_mark, event.end_mark
    if isinstance(event, ScalarEvent):
        style = event.style or ""
        last = _end_of_block(text, start.index, end.index) if style in BLOCKS else end.index
        return Node("scalar", start.index, last, start.column, style=style, value=event.value)
    kind = "mapping" if isinstance(event, MappingStartEvent) else "sequence"
    node = Node(kind, start.index, end.index, start.column, flow=bool(event.flow_style))
    while not isinstance(following := next_event(), MappingEndEvent | SequenceEndEvent):
        key = _node(following, next_event, text) if kind == "mapping" else None
        value = _node(next_event() if key is not None else following, next_event, text)
        node.entries.append(_entry(node, key, value, text))
    end_mark: Any = following.end_mark
    node.end = end_mark.index
    if not node.flow and node.entries:
        last_value = node.entries[-1].value
        node.end = max(last_value.end, node.entries[-1].start + 1)
    return node


def _entry(parent: Node, key: Node | None, value: Node, text: str) -> Entry:
    if key is not None:
        return Entry(key, value, key.start, key.column)
    if parent.flow:
        return Entry(None, value, value.start, value.column)
    # The parser tells where the first dash stands; all others are in the same column.
    line = text.rfind("\n", 0, value.start) + 1
    while text[line + parent.column : line + parent.column + 1] != "-" and line > 0:
        line = text.rfind("\n", 0, line - 1) + 1
    return Entry(None, value, line + parent.column, parent.column)


def _end_of_block(text: str, start: int, end: int) -> int:
    header_end = text.find("\n", start)
    if header_end < 0:
        return end
    header = text[start:header_end].partition("#")[0]
    if "+" in header:
        return end - 1 if text[end - 1 : end] == "\n" else end
    return max(start + len(text[start:end].rstrip()), start + len(header.rstrip()))
