"""Where a shape is wrong, said with keys and indexes of the data, whatever Pydantic made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from airdesk_render.document import Path

MOST_ERRORS = 200
"""More than this nobody reads."""


@dataclass(frozen=True)
class ShapeError:
    """One part of the data that does not have the shape it must have.

    Attributes:
        path: keys and indexes from the root of the data. of_key: the key is wrong, not its value.
        kind: Pydantic's name for what is wrong (`missing`, `string_type`), or one of ours.
        message: Pydantic's words, or a sentence where the kind is ours.
        value: what stands there. context: what the message speaks of, such as `{"ge": 1}`.
        known: names that would do, where an unknown one is the matter.
    """

    path: Path
    kind: str
    message: str
    value: object = None
    context: Mapping[str, Any] = field(default_factory=dict)
    of_key: bool = False
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Placed:
    detail: ErrorDetails
    path: Path
    of_key: bool
    tag_at: Path | None
    tag: str


def errors_of(error: ValidationError, data: object, prefix: Path = ()) -> list[ShapeError]:
    """Pydantic's errors about `data`, which itself stands at `prefix`.

    Of a union only the member is heard that fits the type of what was given.
    """
    placed = [_place(detail, data) for detail in error.errors(include_url=False)[:MOST_ERRORS]]
    return [
        ShapeError(
            (*prefix, *one.path),
            one.detail["type"],
            one.detail["msg"],
            one.detail.get("input"),
            one.detail.get("ctx", {}),
            one.of_key,
        )
        for one in _of_fitting_members(placed, data)
    ]


def _place(detail: ErrorDetails, data: object) -> _Placed:
    """The location without what Pydantic adds for unions, keys and wrapped values."""
    path: list[str | int] = []
    tag_at: Path | None = None
    tag = ""
    of_key = False
    here = data
    last = len(detail["loc"]) - 1
    for index, part in enumerate(detail["loc"]):
        found = isinstance(here, Mapping) and part in here
        found = found or (isinstance(here, list | tuple) and isinstance(part, int))
        if found:
            path.append(part)
            here = here[part]  # type: ignore[index]  # found says that it can
        elif part == "[key]" and index == last:
            of_key = True
        elif detail["type"] == "missing" and index == last:
            path.append(part)
        elif isinstance(part, str):
            tag_at, tag = tuple(path), part
    return _Placed(detail, tuple(path), of_key, tag_at, tag)


def _of_fitting_members(placed: list[_Placed], data: object) -> Iterable[_Placed]:
    members: dict[Path, set[str]] = {}
    for one in placed:
        if one.tag_at is not None:
            members.setdefault(one.tag_at, set()).add(one.tag)
    said: set[Path] = set()
    for one in placed:
        tags = members.get(one.tag_at, set()) if one.tag_at is not None else set()
        if one.tag_at is None or len(tags) < 2:
            yield one
            continue
        value = _value_at(data, one.tag_at)
        if _fits(one.tag, value):
            yield one
        elif one.tag_at not in said and not any(_fits(tag, value) for tag in tags):
            said.add(one.tag_at)
            yield replace(one, detail=_none_fits(one, tags, value), path=one.tag_at)


def _none_fits(one: _Placed, tags: set[str], value: object) -> ErrorDetails:
    words = sorted({_words_of(tag) for tag in tags})
    expected = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
    return {**one.detail, "type": "union_type", "input": value, "ctx": {"expected": expected}}


def _words_of(tag: str) -> str:
    word = tag.removeprefix("constrained-").partition("[")[0]
    known = {
        **dict.fromkeys(("str", "literal"), "text"),
        **dict.fromkeys(("int", "float"), "a number"),
        **dict.fromkeys(("tuple", "list", "set"), "a list"),
        "bool": "true or false",
        "none": "null",
    }
    return known.get(word, "a mapping of keys to values")


def _value_at(data: object, path: Path) -> object:
    for part in path:
        data = data[part]  # type: ignore[index]  # the path was found in this data
    return data


_SCALARS = {"str": str, "int": int, "float": float, "bool": bool, "none": type(None)}


def _fits(tag: str, value: object) -> bool:
    """Whether a member of a union, by Pydantic's name for it, is meant for values of this type."""
    word = tag.removeprefix("constrained-").partition("[")[0]
    if isinstance(value, list | tuple):
        return word in ("tuple", "list", "set", "json-or-python")
    if (kind := _SCALARS.get(word)) is not None:
        return isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    if word == "literal":
        return not isinstance(value, dict)
    return isinstance(value, dict) and word not in ("tuple", "list", "set")
