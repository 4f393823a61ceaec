"""The options field: a small YAML mapping, read with the manifest's own reader."""

from __future__ import annotations

from typing import Any

from airdesk_render.reading import read

from airdesk_bot.views.new_dag.form import FormError

_OWN_FIELDS = {
    "sql": "The query has its own field.",
    "connection": "The connection has its own field.",
    "operator": "The query of this form is always sql_query@1.",
    "upstream": "The query is the first task of this form and waits for none.",
}


def read_options(text: str) -> dict[str, Any]:
    """Options by name; none for an empty text.

    Raises:
        FormError: it is no YAML, no mapping, or sets what another field of the form sets.
    """
    if not text.strip():
        return {}
    document = read(text)
    if document.problems:
        problem = document.problems[0]
        raise _wrong(f"Line {problem.line}: {problem.message}")
    options = document.data
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise _wrong("Write each option as name: value, for example max_rows: 5.")
    for name in options:
        if name in _OWN_FIELDS:
            raise _wrong(f"Leave out {name}. {_OWN_FIELDS[name]}")
    return options


def _wrong(sentence: str) -> FormError:
    return FormError({"options": sentence})
