"""What a team's repository holds: its manifests, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from airdesk_render.catalogue import Catalogue
from airdesk_render.check import check_manifest
from airdesk_render.findings import Finding
from airdesk_render.manifest import Manifest
from airdesk_render.names import MANIFEST_ENDINGS, Team, is_manifest
from airdesk_render.policy import Policy
from airdesk_render.source import defaults_files, digest_of, source_files

from airdesk.ports import CodeHost


@dataclass(frozen=True)
class Source:
    """A team's repository at the head of its default branch."""

    team: Team
    branch: str
    head: str
    texts: Mapping[str, str]
    """Its files that are UTF-8 text; manifests are here even when they are not."""


@dataclass(frozen=True)
class Candidate:
    """One DAG as its manifest describes it now.

    Attributes:
        manifest: `None` when it cannot be published; `problem` says why.
        files: repository paths of all that it is made from, the manifest's first.
        digest: of manifest and files together.
    """

    dag_id: str
    manifest_path: str
    manifest: Manifest | None
    problem: str | None
    files: tuple[str, ...]
    digest: str


def read_source(team: Team, *, code_host: CodeHost) -> Source:
    branch = code_host.default_branch(team.repository)
    head = code_host.head(team.repository, branch)
    tree = code_host.read_tree(team.repository, ref=head)
    return Source(team=team, branch=branch, head=head, texts=texts_of(tree))


def texts_of(tree: Mapping[str, bytes]) -> dict[str, str]:
    """Files that are UTF-8 text, and manifests whatever they are."""
    texts: dict[str, str] = {}
    for path, content in tree.items():
        try:
            texts[path] = content.decode()
        except UnicodeDecodeError:
            if is_manifest(path):  # the check finds words for it; left out it would look deleted
                texts[path] = content.decode(errors="replace")
    return texts


def candidates(source: Source, *, policy: Policy, catalogue: Catalogue) -> dict[str, Candidate]:
    """All DAGs of a repository by `dag_id`."""
    found: dict[str, list[Candidate]] = {}
    for path in sorted(filter(is_manifest, source.texts)):
        candidate = _candidate(path, source, policy, catalogue)
        found.setdefault(candidate.dag_id, []).append(candidate)
    return {dag_id: _only(same) for dag_id, same in found.items()}


def _candidate(path: str, source: Source, policy: Policy, catalogue: Catalogue) -> Candidate:
    checked = check_manifest(
        source.texts[path],
        file=path,
        team=source.team,
        policy=policy,
        files=source.texts,
        catalogue=catalogue,
    )
    name = _name_from(path) if checked.manifest is None else checked.manifest.dag_id
    good = checked.manifest if checked.ok else None
    files = (
        source_files(good, path, source.texts)
        if good
        else (path, *defaults_files(path, source.texts))
    )
    texts = {file: source.texts[file] for file in files}
    return Candidate(
        dag_id=source.team.dag_id(name),
        manifest_path=path,
        manifest=good,
        problem=None if checked.ok else _problem(checked.findings),
        files=files,
        digest=digest_of(texts),
    )


def _name_from(path: str) -> str:
    name = PurePosixPath(path).name
    for ending in MANIFEST_ENDINGS:
        name = name.removesuffix(ending)
    return name


def _problem(findings: Sequence[Finding]) -> str:
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
    return f"The manifest has findings: {errors[0]}{more}"


def _only(same: list[Candidate]) -> Candidate:
    """Where two manifests describe one DAG, none of them is published."""
    first = same[0]
    if len(same) == 1:
        return first
    paths = ", ".join(candidate.manifest_path for candidate in same)
    return Candidate(
        dag_id=first.dag_id,
        manifest_path=first.manifest_path,
        manifest=None,
        problem=f"Several manifests describe {first.dag_id}: {paths}. Keep one of them.",
        files=first.files,
        digest=first.digest,
    )
