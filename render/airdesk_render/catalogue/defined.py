"""Managed operators made of definitions in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, JsonValue, create_model

from airdesk_render.catalogue.definition import FieldDefinition, OperatorDefinition
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    Duration,
    ManagedOperator,
    Rendering,
    SqlUse,
    seconds_of,
)
from airdesk_render.operators.sensor import Sensor
from airdesk_render.operators.sql import looks_like_file, sql_or_file
from airdesk_render.operators.words import unlike_file

OperatorClass = type[ManagedOperator]
_TEMPLATE_ENDINGS = (".sql", ".hql", ".sh", ".bash", ".json", ".html", ".yaml", ".yml", ".md")


class DefinedOperator(ManagedOperator):
    """A task whose operator is described by a definition."""

    definition: ClassVar[OperatorDefinition]

    def files(self) -> tuple[str, ...]:
        named = [(one, getattr(self, name)) for name, one in self.definition.fields.items()]
        return tuple(
            value
            for one, value in named
            if value is not None
            and (one.type == "file" or (one.type == "sql" and looks_like_file(value)))
        )

    def shared_files(self) -> tuple[str, ...]:
        file = self.definition.shared_file
        return (file,) if file else ()

    def connection_names(self) -> tuple[str, ...]:
        fields = self.definition.fields.items()
        values = (getattr(self, name) for name, one in fields if one.type == "connection")
        return tuple(value for value in values if value is not None)

    def call(self, rendering: Rendering) -> Call:
        arguments: dict[str, Any] = {}
        for name, one in self.definition.fields.items():
            value = getattr(self, name)
            if value is not None:
                arguments[one.argument or name] = _argument(one, value, rendering)
        arguments |= self.definition.fixed
        if rendering.pii and self.kind == "managed":
            arguments.setdefault("do_xcom_push", False)
        if isinstance(self, Sensor):
            arguments = self.waiting(arguments)
        return Call(
            self.definition.module,
            self.definition.class_name,
            arguments,
            shared=self.definition.shared_file,
        )


class DefinedSensor(DefinedOperator, Sensor):
    """One that waits."""


def _argument(one: FieldDefinition, value: Any, rendering: Rendering) -> Any:
    if one.type == "connection":
        return rendering.team.conn_id(value)
    if one.type == "sql":
        return sql_or_file(value, rendering)
    if one.type == "file":
        return rendering.text_of(value)
    if one.type == "duration":
        return seconds_of(value)
    if isinstance(value, str):
        return unlike_file(value, _TEMPLATE_ENDINGS)
    return list(value) if isinstance(value, tuple) else value


def operator_class(definition: OperatorDefinition) -> OperatorClass:
    """The class that tasks of a definition are parsed by."""
    base = DefinedSensor if definition.sensor else DefinedOperator
    fields: dict[str, Any] = {
        "operator": (Literal[definition.operator], ...),
        **{name: _field(one) for name, one in definition.fields.items()},
    }
    name = "".join(part.title() for part in definition.operator.partition("@")[0].split("_"))
    made: OperatorClass = create_model(name, __base__=base, __module__=__name__, **fields)
    for attribute, value in _about(definition).items():
        setattr(made, attribute, value)
    return made


def _about(definition: OperatorDefinition) -> Mapping[str, object]:
    """What a class written in Python would say about itself."""
    shared = definition.shared_file is not None
    kind = definition.kind or ("code" if shared else "managed")
    fields = definition.fields
    connection = next((name for name, one in fields.items() if one.type == "connection"), "")
    mapped = {name: one.argument or name for name, one in fields.items() if one.mapped != "no"}
    return {
        "__doc__": definition.summary,
        "definition": definition,
        "title": definition.title,
        "summary": definition.summary,
        "docs": definition.docs or definition.summary,
        "category": definition.category,
        "kind": kind,
        "workload": definition.workload or ("code" if kind == "code" else "normal"),
        "airflow_classes": (definition.airflow,),
        "templated": tuple(name for name, one in fields.items() if one.templated),
        "file_fields": tuple(name for name, one in fields.items() if one.type in ("file", "sql")),
        "sql_fields": MappingProxyType(
            {
                name: SqlUse(connection=connection, writes=one.writes, several=one.writes)
                for name, one in fields.items()
                if one.type == "sql"
            }
        ),
        "mappable": MappingProxyType(mapped),
        "mappable_at_run": frozenset(name for name in mapped if fields[name].mapped == "outputs"),
        "is_sensor": definition.sensor,
        "examples": (_example(definition),),
    }


def _field(one: FieldDefinition) -> tuple[Any, Any]:
    annotation: Any = _annotation(one)
    if not one.required and one.default is None:
        annotation = annotation | None
    examples = None if one.example is None else [one.example]
    default: Any = ... if one.required else _frozen(one.default)
    return annotation, Field(default=default, description=one.description, examples=examples)


def _annotation(one: FieldDefinition) -> Any:
    if one.choices is not None:
        return Literal[one.choices]
    limits: dict[str, Any] = {}
    if one.type in ("integer", "number"):
        limits = {"ge": one.minimum, "le": one.maximum}
    elif one.type in ("string", "sql"):
        limits = {"min_length": 1, "max_length": one.max_length or 100_000}
        limits |= {"pattern": f"^(?:{one.pattern})$"} if one.pattern else {}
    elif one.type in ("strings", "mapping"):
        limits = {"max_length": one.max_length or 1_000}
    elif one.type == "file":
        limits = {"pattern": f"{FILE_PATTERN}{re.escape(one.ending or '')}$"}
    return Annotated[_TYPES[one.type], Field(**limits)] if limits else _TYPES[one.type]


_TYPES: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "strings": Annotated[tuple[str, ...], Field(strict=False)],
    "mapping": dict[str, JsonValue],
    "connection": Connection,
    "duration": Duration,
    "sql": str,
    "file": str,
}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_WORDS: Mapping[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "strings": ["text"],
    "mapping": {},
    "connection": "warehouse",
    "duration": "30m",
    "sql": "select 1",
}


def _example(definition: OperatorDefinition) -> Mapping[str, Any]:
    """A task as short as can be, of examples, choices and plain words."""
    example: dict[str, Any] = {}
    for name, one in definition.fields.items():
        if one.example is not None:
            example[name] = one.example
        elif one.required:
            file = f"files/{name}{one.ending}" if one.type == "file" else None
            number = one.minimum if one.minimum is not None else one.maximum
            chosen = one.choices[0] if one.choices else None
            example[name] = next(
                value for value in (chosen, file, number, _WORDS.get(one.type)) if value is not None
            )
    return example
