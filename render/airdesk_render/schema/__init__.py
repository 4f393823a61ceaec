"""JSON Schemas (draft 2020-12) of what people write, from which editors complete and explain.

    manifest_schema(catalogue) -> of a manifest
    defaults_schema(catalogue) -> of a file of defaults
    schema_of(kind, catalogue) -> of any of `KINDS`, such as policy or operator

What a schema accepts may still get findings; what it refuses does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


def manifest_schema(
    catalogue: Catalogue | None = None, defaults: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The schema of a manifest; its tasks are those of the catalogue.

    Args:
        defaults: what a repository's files of defaults hold; fields of operators that any of them
            gives need not be in a manifest.
    """
    top, definitions = shapes_of(Manifest)
    for unused in ("ManagedOperator", "TaskCommon", "FromTask"):
        definitions.pop(unused, None)
    tasks = task_shapes(catalogue or default_catalogue(), _given_by(defaults))
    top["properties"]["tasks"] = {
        **tasks["Tasks"],
        "description": top["properties"]["tasks"]["description"],
    }
    top["required"] = [name for name in top["required"] if name not in _FROM_DEFAULTS]
    return _finished("Airdesk manifest", improved_head(top), {**head_shapes(definitions), **tasks})


def _given_by(defaults: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Operator's key to the fields that some file of defaults gives."""
    given: dict[str, frozenset[str]] = {}
    for data in defaults:
        operators = data.get("operators")
        for key, fields in operators.items() if isinstance(operators, Mapping) else ():
            if isinstance(fields, Mapping):
                given[key] = given.get(key, frozenset()) | frozenset(fields)
    return given


def defaults_schema(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The schema of a file of defaults (`dags/defaults.yaml`)."""
    top, definitions = shapes_of(Defaults)
    known = catalogue or default_catalogue()
    whole, of_manifest = shapes_of(Manifest)
    _borrow(top, whole)
    _borrow(definitions["ScheduleDefaults"], of_manifest["Schedule"])
    operators, more = operator_defaults(known)
    operators["description"] = top["properties"]["operators"]["description"]
    top["properties"]["operators"] = operators
    return _finished("Airdesk defaults", improved_head(top), {**head_shapes(definitions), **more})


def _borrow(shape: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Descriptions of fields that another shape explains."""
    for name, field in shape["properties"].items():
        meaning = other["properties"].get(name, {}).get("description")
        if meaning is not None:
            field.setdefault("description", meaning)


def _finished(title: str, top: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": title, **top, "$defs": dict(sorted(definitions.items()))}


def _policy_schema(catalogue: Catalogue | None) -> dict[str, Any]:
    from airdesk_render.policy.schema import policy_schema

    del catalogue
    return policy_schema()


def _operator_schema(catalogue: Catalogue | None) -> dict[str, Any]:
    from airdesk_render.catalogue.definition import OperatorDefinition

    del catalogue
    top, definitions = shapes_of(OperatorDefinition)
    return _finished("Airdesk operator", top, definitions)


def _catalogue_schema(catalogue: Catalogue | None) -> dict[str, Any]:
    """The schema of one task: of each operator its own, chosen by its name."""
    shapes = task_shapes(catalogue or default_catalogue())
    return _finished("Airdesk task", {"$ref": "#/$defs/Task"}, shapes)


KINDS: Final[Mapping[str, Callable[[Catalogue | None], dict[str, Any]]]] = {
    "manifest": manifest_schema,
    "defaults": defaults_schema,
    "policy": _policy_schema,
    "operator": _operator_schema,
    "catalogue": _catalogue_schema,
}
"""What a schema describes: a manifest, a file of defaults, policy.yaml, a file of the shared
operator repository, or one task of the catalogue."""


def schema_of(
    kind: str, catalogue: Catalogue | None = None, defaults: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The schema of one of `KINDS`; `defaults` as for `manifest_schema`."""
    if kind == "manifest":
        return manifest_schema(catalogue, defaults)
    return KINDS[kind](catalogue)
