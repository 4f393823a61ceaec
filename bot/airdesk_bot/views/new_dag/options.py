"""The options field: a small YAML mapping, read the way the check reads a manifest."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from airdesk_bot.views.new_dag.form import FormError
from airdesk_bot.views.text import clip, one_line

MAX_DEPTH = 5
_OWN_FIELDS = {
    "sql": "It has its own field: Query.",
    "connection": "It has its own field: Connection.",
    "operator": "The query of this form is always sql_query@1.",
    "upstream": "The query is the first task of this form, so it waits for none.",
}


def read_options(text: str) -> dict[str, Any]:
    """Options by name; none for an empty text.

    Raises:
        FormError: it is no YAML, no mapping, or sets what another field of the form sets.
    """
    if not text.strip():
        return {}
    try:
        _refuse_tricks(text)
        options = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise _wrong(
            f"This is not YAML{_where(error)}. Write one option per line, as name: value."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(
            "This is not YAML that can be read. Write name: value on each line."
        ) from error
    if options is None:
        return {}
    if not isinstance(options, dict) or not all(isinstance(name, str) for name in options):
        raise _wrong("Write each option as name: value, for example max_rows: 5.")
    for name in options:
        if name in _OWN_FIELDS:
            raise _wrong(f"Leave out {name}. {_OWN_FIELDS[name]}")
    return options


def _refuse_tricks(text: str) -> None:
    """Neither aliases, which can grow without end, nor deep nesting."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _wrong("Anchors and aliases (& and *) are not allowed here. Write the value out.")
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _wrong(f"This is nested deeper than {MAX_DEPTH} levels. Options are simpler.")


def _where(error: YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = one_line(str(getattr(error, "problem", None) or ""))
    place = f" in line {mark.line + 1}" if mark is not None else ""
    return f"{place} ({clip(problem, 100)})" if problem else place


def _wrong(sentence: str) -> FormError:
    return FormError({"options": sentence})
