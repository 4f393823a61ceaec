"""The central repository: what it holds and what shall be written to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from airdesk_render.names import Team, dag_name_of
from pydantic import ValidationError

from airdesk.errors import Refused
from airdesk.model import Publication

PUBLICATIONS = "publications.json"


def publications_path(team: Team) -> str:
    return f"{team.folder}/{PUBLICATIONS}"


def read_publications(content: bytes | None, *, team: Team) -> dict[str, Publication]:
    """Decisions on a team's DAGs by `dag_id`, from its `publications.json`.

    Raises:
        Refused: the file is not what a publisher wrote.
    """
    if content is None:
        return {}
    try:
        entries = json.loads(content)
        return {dag_id: Publication.model_validate(entry) for dag_id, entry in entries.items()}
    except (ValueError, AttributeError, ValidationError) as error:
        raise Refused(
            f"{publications_path(team)} in the central repository is damaged. An operator must "
            "restore it from the repository's history."
        ) from error


def write_publications(decisions: Mapping[str, Publication]) -> bytes:
    entries = {dag_id: decision.model_dump(mode="json") for dag_id, decision in decisions.items()}
    return (json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


@dataclass
class Change:
    """What one commit to the central repository shall do; paths to content, and paths to remove."""

    files: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.files or self.removed)

    def take(self, other: Change) -> None:
        self.files |= other.files
        self.removed |= other.removed

    def write(self, path: str, content: bytes, *, tree: Mapping[str, bytes]) -> None:
        if tree.get(path) != content:
            self.files[path] = content

    def replace_dag(
        self, dag_id: str, team: Team, wanted: Mapping[str, bytes], *, tree: Mapping[str, bytes]
    ) -> None:
        """Make the DAG's files be exactly `wanted`."""
        for path, content in wanted.items():
            self.write(path, content, tree=tree)
        self.removed |= dag_files(dag_id, team, tree) - set(wanted)


def signature_path(dag_id: str, team: Team) -> str:
    return f"{team.central_file(dag_name_of(dag_id))}.sig"


def dag_files(dag_id: str, team: Team, tree: Mapping[str, bytes]) -> set[str]:
    """All files of a DAG that the central repository holds."""
    name = dag_name_of(dag_id)
    folder = f"{team.folder}/{name}.files/"
    own = {team.central_file(name), signature_path(dag_id, team)}
    return {path for path in tree if path in own or path.startswith(folder)}
