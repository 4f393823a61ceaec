"""What the last run read, found and wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
Stat = tuple[int, int]
"""Size and time of the last change (ns); a time of 0 tells nothing."""
Known = tuple[int, int, str]
"""The same with a hash of the content; "" where the content could not be used."""


@dataclass(frozen=True)
class Entry:
    """One manifest.

    Attributes:
        reads: paths it depends on, also of files that do not exist; `@name` means all manifests
            of that name, `*` the list of all files.
        findings: as plain data. dag: what was rendered: dag_id, digest, source_digest, files.
    """

    reads: tuple[str, ...]
    findings: tuple[dict[str, Any], ...] = ()
    dag: tuple[str, str, str, tuple[str, ...]] | None = None


@dataclass
class State:
    """A whole run.

    Attributes:
        key: hash of all that a rendering depends on beside the repository.
        files: all files of the repository's `dags/`; `None` for what was never read.
        entries: by manifest. outputs: files written, by path below the result's folder.
        versions: of policy and catalogue. ends: days (ISO) on which exceptions of policy end.
        sources: files outside this package whose code decides, with size and time.
    """

    key: str
    files: dict[str, Known | None] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    outputs: dict[str, Known] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    day: str = ""
    sources: Mapping[str, Stat] = field(default_factory=dict)


def load(path: Path) -> State | None:
    """The state of the last run; `None` where there is none that can be used."""
    try:
        data = json.loads(path.read_bytes())
        return _state(data) if data["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def save(state: State, path: Path) -> None:
    """Write it in one move, so that a run that is cut off leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(_plain(state), separators=(",", ":")), encoding="utf-8")
    fresh.replace(path)


def _plain(state: State) -> dict[str, Any]:
    """Paths stand once, in a table; elsewhere their numbers."""
    numbers: dict[str, int] = {}
    entries = []
    for name, entry in state.entries.items():
        reads = [numbers.setdefault(path, len(numbers)) for path in entry.reads]
        row: list[Any] = [numbers.setdefault(name, len(numbers)), reads]
        if entry.findings or entry.dag:
            row.append(entry.dag)
        if entry.findings:
            row.append(entry.findings)
        entries.append(row)
    return {
        "format": FORMAT,
        "key": state.key,
        "versions": state.versions,
        "ends": state.ends,
        "day": state.day,
        "sources": state.sources,
        "paths": list(numbers),
        "entries": entries,
        "files": state.files,
        "outputs": state.outputs,
    }


def _state(data: dict[str, Any]) -> State:
    paths: list[str] = data["paths"]
    entries = {}
    for number, reads, *more in data["entries"]:
        dag = more[0] if more else None
        findings = tuple(more[1]) if len(more) > 1 else ()
        entries[paths[number]] = Entry(tuple([paths[one] for one in reads]), findings, dag)
    return State(
        key=data["key"],
        files=data["files"],
        entries=entries,
        outputs=data["outputs"],
        versions=data["versions"],
        ends=tuple(data["ends"]),
        day=data["day"],
        sources=data["sources"],
    )
