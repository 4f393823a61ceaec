"""Turning YAML's events into plain values, bounded in depth and number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from airdesk_render.document import Document, Path, Problem
from airdesk_render.scalars import AMBIGUOUS, UnusableScalar, plain_value, whole_text

MAX_NODES = 10_000
MAX_DEPTH = 20
BOMB_SIZE = 10_000
"""Values an alias-ridden document would expand to before we call it a bomb."""
_MOST_WEIGHT = 10**12

Marked = Any
"""An event as parsers give it: PyYAML's types call every mark, tag and anchor optional."""


class _Open:
    """A collection whose end has not been met."""

    __slots__ = ("anchor", "key", "key_seen", "path", "size", "value")

    def __init__(self, path: Path, value: Any, anchor: str | None, size: int) -> None:
        self.path = path
        self.value: dict[str, Any] | list[Any] | None = value
        self.anchor = anchor
        self.size = size
        self.key: str | None = None
        self.key_seen = False


class Builder:
    """Turns events into values."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.alias: Problem | None = None
        self.aliased = 0
        """Values that the aliases met so far would stand for."""
        self.weights: dict[str, int] = {}

    def take_all(self, next_event: Callable[[], Event | None]) -> None:
        """Use events up to the last, or up to where reading on makes no sense."""
        takers: dict[type[Event], Callable[[Any], bool]] = {
            ScalarEvent: self._take_scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._take_alias,
            DocumentStartEvent: self._take_document,
            DocumentEndEvent: _pass,
            StreamStartEvent: _pass,
            StreamEndEvent: _pass,
        }
        while (event := next_event()) is not None:
            if not takers[type(event)](event):
                break

    def finish(self) -> None:
        if self.alias is not None:
            self.document.problems.append(self.alias)

    def _take_document(self, event: Marked) -> bool:
        self.documents += 1
        if self.documents > 1:
            self._problem(event, "yaml-documents", "One file holds one manifest: remove '---'.")
        return self.documents == 1

    def _take_scalar(self, event: Marked) -> bool:
        if event.tag is not None and event.tag != "!":
            self._refuse_tag(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.key_seen and type(top.value) is dict:
            self._take_key(event, top, top.value)
            return self._counted(event)
        text, style = event.value, event.style
        plain = not style and event.implicit[0]
        try:
            value = plain_value(text) if plain else whole_text(text)
        except UnusableScalar as error:
            self._problem(event, error.code, str(error), self._next_path())
            value = None
        if plain and text in AMBIGUOUS:
            self._problem(
                event,
                "yaml-boolean",
                f"Some tools read a bare {text} as true or false. "
                "Write true or false, or put it in quotes.",
                self._next_path(),
            )
        path = self._place(event, value)
        if style:
            self.document.styles[path] = style
        if event.anchor:
            self.weights[event.anchor] = 1
        return self._counted(event)

    def _take_key(self, event: Marked, top: _Open, mapping: dict[str, Any]) -> None:
        key = self._key_of(event)
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
            mark = event.start_mark
            self.document.keys.setdefault(path, (mark.line + 1, mark.column + 1))
        top.key, top.key_seen = key, True

    def _key_of(self, event: Marked) -> str:
        try:
            return whole_text(event.value)
        except UnusableScalar as error:
            self._problem(event, error.code, str(error), self.stack[-1].path)
            return str(event.value).encode("utf-8", "replace").decode("utf-8").replace("\0", "?")

    def _open(self, event: Marked) -> bool:
        if event.tag is not None and event.tag != "!":
            self._refuse_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            self._problem(event, "yaml-deep", f"Nothing in a manifest nests {MAX_DEPTH} deep.")
            return False
        value: Any = {} if type(event) is MappingStartEvent else []
        path = self._place(event, value)
        self.stack.append(_Open(path, value, event.anchor, self.nodes + self.aliased))
        return self._counted(event)

    def _close(self, event: Marked) -> bool:
        del event
        closed = self.stack.pop()
        if closed.anchor:
            self.weights[closed.anchor] = self.nodes + self.aliased - closed.size
        return True

    def _take_alias(self, event: Marked) -> bool:
        self.aliased = min(self.aliased + self.weights.get(event.anchor, 1), _MOST_WEIGHT)
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if self.aliased > BOMB_SIZE:
            words = f"The aliases here would expand to more than {BOMB_SIZE} values."
            self.alias = Problem(*place, "yaml-bomb", f"{words} Write each value out.")
        elif self.alias is None:
            words = f"Anchors and aliases (*{event.anchor[:60]}) are not read."
            self.alias = Problem(*place, "yaml-alias", f"{words} Write the value out.")
        top = self.stack[-1] if self.stack else None
        if top is not None and type(top.value) is dict:
            top.key_seen = not top.key_seen
            top.key = None
        return self._counted(event)

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.value) if type(top.value) is list else str(top.key))

    def _place(self, event: Marked, value: Any) -> Path:
        """Put a value into the collection it belongs to; its path."""
        if not self.stack:
            path: Path = ()
            self.document.data = value
        else:
            top = self.stack[-1]
            inside = top.value
            if type(inside) is list:
                path = (*top.path, len(inside))
                inside.append(value)
            elif not top.key_seen:
                message = "A key must be plain text. A text that begins with {{ must be quoted."
                self._problem(event, "yaml-key", message)
                top.key, top.key_seen = None, True
                return self._next_path()
            else:
                key, top.key, top.key_seen = top.key, None, False
                path = (*top.path, str(key))
                if key is not None and type(inside) is dict:
                    inside.setdefault(key, value)
        mark = event.start_mark
        self.document.values.setdefault(path, (mark.line + 1, mark.column + 1))
        return path

    def _counted(self, event: Marked) -> bool:
        self.nodes += 1
        if self.nodes <= MAX_NODES:
            return True
        self._problem(event, "too-large", f"A manifest may hold {MAX_NODES} values.")
        return False

    def _refuse_tag(self, event: Marked) -> None:
        tag = str(event.tag).replace("tag:yaml.org,2002:", "!!", 1)[:60]
        self._problem(event, "yaml-tag", f"YAML tags such as {tag} are not read here.")

    def _problem(self, event: Marked, code: str, message: str, path: Path = ()) -> None:
        mark = event.start_mark
        problem = Problem(mark.line + 1, mark.column + 1, code, message, path)
        self.document.problems.append(problem)


def _pass(event: Marked) -> bool:
    del event
    return True
