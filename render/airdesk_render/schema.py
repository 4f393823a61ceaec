"""The JSON Schema of manifests (draft 2020-12), from which editors complete and explain."""

from __future__ import annotations

from typing import Any

from airdesk_render.catalogue import operators
from airdesk_render.manifest import Manifest

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def manifest_schema() -> dict[str, Any]:
    """The schema as plain data. What it accepts may still get findings; what it refuses does."""
    schema = Manifest.model_json_schema()
    for operator in operators().values():
        definition = schema["$defs"][operator.__name__]
        definition["title"] = operator.title
        definition["description"] = operator.docs
        definition["properties"]["operator"]["description"] = operator.summary
    _let_manual_be_said(schema)
    return {"$schema": DIALECT, **schema, "title": "Airdesk manifest"}


def _let_manual_be_said(schema: dict[str, Any]) -> None:
    schema["properties"]["schedule"]["anyOf"].insert(0, {"const": "manual"})
