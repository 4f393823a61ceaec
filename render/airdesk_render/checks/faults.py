"""Leaving out what has a wrong shape, so that the rest of a manifest is looked at all the same."""

from __future__ import annotations

from typing import Any

from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path
from airdesk_render.manifest import Manifest
from airdesk_render.parsing import parse_manifest
from airdesk_render.shape_errors import ShapeError

_MOST_ROUNDS = 4
_STAND_INS = {
    "version": 1,
    "dag_id": "stand_in",
    "description": "-",
    "owners": ["stand-in"],
    "data_class": "internal",
}
_BY_KEY = ("params", "default_args")


def without_faults(
    inspection: Inspection, data: dict[str, Any], errors: tuple[ShapeError, ...]
) -> Manifest | None:
    """The manifest without what is wrong with it, if enough is left.

    `data` is changed; what was left out or replaced stands in `inspection.set_aside`.
    """
    for _ in range(_MOST_ROUNDS):
        for error in errors:
            _set_aside(inspection, data, error)
        parsed = parse_manifest(data, inspection.catalogue)
        if parsed.manifest is not None:
            return parsed.manifest
        errors = parsed.errors
    return None


def node_path(path: Path) -> Path:
    """The part of a path that leads to a task or group; empty for the manifest's own fields."""
    length = 0
    while len(path) >= length + 2 and path[length] == "tasks":
        length += 2
    return path[:length]


def _set_aside(inspection: Inspection, data: dict[str, Any], error: ShapeError) -> None:
    """Leave out the smallest part around the fault without which the rest can stand."""
    path = error.path
    if not path or path == ("tasks",):
        return
    if path[0] in _STAND_INS:
        data[str(path[0])] = _STAND_INS[str(path[0])]
        inspection.set_aside.append(path[:1])
        return
    node = node_path(path)
    if node and not _may_go(inspection, data, node, error):
        inspection.absent.add(".".join(str(name) for name in node[1::2]))
        gone = node
    elif error.kind == "extra_forbidden":
        gone = path
    elif node:
        gone = path[: len(node) + (2 if path[len(node)] == "expand" else 1)]
    else:
        gone = path[: 2 if path[0] in _BY_KEY else 1]
    inspection.set_aside.append(gone)
    _remove(data, gone)


def _remove(data: Any, path: Path) -> None:
    for part in path[:-1]:
        data = data.get(part) if isinstance(data, dict) else None
    if isinstance(data, dict):
        data.pop(path[-1], None)


def _may_go(inspection: Inspection, data: dict[str, Any], node: Path, error: ShapeError) -> bool:
    """Whether the faulty field can be left out without its task or group losing its shape."""
    if len(error.path) == len(node) or error.kind.startswith("operator"):
        return False
    if error.kind == "extra_forbidden":
        return True
    field = str(error.path[len(node)])
    raw: Any = data
    for part in node:
        raw = raw.get(part) if isinstance(raw, dict) else None
    if not isinstance(raw, dict):
        return False
    if "operator" not in raw:
        return field != "tasks"
    operator = inspection.catalogue.operators.get(str(raw["operator"]))
    known = operator.model_fields.get(field) if operator is not None else None
    return known is not None and not known.is_required()
