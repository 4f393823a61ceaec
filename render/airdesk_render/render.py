"""A manifest as plain Airflow code: the same bytes for the same input, on any machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from airdesk_render.catalogue import Catalogue, default_catalogue
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import published_name, shared_name
from airdesk_render.policy import Policy
from airdesk_render.rendering.guard import assert_says
from airdesk_render.rendering.plan import Origin, plan_of
from airdesk_render.rendering.writing import python_source
from airdesk_render.source import digest_of, digest_of_source, referenced_files

_MANIFEST_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,300}")


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
    files: Mapping[str, str],
    catalogue: Catalogue | None = None,
) -> RenderedDag:
    """Render a manifest that `check_manifest` found right.

    Args:
        manifest_path: in the team's repository.
        files: texts of the repository by path; needs those that the manifest refers to.
        catalogue: the one with which the manifest was checked; the built-in one if not given.

    Raises:
        ValueError: the path is not what it should be, or an operator cannot be written down.
        KeyError: a file that the manifest names is missing.
        UnsafeRendering: the result would say something else than the manifest; a bug, never
            something to work around.
    """
    if not _MANIFEST_PATH.fullmatch(manifest_path) or ".." in manifest_path.split("/"):
        raise ValueError(f"{manifest_path!r} is not the path of a manifest.")
    catalogue = catalogue or default_catalogue()
    beside = _files_beside(manifest, manifest_path, files)
    for task in manifest.tree.tasks.values():
        for file in task.shared_files():
            beside[shared_name(file)] = _unix(catalogue.files[file].decode())
    folder = f"{manifest.dag_id}.files/{digest_of(beside)[:16]}" if beside else None
    origin = Origin(
        manifest_path,
        digest_of_source(manifest, manifest_path, files),
        catalogue.version,
        policy.version,
        folder,
    )
    plan = plan_of(manifest, team=team, policy=policy, origin=origin)
    source = python_source(plan)
    assert_says(source, plan)
    rendered = {team.central_file(manifest.dag_id): source.encode()}
    for name, content in sorted(beside.items()):
        rendered[f"{team.folder}/{folder}/{name}"] = content
    return RenderedDag(team.dag_id(manifest.dag_id), rendered, digest_of(rendered))


def _files_beside(
    manifest: Manifest, manifest_path: str, files: Mapping[str, str]
) -> dict[str, bytes]:
    """Content by name in the DAG's folder."""
    folder = manifest_path.rpartition("/")[0]
    return {
        published_name(path.removeprefix(f"{folder}/")): _unix(files[path])
        for path in referenced_files(manifest, manifest_path)
    }


def _unix(text: str) -> bytes:
    """All lines end with a plain newline, the last one too.

    Airflow takes a text that ends with .sql or .sh for the name of a file.
    """
    text = text.replace("\r\n", "\n")
    return (text if text.endswith("\n") else f"{text}\n").encode()
