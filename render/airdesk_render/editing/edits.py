"""Edits of a manifest's text: each changes what it must and leaves every other line as it is.

An edit is first tried by cutting the text. What comes out is read again and must say just what
was asked for; where it does not, or where the text is written in a way that cannot be cut, the
collection around the place is written anew, then the one around that.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from airdesk_render.document import Path
from airdesk_render.editing.block import (
    CannotCut,
    cut_lines,
    delete_entry,
    insert_entry,
    paste_lines,
    replace_value,
)
from airdesk_render.editing.flow import (
    delete_in_row,
    flow_text,
    insert_in_row,
    is_json,
    json_line,
    replace_in_row,
)
from airdesk_render.editing.nodes import Node, entry_at, node_at, tree_of
from airdesk_render.reading import read
from airdesk_render.yaml_text import inline
from airdesk_render.yaml_writing import write_manifest


class EditError(ValueError):
    """The edit cannot be made; the text is a sentence."""


def replace(text: str, path: Path, value: Any) -> str:
    """With another value at a path that exists."""
    data = data_of(text)
    expected = _changed(data, path, value)
    return _made(text, path[:-1], expected, partial(_replaced, path=path, value=value))


def insert(text: str, path: Path, value: Any, *, before: str | int | None = None) -> str:
    """With a new key, or a new item of a list, in a collection that exists.

    Args:
        path: of the new value; an item is inserted at its index.
        before: the key before which a new key stands; the last place where not said.
    """
    data = data_of(text)
    around = value_at(data, path[:-1])
    key = path[-1]
    if isinstance(around, list):
        at = _list_index(around, key)
        new: Any = [*around[:at], value, *around[at:]]
    else:
        at, new = _with_key(around, str(key), value, before)
    expected = _changed(data, path[:-1], new)
    return _made(text, path[:-1], expected, partial(_inserted, path=path, index=at, value=value))


def delete(text: str, path: Path) -> str:
    """Without a key or an item; comments right above it go with it."""
    data = data_of(text)
    value_at(data, path)
    expected = copy.deepcopy(data)
    del value_at(expected, path[:-1])[path[-1]]
    return _made(text, path[:-1], expected, partial(_deleted, path=path))


def rename(text: str, path: Path, name: str) -> str:
    """With another key in the same place."""
    data = data_of(text)
    value_at(data, path)
    around = value_at(data, path[:-1])
    if not isinstance(around, dict):
        raise EditError("Only keys have names.")
    if name == path[-1]:
        return text
    if name in around:
        raise EditError(f"{name} is there already.")
    renamed = {name if key == path[-1] else key: part for key, part in around.items()}
    expected = _changed(data, path[:-1], renamed)
    return _made(text, path[:-1], expected, partial(_renamed, path=path, name=name))


def move(
    text: str, path: Path, *, before: str | int | None = None, into: Path | None = None
) -> str:
    """A key in another place, with its comments.

    Args:
        before: the key before which it shall stand; the last place where not said.
        into: another mapping that exists; its own where not said.
    """
    data = data_of(text)
    value = value_at(data, path)
    target = path[:-1] if into is None else into
    if before == path[-1] and target == path[:-1]:
        return text
    if target[: len(path)] == path:
        raise EditError("Nothing can be moved into itself.")
    expected = copy.deepcopy(data)
    del value_at(expected, path[:-1])[path[-1]]
    around = value_at(expected, target)
    if not isinstance(around, dict):
        raise EditError("Only keys can be moved.")
    _, moved = _with_key(around, str(path[-1]), value, before)
    expected = _changed(expected, target, moved)
    shared = tuple(one for one, other in zip(path[:-1], target, strict=False) if one == other)
    return _made(
        text,
        shared,
        expected,
        partial(_moved, path=path, target=target, before=before, value=value),
    )


def data_of(text: str) -> Any:
    """What a text says; `EditError` where it cannot be read without a problem."""
    document = read(text)
    if document.problems:
        first = document.problems[0]
        raise EditError(f"Line {first.line} must be mended first: {first.message}")
    return document.data


def value_at(data: Any, path: Path) -> Any:
    """The value at a path; `EditError` where there is none."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            shown = ".".join(map(str, path))
            raise EditError(f"There is no {shown} in this manifest.") from None
    return data


def same(one: Any, other: Any) -> bool:
    """Whether plain data is the same, order of keys and kinds of numbers too."""
    return json.dumps(one) == json.dumps(other)


