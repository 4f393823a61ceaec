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

_LISTS = ("upstream", "teardown_of", "then", "otherwise")
"""Fields that list names of tasks."""
_CONDITIONS = ("cases", "conditions")
"""Fields that list conditions, which may name tasks too."""


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
    value_at(data_of(text), path)
    while others := [
        where for where in _references(data_of(text), task_id) if where[: len(path)] != path
    ]:
        text = _without_reference(text, others[-1])
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


def _without_reference(text: str, path: Path) -> str:
    """Without one name; what means nothing without it goes too: a list, a case, what is mapped."""
    data = data_of(text)
    last_of_list = path[-1] != "rows_from" and len(value_at(data, path[:-1])) == 1
    if path[-1] == "from" or last_of_list:
        path = path[:-1]
    if path[-1] in ("then", "rows_from") and isinstance(path[-2], int):
        path = path[:-1]
    around = path[:-1]
    if len(value_at(data, around)) == 1 and around[-1] in ("expand", *_CONDITIONS):
        path = around
    return delete(text, path)


def _references(data: Any, task_id: str) -> list[Path]:
    """Paths of all texts that name a task or group, or something inside it."""
    ids = _ids(data)
    return [
        path
        for path, name in _names(value_at(data, ("tasks",)), ("tasks",))
        if (full := _resolved(name, _group_of(path), ids)) is not None
        and (full == task_id or full.startswith(f"{task_id}."))
    ]


def _names(tasks: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text inside `tasks` that names a task, with its path."""
    for name, node in tasks.items() if isinstance(tasks, dict) else ():
        if isinstance(node, dict):
            here = (*path, name)
            yield from _named_by(node, here)
            yield from _names(node.get("tasks"), (*here, "tasks"))


def _named_by(node: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    """What a task, or one of a branch's cases, names itself; its free data may look alike."""
    for field in _LISTS:
        for index, name in enumerate(_items(node.get(field))):
            if isinstance(name, str):
                yield (*path, field, index), name
    if isinstance(node.get("rows_from"), str):
        yield (*path, "rows_from"), node["rows_from"]
    for field in _CONDITIONS:
        for index, one in enumerate(_items(node.get(field))):
            if isinstance(one, dict):
                yield from _named_by(one, (*path, field, index))
    mapped = node.get("expand")
    for field, values in mapped.items() if isinstance(mapped, dict) else ():
        if isinstance(values, dict) and isinstance(values.get("from"), str):
            yield (*path, "expand", field, "from"), values["from"]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


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
