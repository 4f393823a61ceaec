"""What a conversion did, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from airdesk_render.converting.dag_factory import Converted, ConvertedDag
from airdesk_render.converting.notes import Note

_TITLES = ("DAG", "manifest", "tasks", "groups", "left out", "changed", "needless", "to fix")


def something_missing(converted: Converted) -> bool:
    """Whether anything was left out, or a manifest is not right yet."""
    notes = all_notes(converted)
    wrong = any(one.severity == "error" for dag in converted.dags for one in dag.findings)
    return wrong or any(note.kind == "left-out" for note in notes)


def all_notes(converted: Converted) -> list[Note]:
    """Every note once, by place; those of a shared default stand in several DAGs."""
    every = [*converted.notes.found, *(note for dag in converted.dags for note in dag.notes.found)]
    return sorted(dict.fromkeys(every), key=lambda note: (note.place, note.kind, note.what))


def text_of(converted: Converted, written: Sequence[str]) -> str:
    """Notes and findings with their places, a table of the DAGs, and what to do next."""
    lines = [str(note) for note in all_notes(converted)]
    for dag in converted.dags:
        lines += [str(finding) for finding in dag.findings]
    if lines:
        lines.append("")
    rows = [_TITLES, *(_row(dag) for dag in converted.dags)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines += ["", f"{len(written)} file(s) written."]
    if converted.connections:
        lines.append(f"Connections that must exist: {', '.join(converted.connections)}.")
    if something_missing(converted):
        lines.append("Something was left out or is to be fixed: it is listed above with its line.")
    else:
        lines.append("Everything was carried over.")
    return "\n".join(lines)


def _row(dag: ConvertedDag) -> tuple[str, ...]:
    kinds = [note.kind for note in dag.notes.found]
    counts = (kinds.count("left-out"), kinds.count("changed"), kinds.count("needless"))
    numbers = (dag.tasks, dag.groups, *counts, len(dag.findings))
    return (dag.name, dag.manifest, *(str(number) for number in numbers))


def json_report(converted: Converted, written: Sequence[str]) -> str:
    """`{"dags": […], "notes": […], "files": […], "connections": […], "complete": bool}`."""
    data = {
        "complete": not something_missing(converted),
        "dags": [
            {
                "dag": dag.name,
                "file": dag.file,
                "manifest": dag.manifest,
                "tasks": dag.tasks,
                "groups": dag.groups,
                "notes": [_note(note) for note in dag.notes.found],
                "findings": [finding.model_dump(mode="json") for finding in dag.findings],
            }
            for dag in converted.dags
        ],
        "notes": [_note(note) for note in converted.notes.found],
        "files": list(written),
        "connections": list(converted.connections),
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _note(note: Note) -> Mapping[str, str | int]:
    return {
        "kind": note.kind,
        "file": note.place.file,
        "line": note.place.line,
        "column": note.place.column,
        "what": note.what,
        "message": note.message,
    }
