"""Edits in terms of tasks: one is added, leaves, gets another name, or waits for another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airdesk_render.document import Path
from airdesk_render.editing.data import set_value
from airdesk_render.editing.edits import (
    data_of,
    delete,
    insert,
    rename,
    replace,
    value_at,
)

_LISTS = frozenset(("upstream", "teardown_of", "then", "otherwise"))
_SINGLE = frozenset(("rows_from", "from"))
"""Fields that name tasks, wherever in a task they stand."""


def add_task(
    text: str, name: str, task: dict[str, Any], *, group: str = "", before: str | None = None
) -> str:
    """With a new task, or group of tasks, at the end of a group or of the DAG.

    Args:
        group: full id of the group around it. before: the name before which it shall stand.
    """
    around = (*_path_of(group), "tasks") if group else ("tasks",)
    data = data_of(text)
    if not group and not (isinstance(data, dict) and data.get("tasks")):
        return set_value(text, (*around, name), task)
    return insert(text, (*around, name), task, before=before)


def remove_task(text: str, task_id: str) -> str:
    """Without a task or group, and without what names it."""
    path = _path_of(task_id)
    data = data_of(text)
    value_at(data, path)
    for where in sorted(_references(data, task_id), key=_late_first, reverse=True):
        if where[: len(path)] != path:
            text = _without_reference(text, where)
    return delete(text, path)


def rename_task(text: str, task_id: str, name: str) -> str:
    """With another name for a task or group, also where others name it."""
    path = _path_of(task_id)
    data = data_of(text)
    depth = task_id.count(".")
    text = rename(text, path, name)
    for where in _references(data, task_id):
        parts = str(value_at(data, where)).split(".")
        parts[_place_of(data, where, task_id, depth)] = name
        here = tuple(
            name if index == len(path) - 1 and where[: len(path)] == path else part
            for index, part in enumerate(where)
        )
        text = replace(text, here, ".".join(parts))
    return text


def add_upstream(text: str, task_id: str, upstream: str) -> str:
    """With one more task or group that comes before a task; unchanged if it does already."""
    path = (*_path_of(task_id), "upstream")
    task = value_at(data_of(text), path[:-1])
    known = task.get("upstream") if isinstance(task, dict) else None
    if not known:
        return set_value(text, path, [upstream])
    if upstream in known:
        return text
    return insert(text, (*path, len(known)), upstream)


def remove_upstream(text: str, task_id: str, upstream: str) -> str:
    """Without a task or group that comes before a task; unchanged if none of that name does."""
    path = (*_path_of(task_id), "upstream")
    task = value_at(data_of(text), path[:-1])
    known = task.get("upstream") if isinstance(task, dict) else None
    if not isinstance(known, list) or upstream not in known:
        return text
    return _without_reference(text, (*path, known.index(upstream)))


def _path_of(task_id: str) -> Path:
    return tuple(part for name in task_id.split(".") for part in ("tasks", name))


def _late_first(path: Path) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (isinstance(part, int), part if isinstance(part, int) else 0, str(part)) for part in path
    )


def _without_reference(text: str, path: Path) -> str:
    """Without one name; a list that would be empty goes as a whole, and so does what is mapped."""
    around = value_at(data_of(text), path[:-1])
    if isinstance(path[-1], int):
        return delete(text, path[:-1] if len(around) == 1 else path)
    if path[-1] == "from":
        mapped = value_at(data_of(text), path[:-2])
        return delete(text, path[:-2] if len(mapped) == 1 else path[:-1])
    return delete(text, path)


def _references(data: Any, task_id: str) -> list[Path]:
    """Paths of all texts that name a task or group, or something inside it."""
    ids = _ids(data)
    return [
        path
        for path, name in _names(data, ())
        if (full := _resolved(name, _group_of(path), ids)) is not None
        and (full == task_id or full.startswith(f"{task_id}."))
    ]


def _names(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text that names a task, with its path."""
    if isinstance(value, dict):
        for key, part in value.items():
            here = (*path, key)
            if _is_name(path) or not isinstance(part, str | list):
                yield from _names(part, here)
            elif key in _SINGLE and isinstance(part, str):
                yield here, part
            elif key in _LISTS and isinstance(part, list):
                yield from (
                    ((*here, index), one) for index, one in enumerate(part) if isinstance(one, str)
                )
            else:
                yield from _names(part, here)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _names(part, (*path, index))


def _is_name(path: Path) -> bool:
    """Whether the keys below a path are names of tasks and not fields."""
    return path[-1:] == ("tasks",) and all(part == "tasks" for part in path[::2])


def _group_of(path: Path) -> str:
    """Full id of the group in which the task stands that a path leads into."""
    names = []
    at = 0
    while path[at : at + 1] == ("tasks",) and len(path) > at + 1:
        names.append(str(path[at + 1]))
        at += 2
    return ".".join(names[:-1])


def _ids(data: Any) -> set[str]:
    found: set[str] = set()

    def collect(tasks: Any, group: str) -> None:
        for name, node in tasks.items() if isinstance(tasks, dict) else ():
            full = f"{group}.{name}" if group else name
            found.add(full)
            if isinstance(node, dict):
                collect(node.get("tasks"), full)

    collect(data.get("tasks") if isinstance(data, dict) else None, "")
    return found


def _resolved(name: str, group: str, ids: set[str]) -> str | None:
    """Full id of what a name means inside a group: nearest first, then outwards."""
    while True:
        full = f"{group}.{name}" if group else name
        if full in ids:
            return full
        if not group:
            return None
        group = group.rpartition(".")[0]


def _place_of(data: Any, where: Path, task_id: str, depth: int) -> int:
    """Which part of a dotted name stands for the task itself."""
    name = str(value_at(data, where))
    full = _resolved(name, _group_of(where), _ids(data)) or task_id
    return depth - (full.count(".") - name.count("."))
