"""Writing a manifest down as a person would."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from airdesk_render.scalars import AMBIGUOUS

_ORDER = (
    *("version", "dag_id", "description", "doc_md", "owners", "tags", "data_class"),
    *("schedule", "params", "notify", "tasks"),
)
_TASK_ORDER = (
    *("operator", "connection", "sql", "file", "function", "arguments", "command"),
    *("endpoint", "method", "data", "channel", "text", "rows_from", "max_rows"),
)
_TASK_END = ("retries", "execution_timeout", "upstream")
_PLAIN = re.compile(r"\w[\w .@/+-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def write_manifest(data: Mapping[str, JsonValue]) -> str:
    """YAML of a manifest in the usual order of keys; texts of several lines become blocks.

    `data` need not be valid: a person's half-done input is written as it is, for `check` to judge.
    """
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(_ordered(data), out)
    return out.getvalue()


def _ordered(data: Mapping[str, JsonValue]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    result = CommentedMap()
    for key in sorted(data, key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER)):
        value = data[key]
        if key == "tasks" and isinstance(value, dict):
            tasks = CommentedMap()
            for name, task in value.items():
                tasks[name] = _node(_in_task_order(task) if isinstance(task, dict) else task)
            result[key] = tasks
        elif key == "schedule" and isinstance(value, dict):
            result[key] = _node({name: _day(name, part) for name, part in value.items()})
        else:
            result[key] = _node(value)
    return result


def _in_task_order(task: dict[str, JsonValue]) -> dict[str, JsonValue]:
    def rank(key: str) -> int:
        if key in _TASK_END:
            return 200 + _TASK_END.index(key)
        return _TASK_ORDER.index(key) if key in _TASK_ORDER else 100

    return {key: task[key] for key in sorted(task, key=rank)}


def _day(name: str, value: JsonValue) -> Any:
    """A day as a date, which YAML writes without quotes."""
    if name != "start_date" or not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return value


def _node(value: Any) -> Any:
    """Plain data as ruamel.yaml shall write it: long texts as blocks, lists in a row."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        mapping = CommentedMap()
        for key, item in value.items():
            mapping[_text(key)] = _node(item)
        return mapping
    if isinstance(value, list | tuple):
        row = CommentedSeq([_item(item) for item in value])
        if all(isinstance(item, str | int | float) and "\n" not in str(item) for item in value):
            row.fa.set_flow_style()
        return row
    return _text(value) if isinstance(value, str) else value


def _item(value: Any) -> Any:
    """Part of a list; ruamel.yaml leaves texts such as `?0` bare in a row, where they read anew."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str) and not _PLAIN.fullmatch(value) and "\n" not in value:
        return DoubleQuotedScalarString(value)
    return _node(value)


def _text(value: str) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    lines = value.split("\n")
    as_block = len(lines) > 1 and all(
        line == line.rstrip() and line.isprintable() for line in lines
    )
    if as_block and lines[0] and not lines[0].startswith(" "):
        return LiteralScalarString(value)
    if value in AMBIGUOUS or len(lines) > 1 or not value.isprintable():
        return DoubleQuotedScalarString(value)
    return value
