"""What the shapes' own schemas cannot say: either-or rules, short forms, whole examples."""

from __future__ import annotations

from typing import Any

_NOT_NULL = {"not": {"type": "null"}}
_MANUAL = {"const": "manual", "description": "Only when somebody starts it."}
_SCHEDULES = [
    {
        "label": "on weekdays at 6:00",
        "body": {"cron": "0 6 * * 1-5", "timezone": "${1:Asia/Ho_Chi_Minh}", "start_date": "${2}"},
    },
    {"label": "every day", "body": {"cron": "@daily", "start_date": "${1:2026-12-01}"}},
    {"label": "every two hours", "body": {"every": "2h", "start_date": "${1:2026-12-01}"}},
    {"label": "when data came", "body": {"assets": "${1:orders}"}},
    {"label": "only by hand", "body": "manual"},
]


def improved_head(schema: dict[str, Any]) -> dict[str, Any]:
    """The fields of a manifest or of a file of defaults with their short forms."""
    properties = schema["properties"]
    schedule = properties["schedule"]
    if {"$ref": "#/$defs/Schedule"} in schedule.get("anyOf", ()):
        schedule["anyOf"] = [_MANUAL, {"$ref": "#/$defs/Schedule"}, {"type": "null"}]
        schedule["defaultSnippets"] = _SCHEDULES
    notify = properties["notify"]
    rows = {key: notify.pop(key) for key in ("items", "minItems", "maxItems") if key in notify}
    notify.pop("type", None)
    notify["anyOf"] = [
        {"$ref": "#/$defs/Notify"},
        {"type": "array", "items": {"$ref": "#/$defs/Notify"}, **rows},
        {"type": "null"},
    ]
    notify["examples"] = [{"slack": "#growth-data", "events": ["failure", "recovery"]}]
    return schema


def head_shapes(definitions: dict[str, Any]) -> dict[str, Any]:
    """The shapes of a manifest's head with their either-or rules."""
    rules = {"Deadline": ("by", "within"), "AssetSet": ("all", "any")}
    for name, fields in rules.items():
        if name in definitions:
            definitions[name]["oneOf"] = [_given(field) for field in fields]
    if "Schedule" in definitions:
        _improve_schedule(definitions["Schedule"])
    if "Param" in definitions:
        _improve_param(definitions["Param"])
    return definitions


def _given(field: str) -> dict[str, Any]:
    return {"required": [field], "properties": {field: _NOT_NULL}}


def _improve_schedule(schema: dict[str, Any]) -> None:
    absent = {"type": "null"}
    schema["anyOf"] = [_given(field) for field in ("cron", "every", "assets")]
    schema["if"] = _given("every")
    schema["then"] = {"properties": {"cron": absent, "assets": absent}}
    schema["properties"]["timezone"]["examples"] = [
        *("Asia/Ho_Chi_Minh", "UTC", "Europe/Berlin", "Europe/London", "America/New_York"),
        *("Asia/Singapore", "Asia/Tokyo"),
    ]
    schema["properties"]["cron"]["pattern"] = _CRON
    schema["properties"]["cron"]["examples"] = [
        *("0 6 * * 1-5", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
    ]


_CRON = r"^\s*(?:@[a-z]+|\S+(?:\s+\S+){4})\s*$"
_LIMITS = {
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
    "minLength": ("string",),
    "maxLength": ("string",),
    "pattern": ("string",),
    "format": ("string",),
    "items": ("array",),
}


def _improve_param(schema: dict[str, Any]) -> None:
    """The default has the type that is named, and limits only where they mean something."""
    types = schema["properties"]["type"]["enum"]
    rules = []
    for name in types:
        unfit = [limit for limit, fits in _LIMITS.items() if name not in fits]
        fields: dict[str, Any] = {limit: {"type": "null"} for limit in unfit}
        fields["default"] = {"type": [name, "null"]}
        rules.append(
            {
                "if": {"required": ["type"], "properties": {"type": {"const": name}}},
                "then": {"properties": fields},
            }
        )
    schema["allOf"] = rules
    schema["defaultSnippets"] = [
        {"label": "a day", "body": {"type": "string", "format": "date", "default": "${1}"}},
        {"label": "a number", "body": {"type": "integer", "default": 1, "minimum": 1}},
        {"label": "one of several", "body": {"type": "string", "default": "${1:a}", "enum": ["a"]}},
    ]
