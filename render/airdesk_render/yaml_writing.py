"""Writing a manifest down as a person would: the usual order of keys, texts of lines as blocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from airdesk_render.yaml_text import Bare, entry

MANIFEST_ORDER = (
    *("version", "dag_id", "description", "doc_md", "owners", "tags", "data_class"),
    *("schedule", "deadline", "max_active_runs", "max_active_tasks", "dagrun_timeout"),
    *("params", "notify", "default_args", "operators", "tasks"),
)
_NODE_START = (
    *("operator", "description", "doc_md", "connection", "sql", "file", "function", "arguments"),
    *("command", "endpoint", "method", "data", "channel", "text", "rows_from", "max_rows"),
)
_NODE_END = (
    *("outlets", "expand", "trigger_rule", "retries", "retry_delay", "retry_exponential_backoff"),
    *("max_retry_delay", "execution_timeout", "pool", "pool_slots", "priority_weight"),
    *("weight_rule", "queue", "executor", "depends_on_past", "wait_for_downstream"),
    *("max_active_tis_per_dagrun", "setup", "teardown_of", "upstream", "tasks"),
)
_DAYS = ("start_date", "end_date")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")


def write_manifest(data: Mapping[str, JsonValue]) -> str:
    """YAML of a manifest, or of a file of defaults, in the usual order of keys.

    `data` need not be valid: a person's half-done input is written as it is, for `check` to judge.
    """
    if not data:
        return "{}\n"
    lines: list[str] = []
    for key in usual_order(data, MANIFEST_ORDER, ()):
        value: Any = data[key]
        if key == "tasks" and isinstance(value, dict) and value:
            lines += ["tasks:", *_tasks(value, 2)]
        elif key == "schedule" and isinstance(value, dict):
            lines += entry(key, {name: _day(name, part) for name, part in value.items()}, 0)
        elif key == "params" and isinstance(value, dict) and value:
            lines.append("params:")
            for name, param in value.items():
                lines += entry(name, param, 2, row=True)
        else:
            lines += entry(key, value, 0)
    return "\n".join(lines) + "\n"


def usual_order(keys: Mapping[str, Any], start: Sequence[str], end: Sequence[str]) -> list[str]:
    """The keys of `start` first and those of `end` last; others between, as they came."""

    def rank(key: str) -> int:
        if key in start:
            return start.index(key)
        return len(start) + 1 + end.index(key) if key in end else len(start)

    return sorted(keys, key=rank)


def usual_neighbour(around: Mapping[str, Any], key: str, *, of_task: bool) -> str | None:
    """The key of a manifest's head, or of a task, before which a new one stands as people expect.

    `None`: after the last.
    """
    start, end = (_NODE_START, _NODE_END) if of_task else (MANIFEST_ORDER, ())
    ordered = usual_order({**around, key: None}, start, end)
    return next((one for one in ordered[ordered.index(key) + 1 :] if one in around), None)


def node_order(node: Mapping[str, Any]) -> list[str]:
    """The keys of a task or a task group in their usual order."""
    return usual_order(node, _NODE_START, _NODE_END)


def task_lines(name: str, node: Any, indent: int) -> list[str]:
    """The lines of a task or a task group, its name in column `indent`."""
    if not isinstance(node, Mapping) or not node:
        return entry(name, node, indent)
    lines = entry(name, None, indent)
    lines[0] = lines[0].removesuffix(" null")
    for key in node_order(node):
        value = node[key]
        if key == "tasks" and isinstance(value, dict) and value:
            lines += [f"{' ' * indent}  tasks:", *_tasks(value, indent + 4)]
        elif key == "expand" and isinstance(value, dict) and value:
            lines.append(f"{' ' * indent}  expand:")
            for field, values in value.items():
                lines += entry(field, values, indent + 4, row=True)
        else:
            lines += entry(key, value, indent + 2)
    return lines


def _tasks(tasks: Mapping[str, Any], indent: int) -> list[str]:
    return [line for name, node in tasks.items() for line in task_lines(name, node, indent)]


def _day(name: str, value: Any) -> Any:
    """A day or moment as people write them: without quotes."""
    if name not in _DAYS or not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return value
    return Bare(value)
