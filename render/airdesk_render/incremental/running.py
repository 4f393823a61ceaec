"""One run: what must be done again, doing it, and what to keep for the next time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.incremental import scanning, state
from airdesk_render.incremental.fingerprint import are_current, sources_of
from airdesk_render.incremental.state import Known, Stat, State, files_of
from airdesk_render.incremental.watching import ALL, named
from airdesk_render.names import Team
from airdesk_render.repository import dag_name_of_file

if TYPE_CHECKING:
    from airdesk_render.incremental.working import Workshop


@dataclass(frozen=True)
class Run:
    """What is asked for.

    Attributes:
        found: the repository's files with their stats. names: of manifests; all below `root`.
        out: the team's folder there will hold what the manifests say and nothing else.
        key: hash of all that a rendering depends on beside the repository.
        kept: file of the state; `None`: there is none, and none will be written.
        jobs: how many processes may work at a time.
        workshop: called once, and only if something must be done, with a function that gives the
            hashes of a manifest's texts in which nothing was wrong before.
    """

    team: Team
    root: Path
    found: dict[str, Stat]
    names: list[str]
    out: Path
    key: str
    kept: Path | None
    jobs: int
    workshop: Callable[[Callable[[str], list[str]]], Workshop]


def bring_up_to_date(run: Run) -> tuple[State, set[str]]:
    """Bring the folder of rendered files up to date: the state after it, and what was done anew."""
    kept = state.load(run.kept) if run.kept is not None else None
    old = kept if kept is not None and _is_usable(kept, run.key) else State(run.key, day=_today())
    before = replace(old, files=dict(old.files), outputs=dict(old.outputs))
    folder = run.team.folder
    # What an outdated state tells of is written over: what stays the same is not touched then.
    ours = old.outputs if kept is None else kept.outputs
    swept = scanning.sweep(run.out / folder, f"{folder}/", ours)
    stale = set(_stale(run, old, swept))
    new = replace(
        old,
        files={path: old.files.get(path) for path in run.found},
        rows={name: old.rows[name] for name in run.names if name not in stale},
        paths=list(old.paths),
    )
    new.outputs = {path: old.outputs[path] for row in new.rows.values() for path in files_of(row)}
    if stale:
        _do(run, old, new, [name for name in run.names if name in stale])
    scanning.remove(run.out, swept.keys() - new.outputs.keys())
    if run.kept is not None:
        _keep(new, before if old is kept else None, run.kept)
    return new, stale


def _keep(new: State, before: State | None, path: Path) -> None:
    """Keep a state; `before` is what the file says now, where that can be used."""
    if before is None or before.added >= state.MOST_ADDED:
        new.tidied()
        state.save(new, path)
    elif (new.rows, new.files, new.outputs) != (before.rows, before.files, before.outputs):
        state.add(new, before, path)


def _do(run: Run, old: State, new: State, names: list[str]) -> None:
    from airdesk_render.incremental.working import do_all

    workshop = run.workshop(lambda name: old.rows[name][3] if name in old.rows else [])
    numbers = new.numbers()
    for done in do_all(workshop, names, run.jobs):
        new.put(done.name, done.entry, numbers)
        new.outputs |= done.outputs
        for path, content in done.hashes.items():
            if path in run.found:
                new.files[path] = (*scanning.settled(run.found[path]), content)
    new.rows = {name: new.rows[name] for name in run.names}
    policy, catalogue = workshop.policy, workshop.catalogue
    new.versions = {"policy": policy.version, "catalogue": catalogue.version}
    new.ends = tuple(sorted({one.until.isoformat() for one in policy.exceptions}))
    installed = (value for name, value in catalogue.sources.items() if name.startswith("entry "))
    new.sources = sources_of(value.partition(":")[0] for value in installed)


def _is_usable(old: State, key: str) -> bool:
    """Whether nothing but files of the repository may have changed since."""
    ended = any(old.day <= end < _today() for end in old.ends)
    return old.key == key and not ended and are_current(old.sources)


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _stale(run: Run, old: State, swept: dict[str, Stat]) -> Iterator[str]:
    """Manifests that must be done again."""
    moved = run.found.keys() ^ old.files.keys()
    changed = moved | scanning.edited(run.root, run.found, old.files)
    changed |= {named(dag_name_of_file(path)) for path in moved}
    if moved:
        changed.add(ALL)
    numbers = {number for number, path in enumerate(old.paths) if path in changed}
    spoilt = _spoilt(run.out, swept, old.outputs)
    for name in run.names:
        row = old.rows.get(name)
        if (
            row is None
            or not numbers.isdisjoint(row[0])
            or (spoilt and not spoilt.isdisjoint(files_of(row)))
        ):
            yield name


def _spoilt(out: Path, swept: dict[str, Stat], outputs: dict[str, Known]) -> set[str]:
    """Files that are no longer what was written."""
    spoilt = set()
    gone = (-1, 0)
    for path, known in outputs.items():
        stat = swept.get(path, gone)
        if stat[0] == known[0] and stat[1] == known[1]:
            continue
        if stat[0] == known[0] and scanning.hash_of(out / path) == known[2]:
            outputs[path] = (*stat, known[2])
        else:
            spoilt.add(path)
    return spoilt
