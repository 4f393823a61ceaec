"""Which fields there are at a place of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from airdesk_render.catalogue import Catalogue
from airdesk_render.checks.faults import node_path
from airdesk_render.document import Path
from airdesk_render.language.group import TaskGroup
from airdesk_render.manifest import Manifest


def known_fields(path: Path, data: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the fields of the mapping at `path`; none where any name will do."""
    shapes, _ = _walk(path, data, catalogue)
    return tuple(
        dict.fromkeys(
            info.alias or name for shape in shapes for name, info in shape.model_fields.items()
        )
    )


def described(path: Path, data: Mapping[str, Any], catalogue: Catalogue) -> str:
    """What the documentation says of the field at `path`, if anything."""
    node = node_path(path)
    inside = path[len(node) :]
    if inside[:1] == ("expand",):
        path = (*node, *inside[1:2])
    _, info = _walk(path, data, catalogue)
    return info.description or "" if info is not None else ""


def _walk(
    path: Path, data: Mapping[str, Any], catalogue: Catalogue
) -> tuple[list[type[BaseModel]], FieldInfo | None]:
    """Shapes that the value at `path` may have, and the last field on the way there."""
    node = node_path(path)
    shapes: list[type[BaseModel]] = [_shape_of(node, data, catalogue)]
    last: FieldInfo | None = None
    through_key = False
    for part in path[len(node) :]:
        if through_key or isinstance(part, int):
            through_key = False
            continue
        infos = [shape.model_fields[part] for shape in shapes if part in shape.model_fields]
        through_key = any(get_origin(info.annotation) is dict for info in infos)
        shapes = [model for info in infos for model in _models_in(info.annotation)]
        last = next(iter(infos), last)
    return shapes, last


def _shape_of(node: Path, data: Any, catalogue: Catalogue) -> type[BaseModel]:
    if not node:
        return Manifest
    for part in node:
        data = data.get(part) if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or "operator" not in data:
        return TaskGroup
    return catalogue.operators.get(str(data["operator"]), TaskGroup)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
