"""The options an app suggests for an external menu."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.blockkit.rules import Problem, items, one_of_fields, record
from airdesk_sandbox.slack.blockkit.texts import OPTION, OPTION_GROUP

_SUGGESTED = record(
    {}, {"options": items(OPTION, 100, 0), "option_groups": items(OPTION_GROUP, 100)}
)


def read_suggestions(payload: dict[str, Any] | None) -> tuple[dict[str, Any], list[Problem]]:
    """The acknowledgement's options, and what is wrong with them."""
    if payload is None:
        return {}, [Problem("", "missing required field: options")]
    problems = _SUGGESTED(payload, "")
    if "options" not in payload:
        problems += one_of_fields("options", "option_groups")(payload, "")
    return payload, problems
