"""JSON Schemas (draft 2020-12) of what people write, from which editors complete and explain.

    manifest_schema(catalogue) -> of a manifest
    defaults_schema(catalogue) -> of a file of defaults
    schema_of(kind, catalogue) -> of any of KINDS

What a schema accepts may still get findings; what it refuses does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from airdesk_render.catalogue import Catalogue, default_catalogue
from airdesk_render.language.defaults import Defaults
from airdesk_render.manifest import Manifest
from airdesk_render.schema.head import head_shapes, improved_head
from airdesk_render.schema.shapes import DIALECT, shapes_of
from airdesk_render.schema.tasks import operator_defaults, task_shapes

__all__ = ["KINDS", "defaults_schema", "manifest_schema", "schema_of"]

_FROM_DEFAULTS = frozenset(("owners", "data_class"))
"""Required fields that a file of defaults may give in the manifest's place."""


def manifest_schema(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The schema of a manifest; its tasks are those of the catalogue."""
    top, definitions = shapes_of(Manifest)
    for unused in ("ManagedOperator", "TaskCommon", "FromTask"):
        definitions.pop(unused, None)
    tasks = task_shapes(catalogue or default_catalogue())
    top["properties"]["tasks"] = {
        **tasks["Tasks"],
        "description": top["properties"]["tasks"]["description"],
    }
    top["required"] = [name for name in top["required"] if name not in _FROM_DEFAULTS]
    return _finished("Airdesk manifest", improved_head(top), {**head_shapes(definitions), **tasks})


def defaults_schema(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The schema of a file of defaults (`dags/defaults.yaml`)."""
    top, definitions = shapes_of(Defaults)
    known = catalogue or default_catalogue()
    operators, more = operator_defaults(known)
    operators["description"] = top["properties"]["operators"]["description"]
    top["properties"]["operators"] = operators
    return _finished("Airdesk defaults", improved_head(top), {**head_shapes(definitions), **more})


def _finished(title: str, top: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": title, **top, "$defs": dict(sorted(definitions.items()))}


def _policy_schema(catalogue: Catalogue | None) -> dict[str, Any]:
    from airdesk_render.policy.schema import policy_schema

    del catalogue
    return policy_schema()


KINDS: Final[Mapping[str, Callable[[Catalogue | None], dict[str, Any]]]] = {
    "manifest": manifest_schema,
    "defaults": defaults_schema,
    "policy": _policy_schema,
}


def schema_of(kind: str, catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The schema of one of `KINDS`."""
    return KINDS[kind](catalogue)
