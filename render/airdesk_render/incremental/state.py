"""What the last run read, found and wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 3
Stat = tuple[int, int]
"""Size and time of the last change (ns); a time of 0 tells nothing."""
Known = tuple[int, int, str]
"""The same with a hash of the content; "" where the content could not be used."""
Row = list[Any]
"""An `Entry` as it is kept: numbers of the paths it reads, its DAG, its findings, its texts."""


@dataclass(frozen=True)
class Entry:
    """One manifest.

    Attributes:
        reads: paths it depends on, also of files that do not exist, and marks of `watching`.
        findings: as plain data. dag: what was rendered: dag_id, digest, source_digest, files.
        fine: hashes of texts in which nothing was wrong.
    """

    reads: tuple[str, ...]
    findings: tuple[dict[str, Any], ...] = ()
    dag: tuple[str, str, str, tuple[str, ...]] | None = None
    fine: tuple[str, ...] = ()


@dataclass
class State:
    """A whole run. Of many thousand manifests few are looked at: their rows stay as they are.

    Attributes:
        key: hash of all that a rendering depends on beside the repository.
        files: all files of the repository's `dags/`; `None` for what was never read.
        outputs: files written, by path below the result's folder.
        paths: what rows call by number. rows: by manifest.
        versions: of policy and catalogue.
        day: when the first of the rows was made. ends: days on which exceptions of policy end.
        sources: files outside this package whose code decides, with size and time.
        added: how many changes stand behind the whole in its file.
    """

    key: str
    files: dict[str, Known | None] = field(default_factory=dict)
    outputs: dict[str, Known] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    ends: tuple[str, ...] = ()
    sources: Mapping[str, Stat] = field(default_factory=dict)
    added: int = 0

    def put(self, name: str, entry: Entry, numbers: dict[str, int]) -> None:
        """Keep an entry; `numbers` are those of `paths` and are added to."""
        reads = [numbers.setdefault(path, len(numbers)) for path in entry.reads]
        self.paths += list(numbers)[len(self.paths) :]
        dag = None if entry.dag is None else list(entry.dag)
        self.rows[name] = [reads, dag, list(entry.findings), list(entry.fine)]

    def numbers(self) -> dict[str, int]:
        """Number by path."""
        return {path: number for number, path in enumerate(self.paths)}

    def tidied(self) -> None:
        """Forget paths that no row reads any more, if they are many."""
        used = {number for row in self.rows.values() for number in row[0]}
        if len(self.paths) <= 2 * len(used):
            return
        kept = sorted(used)
        again = {number: place for place, number in enumerate(kept)}
        self.paths = [self.paths[number] for number in kept]
        self.rows = {
            name: [[again[number] for number in reads], *rest]
            for name, (reads, *rest) in self.rows.items()
        }


def files_of(row: Row) -> list[str]:
    """Files that were rendered, by path below the result's folder."""
    files: list[str] = row[1][3] if row[1] is not None else []
    return files


MOST_ADDED = 30
"""Changes in a file before it is written anew."""
_MAPPINGS = ("files", "outputs", "rows")


def load(path: Path) -> State | None:
    """The state of the last run; `None` where there is none that can be used."""
    try:
        whole, *changes = path.read_bytes().splitlines()
        data = json.loads(whole)
        if data.pop("format") != FORMAT:
            return None
        state = State(**{**data, "ends": tuple(data["ends"])})
        for line in changes:
            _take(state, json.loads(line))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    state.added = len(changes)
    return state


def _take(state: State, change: dict[str, Any]) -> None:
    state.paths += change["paths"]
    for name in _MAPPINGS:
        mapping = getattr(state, name)
        for key in change[f"{name}_gone"]:
            del mapping[key]
        mapping |= change[name]


def save(state: State, path: Path) -> None:
    """Write it in one move, so that a run that is cut off leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    data = {"format": FORMAT, **vars(state)}
    del data["added"]
    fresh.write_text(_line(data), encoding="utf-8")
    fresh.replace(path)


def add(state: State, before: State, path: Path) -> None:
    """Add to the file of `before` what is different now; a line cut off makes the file unusable."""
    change: dict[str, Any] = {"paths": state.paths[len(before.paths) :]}
    for name in _MAPPINGS:
        now, then = getattr(state, name), getattr(before, name)
        change[name] = {
            key: value for key, value in now.items() if key not in then or then[key] != value
        }
        change[f"{name}_gone"] = [key for key in then if key not in now]
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(change))


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":")) + "\n"
