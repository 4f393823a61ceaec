"""The JSON Schema of policies (draft 2020-12), from which editors complete and explain."""

from __future__ import annotations

from typing import Any

from airdesk_render.policy.model import Policy
from airdesk_render.policy.rulebook import RULES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """The schema as plain data."""
    schema = Policy.model_json_schema(by_alias=True)
    codes = [rule.code for rule in RULES.values() if rule.liftable]
    schema["$defs"]["PolicyException"]["properties"]["rules"]["items"] = {"enum": codes}
    return {"$schema": DIALECT, **schema, "title": "Airdesk policy"}
