"""Leaving out what has a wrong shape, so that the rest of a manifest is looked at all the same."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from airdesk_render.catalogue import operators
from airdesk_render.checks.place import MOST_FINDINGS, Inspection
from airdesk_render.manifest import Manifest
from airdesk_render.reading import Path

_MOST_ROUNDS = 4
_STAND_INS = {
    "version": 1,
    "dag_id": "stand_in",
    "description": "-",
    "owners": ["stand-in"],
    "data_class": "internal",
}


def path_of(detail: ErrorDetails) -> Path:
    """Pydantic's location without the union's tag and without `[key]`."""
    location = [part for part in detail["loc"] if part != "[key]"]
    if len(location) > 2 and location[0] == "tasks":
        del location[2]
    types = {"str", "int", "float", "bool", "dict[str,json-or-python[json=any,python=any]]"}
    return tuple(part for index, part in enumerate(location) if index < 2 or part not in types)


def without_faults(
    inspection: Inspection, data: dict[str, Any], details: list[ErrorDetails]
) -> Manifest | None:
    """The manifest without what is wrong with it, if enough is left.

    `data` is changed; what was left out or replaced stands in `inspection.set_aside`.
    """
    for _ in range(_MOST_ROUNDS):
        for detail in details:
            _set_aside(inspection, data, path_of(detail), detail["type"])
        try:
            return Manifest.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)[:MOST_FINDINGS]
    return None


def _set_aside(inspection: Inspection, data: dict[str, Any], path: Path, kind: str) -> None:
    """Leave out the smallest part around `path` without which the rest can stand."""
    if not path:
        return
    if path[0] in _STAND_INS:
        data[str(path[0])] = _STAND_INS[str(path[0])]
        inspection.set_aside.append(path[:1])
        return
    keep = 1
    if len(path) > 1 and path[0] in ("tasks", "params"):
        keep = 3 if len(path) > 2 and _may_go(path, data, kind) else 2
    elif kind == "extra_forbidden":
        keep = len(path)
    inspection.set_aside.append(path[:keep])
    parent: Any = data
    for part in path[: keep - 1]:
        parent = parent.get(part) if isinstance(parent, dict) else None
    if isinstance(parent, dict):
        parent.pop(path[keep - 1], None)


def _may_go(path: Path, data: dict[str, Any], kind: str) -> bool:
    """Whether a field of a task can be left out without the task losing its shape."""
    if kind == "extra_forbidden":
        return True
    task = data["tasks"].get(path[1]) if path[0] == "tasks" else None
    operator = operators().get(str(task.get("operator"))) if isinstance(task, dict) else None
    field = operator.model_fields.get(str(path[2])) if operator is not None else None
    return field is not None and not field.is_required()
