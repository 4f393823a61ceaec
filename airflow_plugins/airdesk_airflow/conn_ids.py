"""Connection ids of teams: `growth.warehouse` is the connection `warehouse` of team `growth`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from airdesk_render.names import CONNECTION_NAME_PATTERN, Team


@dataclass(frozen=True)
class TeamConnection:
    """A connection and the team that owns it."""

    team: Team
    name: str

    @property
    def conn_id(self) -> str:
        return self.team.conn_id(self.name)

    def __str__(self) -> str:
        return self.conn_id


def team_connection(conn_id: str) -> TeamConnection | None:
    """Read a connection id; `None` for anything that no team could own."""
    team, dot, name = conn_id.partition(".")
    if not dot or not re.fullmatch(CONNECTION_NAME_PATTERN, name):
        return None
    try:
        return TeamConnection(Team(team), name)
    except ValueError:
        return None
