"""From a Pydantic shape to a schema that reads well in an editor."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from airdesk_render.schema.words import MEANINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def shapes_of(shape: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a shape, and those it refers to by name, all tidied."""
    schema = shape.model_json_schema()
    definitions = {
        name: tidy(part) for name, part in schema.pop("$defs", {}).items() if name != "JsonValue"
    }
    if "$ref" in schema:  # a shape that holds itself
        return definitions[schema["$ref"].removeprefix("#/$defs/")], definitions
    return tidy(schema), definitions


def tidy(schema: Any) -> Any:
    """Without generated titles and null defaults; optional values and days said simply."""
    if isinstance(schema, list):
        return [tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") == "#/$defs/JsonValue":
        return {key: tidy(part) for key, part in schema.items() if key != "$ref"}
    properties = schema.get("properties")
    tidied = {key: tidy(part) for key, part in schema.items() if key not in ("title", "properties")}
    if isinstance(properties, dict):
        tidied["properties"] = {name: _property(name, part) for name, part in properties.items()}
    patterns = tidied.get("patternProperties", {})
    if len(patterns) == 1 and "additionalProperties" not in tidied:
        del tidied["patternProperties"]
        ((pattern, value),) = patterns.items()
        tidied |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    if "default" in tidied and tidied["default"] in (None, [], {}):
        del tidied["default"]
    return _simple(tidied)


def _property(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name in ("start_date", "end_date"):
        kept: dict[str, Any] = {
            key: schema[key] for key in ("description", "examples") if key in schema
        }
        return {"type": ["string", "null"], "pattern": _DAY, **kept}
    tidied: dict[str, Any] = tidy(schema)
    return explained(tidied)


_DAY = r"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:[T ][0-9:.]+)?$|^[0-9]{4}-?W[0-9-]+$"


def explained(schema: dict[str, Any]) -> dict[str, Any]:
    """With a sentence for each value of an `enum` whose values are known."""
    for part in (schema, *schema.get("anyOf", ()), schema.get("items")):
        values = part.get("enum") if isinstance(part, dict) else None
        if values and all(value in MEANINGS for value in values):
            part["enumDescriptions"] = [MEANINGS[value] for value in values]
            part["markdownEnumDescriptions"] = part["enumDescriptions"]
    return schema


def _simple(schema: dict[str, Any]) -> dict[str, Any]:
    """`anyOf` of a thing and null as one thing that may be null, where that says the same."""
    options = schema.get("anyOf")
    if options is None or len(options) != 2 or {"type": "null"} not in options:
        return schema
    other = next(option for option in options if option != {"type": "null"})
    if "enum" in other or "const" in other or not isinstance(other.get("type"), str):
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**other, "type": [other["type"], "null"], **rest}
