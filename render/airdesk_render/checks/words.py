"""Which fields there are at a place of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from airdesk_render.catalogue import Catalogue
from airdesk_render.checks.faults import node_path
from airdesk_render.document import Path
from airdesk_render.language.group import TaskGroup
from airdesk_render.manifest import Manifest


def known_fields(path: Path, data: Mapping[str, Any], catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the fields of the mapping at `path`; none where any name will do."""
    node = node_path(path)
    shapes: list[type[BaseModel]] = [_shape_of(node, data, catalogue)]
    through_key = False
    for part in path[len(node) :]:
        if through_key or isinstance(part, int):
            through_key = False
            continue
        infos = [shape.model_fields[part] for shape in shapes if part in shape.model_fields]
        through_key = any(get_origin(info.annotation) is dict for info in infos)
        shapes = [model for info in infos for model in _models_in(info.annotation)]
    return tuple(
        dict.fromkeys(
            info.alias or name for shape in shapes for name, info in shape.model_fields.items()
        )
    )


def _shape_of(node: Path, data: Any, catalogue: Catalogue) -> type[BaseModel]:
    if not node:
        return Manifest
    for part in node:
        data = data[part]
    if not isinstance(data, Mapping) or "operator" not in data:
        return TaskGroup
    return catalogue.operators.get(str(data["operator"]), TaskGroup)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
