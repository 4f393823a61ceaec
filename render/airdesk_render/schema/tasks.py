"""Tasks and groups in a schema: one shape per operator, chosen by the operator's name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from airdesk_render.catalogue import Catalogue
from airdesk_render.language.base import TASK_ID_PATTERN
from airdesk_render.language.group import TaskGroup
from airdesk_render.language.task import FromTask, TaskCommon, TaskOptions
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.schema.shapes import shapes_of

_COMMON = frozenset(TaskCommon.model_fields)
_DEFAULTABLE = frozenset(TaskOptions.model_fields)
_FROM_DEFAULTS = frozenset(("connection",))
"""Required fields that a file of defaults often gives in the task's place."""


def task_shapes(
    catalogue: Catalogue, given: Mapping[str, frozenset[str]] = MappingProxyType({})
) -> dict[str, Any]:
    """All shapes that tasks need, by name; `Tasks` is a mapping of tasks and groups.

    Args:
        given: operator's key to the fields that need not be in a task.
    """
    common, options = shapes_of(TaskCommon)
    group, _ = shapes_of(TaskGroup)
    mapped, _ = shapes_of(FromTask)
    group["properties"]["tasks"] = {
        "$ref": "#/$defs/Tasks",
        "description": group["properties"]["tasks"]["description"],
    }
    shapes: dict[str, Any] = {
        **{name: shape for name, shape in options.items() if name != "FromTask"},
        "FromTask": mapped,
        "TaskCommon": common,
        "TaskGroup": group,
        "Tasks": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": TASK_ID_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/Entry"},
            "defaultSnippets": [_snippet(one) for one in catalogue.operators.values()],
        },
        "Entry": {
            "type": "object",
            "if": {"required": ["tasks"]},
            "then": {"$ref": "#/$defs/TaskGroup"},
            "else": {"$ref": "#/$defs/Task"},
        },
        "Task": _task(catalogue),
    }
    for key, operator in catalogue.operators.items():
        shapes[key] = _operator(operator, shapes, given.get(key, frozenset()))
    return shapes


def operator_defaults(catalogue: Catalogue) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields that a file of defaults may give by operator, and the shapes they refer to."""
    shapes: dict[str, Any] = {}
    by_key = {}
    for key, operator in catalogue.operators.items():
        shape = _operator(operator, shapes, whole=True)
        fields = {
            name: field
            for name, field in shape["properties"].items()
            if name != "operator" and (name not in _COMMON or name in _DEFAULTABLE)
        }
        by_key[key] = {
            "type": "object",
            "description": operator.summary,
            "markdownDescription": shape["markdownDescription"],
            "properties": fields,
            "additionalProperties": False,
        }
    return {"type": "object", "properties": by_key, "additionalProperties": False}, shapes


def _task(catalogue: Catalogue) -> dict[str, Any]:
    """Any task: the operator's name says which shape it has."""
    operators = catalogue.operators
    return {
        "type": "object",
        "description": "One task: an operator of the catalogue and its fields.",
        "required": ["operator"],
        "properties": {
            "operator": {
                "description": "Which managed operator does it, and in which version.",
                "enum": list(operators),
                "enumDescriptions": [one.summary for one in operators.values()],
                "markdownEnumDescriptions": [_markdown(one) for one in operators.values()],
            }
        },
        "allOf": [
            {
                "if": {"required": ["operator"], "properties": {"operator": {"const": key}}},
                "then": {"$ref": f"#/$defs/{key}"},
            }
            for key in operators
        ],
    }


def _operator(
    operator: type[ManagedOperator],
    shapes: dict[str, Any],
    given: frozenset[str] = frozenset(),
    *,
    whole: bool = False,
) -> dict[str, Any]:
    """One operator's shape; shapes that its fields refer to are added to `shapes`.

    Args:
        given: fields that need not be there.
        whole: whether common fields are written out instead of referred to.
    """
    shape, parts = shapes_of(operator)
    shape = _renamed(shape, _added(operator, parts, shapes))
    properties = shape["properties"]
    for name in properties:
        if name in _COMMON and not whole:
            properties[name] = {"$ref": f"#/$defs/TaskCommon/properties/{name}"}
    properties["operator"] = {"const": operator.key(), "description": operator.summary}
    own = {name: field for name, field in properties.items() if name not in _COMMON}
    for name in operator.templated:
        if name in own:
            own[name]["markdownDescription"] = (
                f"{own[name].get('description', '')}\n\nJinja such as `{{{{ ds }}}}` is filled in."
            ).strip()
    properties["expand"] = _expand(operator, properties)
    needed = [
        name
        for name in shape.get("required", ())
        if name != "operator" and name not in _FROM_DEFAULTS | given
    ]
    return {
        "type": "object",
        "title": operator.title,
        "description": operator.docs,
        "markdownDescription": _markdown(operator),
        "properties": {"operator": properties["operator"], **own, **properties},
        "required": ["operator", *(name for name in needed if name not in operator.mappable)],
        "additionalProperties": False,
        **_needed_unless_mapped([name for name in needed if name in operator.mappable]),
        "examples": [{"operator": operator.key(), **one} for one in operator.examples],
    }


def _needed_unless_mapped(names: list[str]) -> dict[str, Any]:
    if not names:
        return {}
    mapped = [
        {
            "anyOf": [
                {"required": [name]},
                {"properties": {"expand": {"required": [name]}}},
            ]
        }
        for name in names
    ]
    return {"if": {"required": ["expand"]}, "then": {"allOf": mapped}, "else": {"required": names}}


def _expand(operator: type[ManagedOperator], properties: dict[str, Any]) -> dict[str, Any]:
    about = {
        "type": "object",
        "description": "Run once per value: a field of this operator to a list of values"
        + (", or to {from: task}." if operator.mappable_at_run else "."),
        "additionalProperties": False,
    }
    if not operator.mappable:
        return {**about, "maxProperties": 0, "description": "This operator cannot be mapped."}
    fields = {}
    for name in operator.mappable:
        values: dict[str, Any] = {
            "type": "array",
            "items": {key: part for key, part in properties[name].items() if key != "default"},
        }
        if name in operator.mappable_at_run:
            values = {"anyOf": [values, {"$ref": "#/$defs/FromTask"}]}
        fields[name] = {**values, "description": properties[name].get("description", "")}
    return {**about, "properties": fields}


def _added(
    operator: type[ManagedOperator], parts: dict[str, Any], shapes: dict[str, Any]
) -> dict[str, str]:
    """Put an operator's own shapes among the others; those of one name must not get mixed up."""
    names = {}
    for name, part in parts.items():
        if name == "FromTask":
            continue
        names[name] = name if shapes.get(name, part) == part else f"{operator.key()}.{name}"
    for name, new in names.items():
        shapes[new] = _renamed(parts[name], names)
    return names


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {key: _renamed(part, names) for key, part in schema.items()}
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in names:
        renamed["$ref"] = f"#/$defs/{names[name]}"
    return renamed


def _markdown(operator: type[ManagedOperator]) -> str:
    return f"**{operator.title}** (`{operator.key()}`)\n\n{operator.docs}"


def _snippet(operator: type[ManagedOperator]) -> dict[str, Any]:
    example = dict(operator.examples[0]) if operator.examples else {}
    return {
        "label": operator.key(),
        "description": operator.summary,
        "body": {"${1:name}": {"operator": operator.key(), **example}},
    }
