"""Findings for everything whose shape is wrong, and what can be looked at all the same."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airdesk_render.checks.faults import without_faults
from airdesk_render.checks.place import Inspection, meant
from airdesk_render.checks.wording import CUSTOM, MESSAGES, hint_for, sentence
from airdesk_render.checks.words import described, known_fields
from airdesk_render.codes import CODES
from airdesk_render.document import Path
from airdesk_render.language.task import TaskCommon
from airdesk_render.manifest import Manifest
from airdesk_render.parsing import parse_manifest
from airdesk_render.shape_errors import ShapeError

_SOME_OPERATORS = 8
"""As many as a sentence may name."""


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
    data = inspection.effective.data
    if not isinstance(data, dict):
        what = "is empty" if data is None else "must be a mapping of keys to values"
        inspection.report(
            "not-a-manifest", f"This file {what}. A manifest begins with version: 1 and a dag_id."
        )
        return Shape(None, whole=False)
    parsed = parse_manifest(data, inspection.catalogue)
    if parsed.manifest is not None:
        return Shape(parsed.manifest, whole=True)
    report_errors(inspection, parsed.errors, data)
    return Shape(without_faults(inspection, copy.deepcopy(data), parsed.errors), whole=False)


def report_errors(
    inspection: Inspection, errors: tuple[ShapeError, ...], data: Mapping[str, Any]
) -> None:
    """Findings for what is wrong with the shape of `data`."""
    problems = {
        problem.path[:length]
        for problem in inspection.effective.document.problems
        for length in range(1, len(problem.path) + 1)
    }
    faulty = {error.path[:length] for error in errors for length in range(len(error.path))}
    for error in errors:
        # Pydantic calls a list too short once its wrong items are gone.
        of_items = error.kind == "too_short" and error.path in faulty
        if not of_items and error.path not in problems:
            _report(inspection, error, data)


def _report(inspection: Inspection, error: ShapeError, data: Mapping[str, Any]) -> None:
    path, kind = error.path, error.kind
    if kind == "schedule_start":
        _missing_field(inspection, (*path, "start_date"))
    elif kind == "extra_forbidden":
        _unknown_field(inspection, error, data)
    elif kind == "missing":
        _missing_field(inspection, path)
    elif kind == "operator_missing":
        message = (
            f"Task {str(path[-2])!r} needs an operator, such as operator: sql_query@1; "
            "a group of tasks has tasks instead."
        )
        inspection.report("missing-field", message, path, of_key=True)
    elif kind == "operator_unknown":
        _unknown_operator(inspection, error)
    elif kind in MESSAGES:
        code, message = MESSAGES[kind]
        inspection.report(
            code,
            sentence(message, error, described(path, data, inspection.catalogue)),
            path,
            of_key=error.of_key,
            suggestion=_among(error) if kind == "literal_error" else None,
        )
    else:
        _report_sentence(inspection, error)


def _report_sentence(inspection: Inspection, error: ShapeError) -> None:
    """A fault for which the shape itself has words; its kind tells the code."""
    message = error.message if error.message.endswith(".") else f"{error.message}."
    own_code = error.kind.replace("_", "-")
    code = CUSTOM.get(error.kind) or (own_code if own_code in CODES else "wrong-value")
    inspection.report(
        code,
        message,
        error.path,
        of_key=error.of_key,
        suggestion=meant(str(error.path[-1]), error.known) if error.known else None,
    )


def _missing_field(inspection: Inspection, path: Path) -> None:
    if not all(layer.whole for layer in inspection.effective.layers):
        return  # it may stand there
    parent = f" in {'.'.join(map(str, path[:-1]))}" if len(path) > 1 else ""
    message = f"{path[-1]!r} is missing{parent}.{hint_for(path)}"
    inspection.report("missing-field", message, path, of_key=True)


def _unknown_field(inspection: Inspection, error: ShapeError, data: Mapping[str, Any]) -> None:
    path = error.path
    field = str(path[-1])
    reason = inspection.policy.forbidden_options.get(field)
    if reason is not None:
        inspection.report(
            "forbidden-option", f"{field!r} is not yours to set. {reason}", path, of_key=True
        )
        return
    known = error.known or known_fields(path[:-1], data, inspection.catalogue)
    suggestion = meant(field, known)
    if suggestion is None and field == "team":
        message = "The team follows from the repository. Remove 'team'."
    else:
        listed = _listed(known) if known and not suggestion else ""
        message = f"There is no {field[:60]!r} here.{listed}"
    inspection.report("unknown-field", message, path, suggestion=suggestion, of_key=True)


def _listed(known: tuple[str, ...]) -> str:
    """The fields there are; of a task's those of its operator, as there are many others."""
    of_all = TaskCommon.model_fields.keys()
    if not of_all <= {*known}:
        return f" Known are {', '.join(sorted(known))}."
    own = ", ".join(sorted({*known} - of_all))
    return f" This operator knows {own}; every task also upstream, expand, retries and the like."


def _unknown_operator(inspection: Inspection, error: ShapeError) -> None:
    named = str(error.value)
    known = error.known
    plain = {key.partition("@")[0]: key for key in known}
    suggestion = plain.get(named.partition("@")[0]) or meant(named, known)
    if suggestion is None and (close := meant(named, plain)) is not None:
        suggestion = plain[close]
    listed = ""
    if suggestion is None:
        some = ", ".join(known[:_SOME_OPERATORS])
        listed = f" The catalogue has {some} and more: airdesk-render catalogue list."
    message = f"There is no operator {named[:60]!r}.{listed}"
    if not isinstance(error.value, str):
        message = "operator must be one name with its version, such as sql_query@1."
        suggestion = None
    elif named in plain:
        message = f"Say which version of {named!r}: a manifest keeps to one."
    inspection.report(
        "unknown-operator", message, error.path, suggestion=suggestion, of_key=error.of_key
    )


def _among(error: ShapeError) -> str | None:
    """The word meant, where one of a fixed set was asked for."""
    expected = str(error.context.get("expected", ""))
    words = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
    return meant(error.value, words) if isinstance(error.value, str) else None
