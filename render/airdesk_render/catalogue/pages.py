"""What people read about operators: docs/operators.md, and one operator in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from airdesk_render.catalogue.catalogue import Catalogue
from airdesk_render.catalogue.lazy import OperatorClass
from airdesk_render.language.task import TaskCommon
from airdesk_render.yaml_text import entry

_HEAD = """\
# Managed operators

<!-- Written by `airdesk-render catalogue docs`; change the operators instead. -->

Every task of a manifest names one of these, with its version: `operator: sql_query@1`. Besides \
the fields shown, each may say `upstream`, `expand`, `trigger_rule`, `retries`, \
`execution_timeout` and what else [the manifest's guide](manifest.md) tells of every task. \
Where it runs is policy's choice; with `data_class: pii` that is always the sensitive queue.

**Jinja**: a field in which it is replaced. **Map**: a field that `expand` may give a list for, \
or also what another task returned.
"""
_CATEGORIES = ("SQL", "Code", "Messages", "Services", "Files", "Big data", "Wait", "Flow", "Other")


def page(catalogue: Catalogue) -> str:
    """The page about all operators, as Markdown."""
    parts = [_HEAD]
    operators = list(catalogue.operators.values())
    for category in _CATEGORIES:
        some = [one for one in operators if _category(one) == category]
        if some:
            parts.append(f"## {category}\n")
            parts += [_section(one) for one in some]
    return "\n".join(parts)


def _category(operator: OperatorClass) -> str:
    return operator.category if operator.category in _CATEGORIES else "Other"


def _section(operator: OperatorClass) -> str:
    lines = [f"### {operator.key()}", "", f"**{operator.title}.** {operator.docs}", ""]
    rows = [_row(field) for field in fields_of(operator)]
    if rows:
        lines += ["| field | | what it is | Jinja | map |", "|---|---|---|---|---|", *rows, ""]
    for name, fields in parts_of(operator).items():
        lines += [f"`{name}`:", "", "| field | | what it is |", "|---|---|---|"]
        lines += [_row(field, short=True) for field in fields] + [""]
    lines += ["```yaml", *example_of(operator), "```", "", _behind(operator), ""]
    return "\n".join(lines)


def _behind(operator: OperatorClass) -> str:
    names = " or ".join(f"`{path.rpartition('.')[2]}`" for path in operator.airflow_classes)
    where = {
        "code": "runs on the team's own queue",
        "bigdata": "runs on the queue for big data",
        "pod": "runs in a pod of its own",
        "ml": "runs on the queue for machine learning",
        "normal": "runs on the shared queue",
    }[operator.workload]
    return f"In Airflow: {names}; {where}."


def _row(field: Mapping[str, Any], *, short: bool = False) -> str:
    cells = [f"`{field['name']}`", field["kind"], f"{field['description']} {field['rule']}".strip()]
    if not short:
        mapped = {"": "", "list": "list", "run": "list, output"}
        cells += ["yes" if field["templated"] else "", mapped[field["mapped"]]]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def example_of(operator: OperatorClass) -> list[str]:
    """The first example as a manifest has it, line by line."""
    given = {"operator": operator.key(), **(operator.examples[0] if operator.examples else {})}
    name = operator.name() if operator.name() != "empty" else "start"
    lines = [f"{name}:"]
    for key, value in given.items():
        lines += entry(key, value, 2)
    return lines


def fields_of(operator: OperatorClass) -> Iterator[dict[str, Any]]:
    """An operator's own fields: name, kind, description, rule, default, templated, mapped."""
    schema = operator.model_json_schema()
    for field in _fields(schema, schema):
        name = field["name"]
        if name in TaskCommon.model_fields or name == "operator":
            continue
        mapped = "run" if name in operator.mappable_at_run else "list"
        field["templated"] = name in operator.templated
        field["mapped"] = mapped if name in operator.mappable else ""
        yield field


def parts_of(operator: OperatorClass) -> dict[str, list[dict[str, Any]]]:
    """Shapes that stand inside its fields, by name, with the fields of each."""
    schema = operator.model_json_schema()
    own = {
        name: shape
        for name, shape in schema["properties"].items()
        if name not in TaskCommon.model_fields
    }
    found: dict[str, list[dict[str, Any]]] = {}
    waiting = list(_named(own))
    while waiting:
        name = waiting.pop(0)
        shape = schema["$defs"][name]
        if name not in found and "properties" in shape:
            found[name] = list(_fields(shape, schema))
            waiting += _named(shape)
    return found


def _named(shape: object) -> Iterator[str]:
    """Names of the shapes that a schema refers to."""
    if isinstance(shape, Mapping):
        if isinstance(target := shape.get("$ref"), str):
            yield target.rpartition("/")[2]
        for value in shape.values():
            yield from _named(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from _named(value)


def _fields(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    required = set(shape.get("required", ()))
    for name, given in shape["properties"].items():
        found = _resolved(given, schema)
        yield {
            "name": name,
            "kind": _kind(given, schema),
            "description": found.get("description", ""),
            "rule": _rule(found, must=name in required),
            "required": name in required,
            "default": found.get("default"),
            "templated": False,
            "mapped": "",
        }


def _resolved(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in shape:
        target = schema["$defs"][shape["$ref"].rpartition("/")[2]]
        return {**target, **{key: value for key, value in shape.items() if key != "$ref"}}
    return dict(shape)


def _kind(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """In a word or two: `text`, `list of text`, `mapping`, `one of a, b`, or a shape's name."""
    if isinstance(target := shape.get("$ref"), str):
        name = target.rpartition("/")[2]
        named = schema["$defs"][name]
        return f"`{name}`" if "properties" in named else _kind(named, schema)
    if options := [one for one in shape.get("anyOf", ()) if one.get("type") != "null"]:
        kinds = dict.fromkeys(_kind(one, schema) for one in options)
        if "number" in kinds:
            kinds.pop("whole number", None)
        return " or ".join(kinds)
    if "enum" in shape:
        return "one of " + ", ".join(f"`{value}`" for value in shape["enum"])
    if "const" in shape:
        return f"`{shape['const']}`"
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}), schema)}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    kind = str(shape.get("type", "any value"))
    inner = shape.get("additionalProperties") or next(
        iter(shape.get("patternProperties", {}).values()), None
    )
    if isinstance(inner, Mapping) and any(_named(inner)):
        return f"mapping to {_kind(inner, schema)}"
    return words.get(kind, "mapping" if kind == "object" else kind)


def _rule(shape: Mapping[str, Any], *, must: bool) -> str:
    if must:
        return "**Needed.**"
    default = shape.get("default")
    if default in (None, [], {}, ""):
        return ""
    return f"Default: `{json.dumps(default, ensure_ascii=False)}`."


def described(operator: OperatorClass) -> str:
    """One operator as text for the terminal."""
    lines = [f"{operator.key()} · {operator.title} ({operator.category})", "", operator.docs, ""]
    for field in fields_of(operator):
        marks = [mark for mark in (field["rule"].replace("*", ""), *_marks(field)) if mark]
        lines.append(f"  {field['name']} ({field['kind'].replace('`', '')})")
        lines.append(f"      {' '.join([field['description'], *marks])}".rstrip())
    lines += ["", *(f"  {line}" for line in example_of(operator)), "", _behind(operator)]
    return "\n".join(lines).replace("`", "")


def _marks(field: Mapping[str, Any]) -> Iterator[str]:
    if field["templated"]:
        yield "Jinja is replaced."
    if field["mapped"]:
        output = " or another task's output" if field["mapped"] == "run" else ""
        yield f"expand: a list{output}."
