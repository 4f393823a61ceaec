"""The sentences about wrong shapes."""

from __future__ import annotations

from airdesk_render.document import Path
from airdesk_render.language.base import (
    ASSET_PATTERN,
    DURATION_PATTERN,
    OWN_ASSET_PATTERN,
    TASK_ID_PATTERN,
    TASK_REFERENCE_PATTERN,
)
from airdesk_render.language.notify import CHANNEL_PATTERN
from airdesk_render.language.params import PARAM_PATTERN
from airdesk_render.language.people import PERSON_PATTERN, TAG_PATTERN
from airdesk_render.names import CONNECTION_NAME_PATTERN, DAG_NAME_PATTERN
from airdesk_render.shape_errors import ShapeError

MESSAGES: dict[str, tuple[str, str]] = {
    "string_type": ("wrong-type", "{name} must be text; put it in quotes."),
    "int_type": ("wrong-type", "{name} must be a whole number."),
    "float_type": ("wrong-type", "{name} must be a number."),
    "bool_type": ("wrong-type", "{name} must be true or false."),
    "dict_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "model_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "model_attributes_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "list_type": ("wrong-type", "{name} must be a list, such as [one, two]."),
    "tuple_type": ("wrong-type", "{name} must be a list, such as [one, two]."),
    "union_type": ("wrong-type", "{name} must be {expected}."),
    "literal_error": ("wrong-value", "{name} must be {expected}."),
    "string_pattern_mismatch": ("wrong-value", "{value} will not do as {name}.{rule}"),
    "string_too_short": ("empty-value", "{name} must not be empty."),
    "string_too_long": ("too-long", "{name} may have {max_length} characters."),
    "too_short": ("empty-value", "{name} must hold at least one value."),
    "too_long": ("too-long", "{name} may hold {max_length} values."),
    "greater_than": ("out-of-range", "{name} must be more than {gt}."),
    "less_than": ("out-of-range", "{name} must be less than {lt}."),
    "greater_than_equal": ("out-of-range", "{name} must be {ge} or more."),
    "less_than_equal": ("out-of-range", "{name} must be {le} or less."),
}

CUSTOM = {
    "asset_shape": "wrong-type",
    "body_not_text": "wrong-type",
    "column_alone": "one-of",
    "column_unchecked": "empty-value",
    "comparison_many": "one-of",
    "comparison_none": "missing-field",
    "comparison_order": "out-of-range",
    "condition_open": "missing-field",
    "day": "wrong-value",
    "endpoint_parent": "wrong-value",
    "endpoint_space": "wrong-value",
    "expand_empty": "empty-value",
    "expand_long": "too-long",
    "expand_not_at_run": "not-mappable",
    "expand_not_mappable": "not-mappable",
    "expand_shape": "wrong-type",
    "expand_twice": "expand-twice",
    "expand_unknown": "unknown-field",
    "group_depth": "group-depth",
    "merge_needs_columns": "missing-field",
    "merge_outside_columns": "wrong-value",
    "object_key": "wrong-value",
    "param_enum": "param-default",
    "param_limits": "param-default",
    "param_range": "param-default",
    "param_type": "param-default",
    "path_not_inside": "file-path",
    "schedule_none": "missing-field",
    "schedule_one": "one-of",
    "schedule_shape": "wrong-type",
    "schedule_start": "missing-field",
    "spark_application": "wrong-value",
    "spark_conf": "wrong-value",
    "time_of_day": "wrong-value",
}
"""Kinds whose message is a sentence already. Others are codes themselves, with _ for -."""

_NAME = " Use a-z, 0-9 and _, beginning with a letter."
_CHANNEL = " Write #channel or the channel's id."
_RULES = {
    TASK_ID_PATTERN: " Use a-z, 0-9 and _, beginning with a letter and not ending with _.",
    TASK_REFERENCE_PATTERN: " Use a task's name from this manifest.",
    ASSET_PATTERN: " Write the asset's name, or team.name for one of another team.",
    OWN_ASSET_PATTERN: " Write the name of an asset of your own team: a-z, 0-9 and _.",
    DURATION_PATTERN: " Write 90s, 30m, 2h or 1d.",
    CONNECTION_NAME_PATTERN: " Name one of the team's connections: a-z, 0-9 and _.",
    DAG_NAME_PATTERN: _NAME,
    CHANNEL_PATTERN: _CHANNEL,
    PERSON_PATTERN: " Write the directory name, such as thu.tran.",
    TAG_PATTERN: " Use letters, digits, spaces and _ . / -.",
    PARAM_PATTERN: _NAME,
}
"""What to write instead, by the pattern that a text did not match."""
_SHAPES = {
    ("notify", "tuple_type"): "notify must be {slack: ..., events: [...]}, or a list of these.",
}

_HINTS: dict[tuple[str, ...], str] = {
    ("version",): " Write version: 1.",
    ("owners",): " Name who looks after the DAG: owners: [thu.tran].",
    ("schedule", "start_date"): " Say from which day on it shall run: start_date: 2026-12-01.",
    ("data_class",): " Say how sensitive the data is: public, internal or pii.",
}


def hint_for(path: Path) -> str:
    """What to write for a field that is missing."""
    return _HINTS.get(tuple(str(part) for part in path), "")


def name_of(path: Path) -> str:
    """The last key of a path, by which a sentence calls the value."""
    words = [part for part in path if isinstance(part, str)]
    return words[-1] if words else "manifest"


def sentence(message: str, error: ShapeError, described: str = "") -> str:
    """A message of `MESSAGES` with its names and values filled in.

    Args:
        described: what the documentation says of the field.
    """
    name = name_of(error.path)
    if (said := _SHAPES.get((name, error.kind))) is not None:
        return said
    if error.value is None and error.kind.endswith("_type"):
        return f"{name} has no value. Write one, or remove the line."
    if error.kind == "string_type" and isinstance(error.value, dict | list):
        return f"{name} must be text."
    value = repr(error.value)
    rule = _RULES.get(str(error.context.get("pattern")))
    if rule is None:
        rule = f" {described}" if described.endswith(".") else ""
    return message.format(
        **{"expected": "", **error.context},
        name="a name here" if error.of_key else name,
        value=value if len(value) < 60 else value[:56] + "…'",
        rule=rule,
    )
