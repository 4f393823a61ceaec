"""A manifest as plain Airflow code: the same bytes for the same input, on any machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from airdesk_render.guard import assert_says
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import published_name
from airdesk_render.plan import Origin, plan_of
from airdesk_render.policy import Policy
from airdesk_render.source import digest_of, referenced_files
from airdesk_render.writing import python_source

_MANIFEST_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,300}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class RenderedDag:
    """One DAG, ready for the central repository.

    Attributes:
        dag_id: with the team's prefix. digest: SHA-256 (hex) over all files.
        files: content by path in the central repository: `growth/delays.py` and, where the DAG
            needs files, `growth/delays.files/<hash>/…`.
    """

    dag_id: str
    files: dict[str, bytes]
    digest: str


def render_dag(
    manifest: Manifest,
    *,
    team: Team,
    policy: Policy,
    manifest_path: str,
    source_commit: str,
    files: Mapping[str, str],
) -> RenderedDag:
    """Render a manifest that `check_manifest` found right.

    Args:
        manifest_path: in the team's repository. source_commit: hex of the commit it comes from.
        files: texts of the repository by path; needs those that the manifest refers to.

    Raises:
        ValueError: path or commit are not what they should be.
        KeyError: a file that the manifest names is missing.
        UnsafeRendering: the result would say something else than the manifest; a bug, never
            something to work around.
    """
    if not _MANIFEST_PATH.fullmatch(manifest_path) or ".." in manifest_path.split("/"):
        raise ValueError(f"{manifest_path!r} is not the path of a manifest.")
    if not _COMMIT.fullmatch(source_commit):
        raise ValueError(f"{source_commit!r} is not a commit.")
    beside = _files_beside(manifest, manifest_path, files)
    folder = f"{manifest.dag_id}.files/{digest_of(beside)[:16]}" if beside else None
    origin = Origin(manifest_path, source_commit, policy.version, folder)
    plan = plan_of(manifest, team=team, policy=policy, origin=origin)
    source = python_source(plan)
    assert_says(source, plan)
    rendered = {team.central_file(manifest.dag_id): source.encode()}
    for name, content in beside.items():
        rendered[f"{team.folder}/{folder}/{name}"] = content
    return RenderedDag(team.dag_id(manifest.dag_id), rendered, digest_of(rendered))


def _files_beside(
    manifest: Manifest, manifest_path: str, files: Mapping[str, str]
) -> dict[str, bytes]:
    """Content by name in the DAG's folder; all lines end with a plain newline."""
    folder = manifest_path.rpartition("/")[0]
    found: dict[str, bytes] = {}
    for path in referenced_files(manifest, manifest_path):
        text = files[path].replace("\r\n", "\n")
        # Airflow takes a text that ends with .sql or .sh for the name of a file.
        text = text if text.endswith("\n") else f"{text}\n"
        found[published_name(path.removeprefix(f"{folder}/"))] = text.encode()
    return dict(sorted(found.items()))
