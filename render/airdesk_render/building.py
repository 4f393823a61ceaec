"""Turning YAML's events into plain values, bounded in depth and number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from airdesk_render.document import Document, Path, Place, Problem
from airdesk_render.scalars import AMBIGUOUS, UnusableScalar, plain_value, whole_text

MAX_NODES = 10_000
MAX_DEPTH = 20
BOMB_SIZE = 10_000
"""Values an alias-ridden document would expand to before we call it a bomb."""


@dataclass
class _Open:
    """A collection whose end has not been met."""

    path: Path
    value: dict[str, Any] | list[Any]
    anchor: str | None
    key: str | None = None
    key_seen: bool = False
    weight: int = 1


class Builder:
    """Turns events into values, bounded in depth and number."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.alias: Problem | None = None
        self.expanded = 0
        self.weights: dict[str, int] = {}

    def take(self, event: Event) -> bool:
        """Use one event; False when reading on makes no sense."""
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._problem(event, "yaml-documents", "One file holds one manifest: remove '---'.")
                return False
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close()
        if not isinstance(event, NodeEvent):
            return True
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._problem(event, "too-large", f"A manifest may hold {MAX_NODES} values.")
            return False
        return self._node(event)

    def finish(self) -> None:
        if self.alias is not None:
            self.document.problems.append(self.alias)

    def _node(self, event: NodeEvent) -> bool:
        if isinstance(event, AliasEvent):
            self._take_alias(event)
            return True
        if _tag(event) not in ("None", "!"):
            self._problem(event, "yaml-tag", f"YAML tags such as {_tag(event)} are not read here.")
        if isinstance(event, ScalarEvent):
            self._take_scalar(event)
            return True
        if len(self.stack) >= MAX_DEPTH:
            self._problem(event, "yaml-deep", f"Nothing in a manifest nests {MAX_DEPTH} deep.")
            return False
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        assert isinstance(event, MappingStartEvent | SequenceStartEvent)  # noqa: S101 - narrows
        path = self._place(event, value)
        self.stack.append(_Open(path, value, event.anchor))
        return True

    def _take_scalar(self, event: ScalarEvent) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and not top.key_seen:
            self._take_key(event, top, top.value)
            return
        plain = bool(event.implicit[0]) and not event.style
        try:
            value = plain_value(str(event.value)) if plain else whole_text(str(event.value))
        except UnusableScalar as error:
            self._problem(event, "yaml-number", str(error), self._next_path())
            value = None
        if plain and str(event.value) in AMBIGUOUS:
            self._problem(
                event,
                "yaml-boolean",
                f"Some tools read a bare {event.value} as true or false. "
                "Write true or false, or put it in quotes.",
                self._next_path(),
            )
        path = self._place(event, value)
        self.document.styles[path] = event.style or ""
        if event.anchor:
            self.weights[event.anchor] = 1

    def _take_key(self, event: ScalarEvent, top: _Open, mapping: dict[str, Any]) -> None:
        key = str(event.value)
        path = (*top.path, key)
        if key in mapping:
            first = self.document.keys[path][0]
            self._problem(
                event, "duplicate-key", f"{key!r} is already given in line {first}.", path
            )
        elif not event.style and key in AMBIGUOUS:
            self._problem(
                event,
                "yaml-boolean",
                f"A bare {key} is no key: many tools read it as true or false.",
                path,
            )
        else:
            self.document.keys[path] = _mark(event)
        top.key, top.key_seen = key, True

    def _take_alias(self, event: AliasEvent) -> None:
        weight = self.weights.get(str(event.anchor), 1)
        self.expanded = min(self.expanded + weight, 10**12)
        line, column = _mark(event)
        if self.expanded > BOMB_SIZE:
            self.alias = Problem(
                line,
                column,
                "yaml-bomb",
                f"The aliases here would expand to more than {BOMB_SIZE} values. "
                "Write each value out.",
            )
        elif self.alias is None:
            self.alias = Problem(
                line,
                column,
                "yaml-alias",
                f"Anchors and aliases (*{event.anchor}) are not read. Write the value out.",
            )
        top = self.stack[-1] if self.stack else None
        if top is not None:
            top.weight = min(top.weight + weight, 10**12)
            if isinstance(top.value, dict):
                top.key_seen = not top.key_seen
                top.key = None

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.value) if isinstance(top.value, list) else str(top.key))

    def _place(self, event: NodeEvent, value: Any) -> Path:
        """Put a value into the collection it belongs to; its path."""
        path = self._next_path()
        mark = _mark(event)
        if not self.stack:
            self.document.data = value
        else:
            top = self.stack[-1]
            top.weight += 1
            if isinstance(top.value, list):
                top.value.append(value)
            elif not top.key_seen:
                self._problem(event, "yaml-key", "A key must be plain text.")
                top.key, top.key_seen = None, True
                return path
            else:
                if top.key is not None:
                    top.value.setdefault(top.key, value)
                top.key, top.key_seen = None, False
        self.document.values.setdefault(path, mark)
        return path

    def _close(self) -> None:
        closed = self.stack.pop()
        if closed.anchor:
            self.weights[closed.anchor] = closed.weight
        if self.stack:
            self.stack[-1].weight = min(self.stack[-1].weight + closed.weight, 10**12)

    def _problem(self, event: Event, code: str, message: str, path: Path = ()) -> None:
        line, column = _mark(event)
        self.document.problems.append(Problem(line, column, code, message, path))


def _mark(event: Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1)


def _tag(event: NodeEvent) -> str:
    """The tag as written; ruamel.yaml gives one to scalars and collections only."""
    return str(getattr(event, "ctag", None))[:60]
