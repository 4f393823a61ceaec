"""Everything that can be said about a shared operator repository before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from airdesk_render.catalogue.definition import FieldDefinition, OperatorDefinition
from airdesk_render.catalogue.folder import Definition, Folder, read_folder
from airdesk_render.checks.place import meant
from airdesk_render.checks.wording import CUSTOM, MESSAGES, sentence
from airdesk_render.findings import Finding
from airdesk_render.shape_errors import ShapeError


def check_catalogue(folder: Path) -> tuple[tuple[Finding, ...], Folder]:
    """All findings of a folder, and what was read there; nothing of it is run.

    Raises:
        OSError: it cannot be read.
    """
    found = read_folder(folder)
    findings = [_finding(one, error) for one in found.definitions for error in one.errors]
    findings += [
        Finding(
            file=fault.file,
            line=fault.place[0],
            column=fault.place[1],
            code=fault.code,
            message=fault.message,
            path=fault.path,
        )
        for fault in found.faults
    ]
    findings += _nothing(found)
    ordered = sorted(dict.fromkeys(findings), key=lambda one: (one.file, one.line, one.column))
    return tuple(ordered), found


def _nothing(found: Folder) -> Iterator[Finding]:
    if not found.definitions and not found.python:
        message = "There is no operator here: operators/<name>.operator.yaml, or python/<file>.py."
        yield Finding(file="operators", line=1, column=1, code="file-missing", message=message)


def _finding(one: Definition, error: ShapeError) -> Finding:
    code, message, suggestion = _words(error)
    of_key = error.of_key or error.kind == "extra_forbidden"
    line, column = one.document.place(error.path, of_key=of_key)
    return Finding(
        file=one.file,
        line=line,
        column=column,
        code=code,
        message=message,
        path=error.path,
        suggestion=suggestion,
    )


def _words(error: ShapeError) -> tuple[str, str, str | None]:
    """Code, sentence, and the word probably meant."""
    name = str(error.path[-1]) if error.path else "the file"
    if error.kind == "extra_forbidden":
        inside = len(error.path) > 2 and error.path[0] == "fields"
        known = FieldDefinition.model_fields if inside else OperatorDefinition.model_fields
        return "unknown-field", f"There is no {name!r} here.", meant(name, known)
    if error.kind == "missing":
        return "missing-field", f"{name!r} is missing.", None
    if error.kind in MESSAGES:
        code, message = MESSAGES[error.kind]
        return code, sentence(message, error), None
    code = CUSTOM.get(error.kind, error.kind.replace("_", "-"))
    return code, error.message, None
