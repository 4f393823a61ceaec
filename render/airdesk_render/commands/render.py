"""Render manifests to Airflow DAGs, after checking them.

  airdesk-render render dags --team growth --commit $(git rev-parse HEAD) --out rendered

A manifest with findings is not rendered; the others are. Old files of the team in the folder
are removed first, so that it holds exactly what the manifests say.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path
from typing import Any

from airdesk_render.commands.check import CheckedRepository, check_repository
from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_team_and_policy,
    manifests,
    policy_of,
    say,
    section,
    team_of,
    write_file,
)
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.render import RenderedDag, render_dag
from airdesk_render.reports import text_report
from airdesk_render.source import digest_of_source


def arguments(parser: argparse.ArgumentParser) -> None:
    add_team_and_policy(parser)
    parser.add_argument("--commit", required=True, metavar="SHA", help="commit of the manifests")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the result")
    parser.add_argument("--summary", metavar="FILE", help="also write what was rendered, as JSON")


def run(given: argparse.Namespace) -> int:
    if not re.fullmatch(r"[0-9a-f]{7,64}", given.commit):
        raise Misuse(f"{given.commit!r} is not a commit; give its hash in hex.")
    root, out = Path(given.root), Path(given.out)
    team, policy = team_of(given.team), policy_of(given.policy)
    names = manifests(given.paths, root)
    files = RepositoryFiles(root)
    result = check_repository(names, files, team=team, policy=policy)
    rendered = _render(result, files, team, policy, given.commit)
    shutil.rmtree(out / team.folder, ignore_errors=True)
    for dag in rendered.values():
        for path, content in dag.files.items():
            write_file(out / path, content)
    if given.summary:
        summary = _summary(rendered, result, files)
        summary |= {"team": team.name, "commit": given.commit, "policy": policy.version}
        write_file(Path(given.summary), json.dumps(summary, indent=1) + "\n")
    with section("airdesk_render", f"Rendering {len(rendered)} of {len(names)} manifest(s)"):
        for name, dag in rendered.items():
            say(f"  {name} → {next(iter(dag.files))}")
        if not result.ok:
            say("\n" + text_report(result.findings, files, len(names)))
    return 0 if result.ok else 1


def _render(
    result: CheckedRepository, files: RepositoryFiles, team: Team, policy: Policy, commit: str
) -> dict[str, RenderedDag]:
    return {
        name: render_dag(
            checked.manifest,
            team=team,
            policy=policy,
            manifest_path=name,
            source_commit=commit,
            files=files,
        )
        for name, checked in result.checked.items()
        if checked.ok and checked.manifest is not None
    }


def _summary(
    rendered: dict[str, RenderedDag], result: CheckedRepository, files: RepositoryFiles
) -> dict[str, Any]:
    dags = []
    for name, dag in rendered.items():
        manifest = result.checked[name].manifest
        assert manifest is not None  # noqa: S101 - it was rendered
        dags.append(
            {
                "dag_id": dag.dag_id,
                "manifest": name,
                "digest": dag.digest,
                "source_digest": digest_of_source(manifest, name, files),
                "files": sorted(dag.files),
            }
        )
    return {"dags": dags}
