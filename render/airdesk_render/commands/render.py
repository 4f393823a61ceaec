"""Render manifests to Airflow DAGs, after checking them.

  airdesk-render render dags --team growth --out rendered
  airdesk-render render dags --team growth --out rendered --summary rendered.json
  airdesk-render render dags/delays.dag.yaml --team growth --out /tmp/look

A manifest with errors is not rendered; the others are. The team's folder in --out will hold
exactly what these manifests say: other files there are removed.

What was read and written is kept in a file beside --out, and what has not changed since is neither
read, checked nor rendered again: neither its manifest, nor its files and defaults, nor policy,
catalogue and Airdesk itself. The result is the same as that of a first run. --fresh does all anew.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_team_and_policy,
    catalogue_of,
    manifests,
    policy_of,
    say,
    section,
    team_of,
    write_file,
)
from airdesk_render.incremental.fingerprint import fingerprint
from airdesk_render.incremental.running import Run, bring_up_to_date
from airdesk_render.incremental.scanning import scan
from airdesk_render.incremental.state import Stat, State, files_of
from airdesk_render.names import MANIFEST_FOLDER

if TYPE_CHECKING:
    from airdesk_render.findings import Finding
    from airdesk_render.incremental.working import Workshop


def arguments(parser: argparse.ArgumentParser) -> None:
    add_team_and_policy(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the result")
    parser.add_argument("--summary", metavar="FILE", help="also write what was rendered, as JSON")
    parser.add_argument(
        "--commit", metavar="SHA", help="commit of the manifests, to be named in the summary"
    )
    parser.add_argument(
        "--state", metavar="FILE", help="where to keep what was done; default: beside --out"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="do all anew, and keep nothing of what was done"
    )
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="processes for many manifests; default: one per core"
    )


def run(given: argparse.Namespace) -> int:
    if given.commit is not None and not re.fullmatch(r"[0-9a-f]{7,64}", given.commit):
        raise Misuse(f"{given.commit!r} is not a commit; give its hash in hex.")
    root, out = Path(given.root), Path(given.out)
    team = team_of(given.team)
    links: list[str] = []
    found = scan(root / MANIFEST_FOLDER, f"{MANIFEST_FOLDER}/", links)
    asked = Run(
        team=team,
        root=root,
        found=found,
        names=manifests(given.paths, root, (*found, *links)),
        out=out,
        key=fingerprint(team.name, given.policy, given.catalogue),
        kept=None if given.fresh else _state_file(given.state, out, team.name),
        jobs=given.jobs or len(os.sched_getaffinity(0)),
        workshop=lambda fine: _workshop(given, found, fine),
    )
    with _without_collecting():
        state, done = bring_up_to_date(asked)
    findings = _findings(state, found)
    if given.summary:
        write_file(Path(given.summary), json.dumps(_summary(given, state), indent=1) + "\n")
    return _report(state, findings, done, RepositoryFiles(root, found))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Few manifests make little garbage, and looking for it takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _state_file(wanted: str | None, out: Path, team: str) -> Path:
    if wanted is not None:
        return Path(wanted)
    whole = out.resolve()
    return whole.with_name(f".{whole.name}.{team}.airdesk.json")


def _workshop(
    given: argparse.Namespace, found: dict[str, Stat], fine: Callable[[str], list[str]]
) -> Workshop:
    from airdesk_render.commands.check import check_one
    from airdesk_render.incremental.working import Workshop
    from airdesk_render.repository import Repository

    team, policy = team_of(given.team), policy_of(given.policy)
    catalogue = catalogue_of(given.catalogue)
    files = RepositoryFiles(Path(given.root), found)
    return Workshop(
        team=team,
        policy=policy,
        catalogue=catalogue,
        repository=Repository(files),
        check=lambda name, watched: check_one(
            name, watched, files.unreadable, team=team, policy=policy, catalogue=catalogue
        ),
        fine=fine,
        out=Path(given.out),
    )


def _findings(state: State, files: Iterable[str]) -> list[Finding]:
    """What was found in this run or an earlier one, each once."""
    from airdesk_render.commands.check import looks_unnoticed, unnoticed

    plain = [one for _, _, findings, _ in state.rows.values() for one in findings]
    odd = [name for name in files if looks_unnoticed(name)]
    if not plain and not odd:
        return []
    from airdesk_render.findings import Finding

    found = [Finding.model_validate(one) for one in plain]
    if state.rows:
        found += unnoticed(odd)
    return list(dict.fromkeys(found))


def _summary(given: argparse.Namespace, state: State) -> dict[str, Any]:
    dags = [
        {
            "dag_id": dag[0],
            "manifest": name,
            "digest": dag[1],
            "source_digest": dag[2],
            "files": dag[3],
        }
        for name, (_, dag, *_) in state.rows.items()
        if dag is not None
    ]
    commit = {} if given.commit is None else {"commit": given.commit}
    return {"dags": dags, "team": given.team, **commit, **state.versions}


def _report(state: State, findings: list[Finding], done: set[str], files: RepositoryFiles) -> int:
    rendered = [name for name, row in state.rows.items() if row[1] is not None]
    title = f"Rendering {len(rendered)} of {len(state.rows)} manifest(s), {len(done)} anew"
    with section("airdesk_render", title):
        for name in rendered:
            if name in done:
                file = next(path for path in files_of(state.rows[name]) if path.endswith(".py"))
                say(f"  {name} → {file}")
        if findings:
            from airdesk_render.reports import report_of

            names = list(state.rows)
            say("\n" + report_of("text", findings, files=files, checked=names).rstrip("\n"))
    return 1 if any(finding.severity == "error" for finding in findings) else 0
