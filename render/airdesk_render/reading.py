"""Reading YAML or JSON from strangers: plain values, with the place of each of them.

The reader works on YAML's event stream and builds plain `dict`, `list`, `str`, `int`, `float`,
`bool` and `None`, so that no tag can construct an object and no alias can multiply. Everything
it does not like becomes a `Problem`; it never raises for bad input and its work is bounded by the
limits below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
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

from airdesk_render.scalars import AMBIGUOUS, UnusableScalar, plain_value, whole_text

MAX_BYTES = 256 * 1024
MAX_NODES = 10_000
MAX_DEPTH = 20
BOMB_SIZE = 10_000
"""Values an alias-ridden document would expand to before we call it a bomb."""

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
        values: where each value begins. keys: where its key begins.
        styles: the quoting style of each text: `|`, `>`, `'`, `"` or "" for plain.
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


def read(text: str) -> Document:
    """Read one YAML or JSON document. Problems are in the result; nothing is raised."""
    document = Document()
    text = text.removeprefix("\ufeff")
    if (unfit := _unfit(text)) is not None:
        document.problems.append(unfit)
        return document
    builder = _Builder(document)
    try:
        for event in YAML(typ="safe", pure=True).parse(_without_json_tabs(text)):
            if not builder.take(event):
                break
    except MarkedYAMLError as error:
        document.problems.append(_syntax_problem(error, text))
    except YAMLError as error:
        document.problems.append(Problem(1, 1, "yaml-syntax", f"This is not YAML: {_words(error)}"))
    except (ValueError, RecursionError, AttributeError, IndexError, AssertionError) as error:
        # The parser's own slips on hostile input; the text is at fault either way.
        document.problems.append(
            Problem(1, 1, "yaml-syntax", f"This cannot be read as YAML ({type(error).__name__}).")
        )
    builder.finish()
    return document


def _unfit(text: str) -> Problem | None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        return Problem(
            1, 1, "too-large", f"A manifest may have {limit} KiB. Move long SQL to its own file."
        )
    for number, line in enumerate(text.split("\n"), start=1):
        if (odd := _ODD_CHARACTER.search(line)) is not None:
            return Problem(
                number,
                odd.start() + 1,
                "yaml-character",
                f"The character U+{ord(odd.group()):04X} cannot be seen and does not belong here. "
                "Type the line anew.",
            )
    return None


_ODD_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069]"
)
"""Control characters, lone surrogates and signs that reorder or hide text."""


def _looks_like_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _without_json_tabs(text: str) -> str:
    return text.replace("\t", " ") if _looks_like_json(text) else text


def _words(error: object) -> str:
    text = " ".join(str(error).split())
    return text[:200]


def _syntax_problem(error: MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    source = [*text.split("\n"), ""][min(line - 1, text.count("\n"))]
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" in indent:
        message = "YAML does not allow tabs for indentation. Use two spaces instead."
        return Problem(line, indent.index("\t") + 1, "yaml-tab", message)
    what = " ".join(part for part in (error.context, error.problem) if part)
    hint = ""
    if "mapping values are not allowed" in what:
        hint = " A text that contains ': ' must be quoted."
    elif "found character that cannot start any token" in what:
        hint = " A text that begins with @, ` or % must be quoted."
    return Problem(line, column, "yaml-syntax", f"This is not YAML: {_words(what)}.{hint}")


@dataclass
class _Open:
    """A collection whose end has not been met."""

    path: Path
    value: dict[str, Any] | list[Any]
    anchor: str | None
    key: str | None = None
    key_seen: bool = False
    weight: int = 1


class _Builder:
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
