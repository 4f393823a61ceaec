"""The publisher's decisions, as they stand in the central repository."""

from __future__ import annotations

from collections.abc import Mapping

from airdesk_render.names import Team, team_of_dag

from airdesk.follow.publication import read_publications
from airdesk.model import Publication
from airdesk.ports import CodeHost


class Publications:
    """The publisher's decisions, read again only when the central repository moved."""

    def __init__(self, *, code_host: CodeHost, central_project: str) -> None:
        self._code_host = code_host
        self._project = central_project
        self._head: str | None = None
        self._teams: dict[str, Mapping[str, Publication]] = {}

    def refresh(self) -> None:
        """Look whether the central repository moved.

        Raises:
            Unavailable: GitLab does not answer; what was read stays.
        """
        head = self._code_host.head(self._project, self._code_host.default_branch(self._project))
        if head != self._head:
            self._teams = {}
            self._head = head

    def of_team(self, team_name: str) -> Mapping[str, Publication]:
        """Decisions by `dag_id`, as of the last `refresh`."""
        if self._head is None:
            self.refresh()
        # Another thread may refresh meanwhile: then it has a dict of its own, and so have we.
        head, teams = self._head, self._teams
        found = teams.get(team_name)
        if found is None:
            found = read_publications(
                self._code_host, self._project, Team(team_name), ref=str(head)
            )
            teams[team_name] = found
        return found

    def of_dag(self, dag_id: str) -> Publication | None:
        try:
            team = team_of_dag(dag_id)
        except ValueError:
            return None
        return self.of_team(team.name).get(dag_id)
