"""Pydantic's errors as findings that a person understands."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from airdesk_render.catalogue import operators
from airdesk_render.checks.faults import path_of, without_faults
from airdesk_render.checks.place import MOST_FINDINGS, Inspection, meant
from airdesk_render.manifest import Manifest, Notify, Param, Schedule
from airdesk_render.reading import Path


@dataclass(frozen=True)
class Shape:
    """A manifest as far as its shape allows.

    Attributes:
        manifest: what the further checks look at; parts of wrong shape are left out or replaced.
        whole: whether nothing had to be left out.
    """

    manifest: Manifest | None
    whole: bool


def check_shape(inspection: Inspection) -> Shape:
    """Findings for everything whose shape is wrong, and what can be looked at further."""
    data = inspection.document.data
    if not isinstance(data, dict):
        what = "is empty" if data is None else "must be a mapping of keys to values"
        inspection.report(
            "not-a-manifest", f"This file {what}. A manifest begins with version: 1 and a dag_id."
        )
        return Shape(None, whole=False)
    try:
        return Shape(Manifest.model_validate(data), whole=True)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MOST_FINDINGS]
    paths = [path_of(detail) for detail in details]
    for detail, path in zip(details, paths, strict=True):
        # Pydantic calls a list too short once its wrong items are gone.
        of_items = any(other[: len(path)] == path and other != path for other in paths)
        said = any(problem.path == path != () for problem in inspection.document.problems)
        if not said and not (detail["type"] == "too_short" and of_items):
            _report(inspection, detail, data)
    return Shape(without_faults(inspection, copy.deepcopy(data), details), whole=False)


def _report(inspection: Inspection, detail: ErrorDetails, data: Mapping[str, Any]) -> None:
    path = path_of(detail)
    kind = detail["type"]
    if kind == "extra_forbidden":
        _unknown_field(inspection, path)
    elif kind == "missing":
        parent = f" in {'.'.join(map(str, path[:-1]))}" if len(path) > 1 else ""
        inspection.report(
            "missing-field", f"{path[-1]!r} is missing{parent}.{_hint(path)}", path, of_key=True
        )
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        _unknown_operator(inspection, path, data)
    elif kind in _MESSAGES:
        code, message = _MESSAGES[kind]
        inspection.report(code, _sentence(message, path, detail), path)
    elif kind in _CUSTOM:
        inspection.report(_CUSTOM[kind], detail["msg"], path)
    else:
        inspection.report("wrong-value", f"{_name(path)}: {detail['msg']}.", path)
    if kind == "literal_error":
        _suggest(inspection, detail)


def _name(path: Path) -> str:
    words = [part for part in path if isinstance(part, str)]
    return words[-1] if words else "manifest"


_HINTS = {
    ("version",): " Write version: 1.",
    ("owners",): " Name who looks after the DAG: owners: [thu.tran].",
    ("data_class",): " Say how sensitive the data is: public, internal or pii.",
    ("schedule", "start_date"): " Say from which day on it shall run: start_date: 2026-12-01.",
}


def _hint(path: Path) -> str:
    return _HINTS.get(tuple(str(part) for part in path), "")


def _fields_at(path: Path, data: object) -> set[str]:
    shapes: dict[str, type[BaseModel]] = {"schedule": Schedule, "notify": Notify}
    if len(path) == 1:
        return set(Manifest.model_fields)
    if len(path) == 2 and path[0] in shapes:
        return set(shapes[str(path[0])].model_fields)
    if path[0] == "params":
        return set(Param.model_fields)
    if path[0] == "tasks" and len(path) == 3 and isinstance(data, dict):
        task = data["tasks"][path[1]]
        return set(operators()[task["operator"]].model_fields)
    return set()


def _unknown_field(inspection: Inspection, path: Path) -> None:
    field = str(path[-1])
    reason = inspection.policy.forbidden_options.get(field)
    if reason is not None:
        inspection.report(
            "forbidden-option", f"{field!r} is not yours to set. {reason}", path, of_key=True
        )
        return
    known = _fields_at(path, inspection.document.data)
    suggestion = meant(field, known)
    if suggestion is None and field == "team":
        message = "The team follows from the repository. Remove 'team'."
    else:
        listed = ", ".join(sorted(known))
        message = (
            f"There is no {field!r} here. Known are {listed}."
            if known
            else f"There is no {field!r} here."
        )
    inspection.report("unknown-field", message, path, suggestion=suggestion, of_key=True)


def _unknown_operator(inspection: Inspection, path: Path, data: Mapping[str, Any]) -> None:
    task = data["tasks"][path[1]]
    if not isinstance(task, dict) or "operator" not in task:
        message = f"Task {path[1]!r} needs an operator, such as operator: sql_query@1."
        inspection.report("missing-field", message, (*path[:2], "operator"), of_key=True)
        return
    named = str(task["operator"])
    known = operators()
    plain = {key.partition("@")[0]: key for key in known}
    suggestion = plain.get(named.partition("@")[0]) or meant(named, known)
    if suggestion is None and (close := meant(named, plain)) is not None:
        suggestion = plain[close]
    message = f"There is no operator {named[:60]!r}. The catalogue has {', '.join(known)}."
    if named in plain:
        message = f"Say which version of {named!r}: a manifest keeps to one."
    inspection.report("unknown-operator", message, (*path[:2], "operator"), suggestion=suggestion)


_MESSAGES: dict[str, tuple[str, str]] = {
    "string_type": ("wrong-type", "{name} must be text; put it in quotes."),
    "int_type": ("wrong-type", "{name} must be a whole number."),
    "float_type": ("wrong-type", "{name} must be a number."),
    "bool_type": ("wrong-type", "{name} must be true or false."),
    "dict_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "model_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "model_attributes_type": ("wrong-type", "{name} must be a mapping of keys to values."),
    "tuple_type": ("wrong-type", "{name} must be a list, such as [one, two]."),
    "literal_error": ("wrong-value", "{name} must be {expected}."),
    "string_pattern_mismatch": ("wrong-value", "{value} will not do as {name}.{rule}"),
    "string_too_short": ("empty-value", "{name} must not be empty."),
    "string_too_long": ("too-long", "{name} may have {max_length} characters."),
    "too_short": ("empty-value", "{name} must hold at least one value."),
    "too_long": ("too-long", "{name} may hold {max_length} values."),
    "greater_than_equal": ("out-of-range", "{name} must be {ge} or more."),
    "less_than_equal": ("out-of-range", "{name} must be {le} or less."),
}

_CUSTOM = {
    "day": "wrong-value",
    "schedule_shape": "wrong-type",
    "one_of": "one-of",
    "param_type": "param-default",
    "param_enum": "param-default",
    "param_limits": "param-default",
    "param_range": "param-default",
    "endpoint_not_relative": "endpoint-not-relative",
    "endpoint_space": "wrong-value",
    "endpoint_parent": "wrong-value",
}

_RULES = {
    "dag_id": " Use a-z, 0-9 and _, beginning with a letter.",
    "connection": " Use a-z, 0-9 and _, beginning with a letter.",
    "slack": " Write #channel or the channel's id.",
    "channel": " Write #channel or the channel's id.",
    "execution_timeout": " Write 90s, 30m or 2h.",
    "owners": " Write the directory name, such as thu.tran.",
    "file": " Name a .py or .sh file beside the manifest, without '..' or a leading /.",
    "upstream": " Use a task's name from this manifest.",
    "rows_from": " Use a task's name from this manifest.",
    "function": " Use the function's plain name.",
    "tags": " Use letters, digits, spaces and _ . / -.",
}


def _sentence(message: str, path: Path, detail: ErrorDetails) -> str:
    name = _name(path)
    value = repr(detail.get("input"))
    rule = _RULES.get(name)
    if rule is None and len(path) == 2:
        rule = " Use a-z, 0-9 and _, beginning with a letter and not ending with _."
    return message.format(
        **{"expected": "", **detail.get("ctx", {})},
        name=name,
        value=value if len(value) < 60 else value[:56] + "…'",
        rule=rule or "",
    )


def _suggest(inspection: Inspection, detail: ErrorDetails) -> None:
    """Add "did you mean" to the finding just made about a fixed set of words."""
    expected = str(detail.get("ctx", {}).get("expected", ""))
    words = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
    last = inspection.findings[-1]
    value = detail.get("input")
    if isinstance(value, str):
        inspection.findings[-1] = last.model_copy(update={"suggestion": meant(value, words)})