def _made(text: str, around: Path, expected: Any, attempt: Callable[[str], str]) -> str:
    """The first way of writing it that says what is expected; lines end as they did."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    if (ends := text.count("\n")) and text.count("\r\n") == ends:
        return mark + _first_way(text.replace("\r\n", "\n"), around, expected, attempt).replace(
            "\n", "\r\n"
        )
    return mark + _first_way(text, around, expected, attempt)


def _first_way(text: str, around: Path, expected: Any, attempt: Callable[[str], str]) -> str:
    ways = [attempt]
    for length in range(len(around), 0, -1):
        part = around[:length]
        ways.append(partial(_replaced, path=part, value=value_at(expected, part)))
    ways.append(partial(_anew, expected=expected))
    for way in ways:
        try:
            written = way(text)
        except (CannotCut, KeyError):
            continue
        document = read(written)
        if not document.problems and same(document.data, expected):
            return written
    raise EditError(
        "This cannot be written as a manifest: it is too large, nests too deep or holds a "
        "character that may not stand in a text."
    )


def _anew(text: str, expected: Any) -> str:
    if is_json(text):
        return flow_text(expected, as_json=True, margin="", whole_lines=True) + "\n"
    if not isinstance(expected, dict):
        return f"{inline(expected, in_row=False)}\n"
    return write_manifest(expected)


def _replaced(text: str, path: Path, value: Any) -> str:
    if not path:
        raise CannotCut
    parent, index = entry_at(tree_of(text), path)
    if parent.flow:
        return replace_in_row(text, parent, index, value, as_json=is_json(text))
    return replace_value(text, parent, index, value)


def _inserted(text: str, path: Path, index: int, value: Any) -> str:
    root = tree_of(text)
    parent = node_at(root, path[:-1])
    key = str(path[-1]) if parent.kind == "mapping" else None
    if not parent.entries:
        return _replaced(text, path[:-1], {key: value} if key is not None else [value])
    if parent.flow:
        return insert_in_row(text, parent, index, key, value, as_json=is_json(text))
    return insert_entry(text, parent, index, key, value, path=path[:-1])


def _deleted(text: str, path: Path) -> str:
    parent, index = entry_at(tree_of(text), path)
    if len(parent.entries) == 1:
        return _replaced(text, path[:-1], {} if parent.kind == "mapping" else [])
    if parent.flow:
        return delete_in_row(text, parent, index)
    return delete_entry(text, parent, index, is_root=len(path) == 1)


def _renamed(text: str, path: Path, name: str) -> str:
    parent, index = entry_at(tree_of(text), path)
    key = parent.entries[index].key
    if key is None:
        raise CannotCut
    quoted = is_json(text) or key.style == '"'
    shown = json_line(name) if quoted else inline(name, in_row=parent.flow)
    return text[: key.start] + shown + text[key.end :]


def _moved(text: str, path: Path, target: Path, before: str | int | None, value: Any) -> str:
    parent, index = entry_at(tree_of(text), path)
    place = node_at(tree_of(text), target)
    if parent.flow or place.flow or not place.entries or len(parent.entries) == 1:
        return insert(delete(text, path), (*target, path[-1]), value, before=before)
    lines = cut_lines(text, parent, index, is_root=len(path) == 1)
    column = parent.entries[index].column
    without = _deleted(text, path)
    place = node_at(tree_of(without), target)
    at = len(place.entries) if before is None else _index_of(place, str(before))
    return paste_lines(without, place, at, lines, column, is_root=not target)


def _index_of(node: Node, key: str) -> int:
    for index, entry in enumerate(node.entries):
        if entry.key is not None and entry.key.value == key:
            return index
    raise CannotCut


def _with_key(
    around: Any, key: str, value: Any, before: str | int | None
) -> tuple[int, dict[str, Any]]:
    """Position of a new key, and the mapping with it."""
    if not isinstance(around, dict):
        raise EditError(f"{key} can only be put into a mapping.")
    if key in around:
        raise EditError(f"{key} is there already.")
    if before is not None and before not in around:
        raise EditError(f"There is no {before} to put it before.")
    names = list(around)
    at = len(names) if before is None else names.index(str(before))
    names.insert(at, key)
    return at, {name: value if name == key else around[name] for name in names}


def _list_index(around: list[Any], key: str | int) -> int:
    if not isinstance(key, int) or not 0 <= key <= len(around):
        raise EditError(f"A list of {len(around)} has no place {key}.")
    return key


def _changed(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    value_at(data, path)
    changed = copy.deepcopy(data)
    value_at(changed, path[:-1])[path[-1]] = value
    return changed
