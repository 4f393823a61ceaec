"""Making a text say other data by as few edits as possible."""

from __future__ import annotations

import difflib
import json
from typing import Any

from airdesk_render.document import Path
from airdesk_render.editing.edits import data_of, delete, insert, move, replace, same, value_at
from airdesk_render.yaml_writing import usual_neighbour


def edited(text: str, data: Any) -> str:
    """The text with what differs from `data` changed, and nothing else."""
    return _become(text, (), data_of(text), data)


def set_value(text: str, path: Path, value: Any) -> str:
    """The text with `value` at `path`; mappings that are missing on the way are made.

    A mapping in the place of a mapping, and a list in the place of a list, is changed only where
    it differs.
    """
    data = data_of(text)
    for length, part in enumerate(path):
        around = value_at(data, path[:length])
        missing = part not in around if isinstance(around, dict) else around in (None, [])
        if not missing:
            continue
        for inner in reversed(path[length + 1 :]):
            value = {inner: value}
        if isinstance(around, dict):
            before = _usual_neighbour(around, path[: length + 1])
            return insert(text, path[: length + 1], value, before=before)
        made: Any = {part: value} if isinstance(part, str) else [value]
        return _become(text, path[:length], around, made)
    return _become(text, path, value_at(data, path), value)


def _usual_neighbour(around: dict[str, Any], path: Path) -> str | None:
    """Where people look for a new field of a manifest or a task; other keys come last."""
    of_task = len(path) > 2 and len(path) % 2 == 1 and all(part == "tasks" for part in path[:-1:2])
    if len(path) > 1 and not of_task:
        return None
    return usual_neighbour(around, str(path[-1]), of_task=of_task)


def _become(text: str, path: Path, old: Any, new: Any) -> str:
    if same(old, new):
        return text
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        return _become_mapping(text, path, old, new)
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _become_list(text, path, old, new)
    return replace(text, path, new)


def _become_mapping(text: str, path: Path, old: dict[str, Any], new: dict[str, Any]) -> str:
    for key in old.keys() & new.keys():
        text = _become(text, (*path, key), old[key], new[key])
    for key in new:
        if key not in old:
            text = insert(text, (*path, key), new[key])
    for key in old:
        if key not in new:
            text = delete(text, (*path, key))
    return _in_order(text, path, list(new))


def _in_order(text: str, path: Path, wanted: list[str]) -> str:
    """Keys in the order that is wanted; as few of them as possible move."""
    there = list(value_at(data_of(text), path))
    keep = set()
    for block in difflib.SequenceMatcher(None, there, wanted, autojunk=False).get_matching_blocks():
        keep |= set(there[block.a : block.a + block.size])
    for index in range(len(wanted) - 1, -1, -1):
        key = wanted[index]
        if key not in keep:
            before = wanted[index + 1] if index + 1 < len(wanted) else None
            text = move(text, (*path, key), before=before)
    return text


def _become_list(text: str, path: Path, old: list[Any], new: list[Any]) -> str:
    before, after = [json.dumps(one) for one in old], [json.dumps(one) for one in new]
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, start, end, new_start, new_end in reversed(changes):
        if kind == "equal":
            continue
        both = min(end - start, new_end - new_start)
        for offset in range(new_end - new_start - 1, both - 1, -1):
            text = insert(text, (*path, start + both), new[new_start + offset])
        for index in range(end - 1, start + both - 1, -1):
            text = delete(text, (*path, index))
        for offset in range(both):
            where = (*path, start + offset)
            text = _become(text, where, old[start + offset], new[new_start + offset])
    return text
