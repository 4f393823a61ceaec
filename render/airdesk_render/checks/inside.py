"""Where something stands inside a task: fields, values that it is mapped over, names of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path
from airdesk_render.mapping import copies_of
from airdesk_render.operators.base import ManagedOperator


@dataclass(frozen=True)
class Variant:
    """A task as one of its values makes it, and where that value stands.

    Attributes:
        mapped: fields that `expand` gives. at: `(field, index)` of the value, if it is of a list.
    """

    task: ManagedOperator
    mapped: frozenset[str] = frozenset()
    at: tuple[str, int] | None = None

    def path_of(self, place: Path) -> Path | None:
        """Path in the task of what stands at `place`; `None` where another variant tells it."""
        if self.at is not None:
            field, index = self.at
            return ("expand", field, index, *place[1:]) if place[:1] == (field,) else None
        return None if place and place[0] in self.mapped else place


def variants_of(task: ManagedOperator) -> Iterator[Variant]:
    """The task itself and, where it is mapped, once per listed value."""
    if not task.expand:
        yield Variant(task)
        return
    yield Variant(task, frozenset(task.expand))
    for field, index, one in copies_of(task):
        yield Variant(one, at=(field, index))


def value_at(inspection: Inspection, path: Path) -> Any:
    """The plain value at a path of the manifest; `None` where there is none."""
    value = inspection.effective.data
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def texts_in(value: object, place: Path) -> Iterator[tuple[Path, str]]:
    """Every text in a value, however deep; keys are left out."""
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_unset=True)
    if isinstance(value, str):
        yield place, value
    for key, item in _items(value):
        yield from texts_in(item, (*place, key))


def where_named(inspection: Inspection, task: Path, field: str, name: str) -> Path:
    """Path of the first place in a task where `field` names another task."""
    data = value_at(inspection, task)
    found = _search(data.get(field) if isinstance(data, Mapping) else None, (field,), name)
    if found is None:
        found = _below(data, (), field, name)
    return (*task, *(found or (field,)))


def _search(value: object, path: Path, name: str) -> Path | None:
    """The first text equal to `name` under `path`."""
    if value == name:
        return path
    for key, item in _items(value):
        if (found := _search(item, (*path, key), name)) is not None:
            return found
    return None


def _below(value: object, path: Path, field: str, name: str) -> Path | None:
    """The first `field: name` at any depth."""
    for key, item in _items(value):
        if key == field and item == name:
            return (*path, key)
        if (found := _below(item, (*path, key), field, name)) is not None:
            return found
    return None


def _items(value: object) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)
