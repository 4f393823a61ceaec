"""May this task use this connection? Every no is a sentence for the person whose task asked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from airdesk_render.names import Team

from airdesk_airflow.conn_ids import TeamConnection, team_connection
from airdesk_airflow.guard.caller import Caller
from airdesk_airflow.guard.grants import Grant, GrantBook, GrantsError, now_utc
from airdesk_airflow.operators import is_managed
from airdesk_airflow.vault_words import VaultReadError, missing

RUNNING = "running"
CAME_BACK = "could not be read a moment ago and can be now. Retry the task."


class Documents(Protocol):
    """What the guard needs of Vault."""

    def read(self, path: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Desk:
    """Decides about connections, with the grants that Vault holds."""

    vault: Documents
    book: GrantBook
    clock: Callable[[], datetime] = now_utc

    def refusal(self, caller: Caller, conn_id: str) -> str | None:
        """Why the task may not use the connection, or `None` if it may."""
        team, connection = caller.team(), team_connection(conn_id)
        if team is None:
            return f"Airdesk: {caller.dag_id} belongs to no team, so it may use no connection."
        if connection is None:
            return (
                f"Airdesk: {conn_id!r} is no connection of a team. Connections are named "
                f"<team>.<name> in small letters, such as {team.conn_id('warehouse')}."
            )
        if caller.state != RUNNING:
            return f"Airdesk: {caller.task_id} is not running, so it may not use {conn_id}."
        try:
            return self._by_grant(caller, team, connection)
        except VaultReadError as problem:
            return problem.about(conn_id)
        except GrantsError:
            return (
                f"Airdesk: the grants of {connection.team.name} in Vault are not understood, so "
                f"{conn_id} cannot be used. Nothing was changed; security corrects "
                f"{connection.team.vault_grants}."
            )

    def explain(self, caller: Caller, conn_id: str) -> str:
        """Why the connection was not given: by grant, or because Vault could not give it.

        The task asks after it failed, so its state no longer counts.
        """
        if (refusal := self.refusal(replace(caller, state=RUNNING), conn_id)) is not None:
            return refusal
        connection = team_connection(conn_id)
        try:
            if connection is not None and not self._exists(connection):
                return missing(connection)
        except VaultReadError as problem:
            return problem.about(conn_id)
        return f"Airdesk: {conn_id} {CAME_BACK}"

    def _by_grant(self, caller: Caller, team: Team, connection: TeamConnection) -> str | None:
        grants = self.book.of(connection.team).connections
        own = connection.team == team
        grant = grants.get(connection.name)
        if not own and (grant is None or not grant.covers(caller.dag_id, own=False)):
            return _ask_owner(team, connection)
        if grant is None:
            return self._without_grant(connection, tuple(grants))
        return _within(grant, caller, connection, own=own, now=self.clock())

    def _without_grant(self, connection: TeamConnection, granted: tuple[str, ...]) -> str:
        if self._exists(connection):
            return f"Airdesk: nobody has granted the use of {connection}. Ask security for a grant."
        close = difflib.get_close_matches(connection.name, granted, n=1, cutoff=0.75)
        return missing(connection, connection.team.conn_id(close[0]) if close else None)

    def _exists(self, connection: TeamConnection) -> bool:
        path = connection.team.vault_connection(connection.name)
        return self.vault.read(path) is not None


def _ask_owner(team: Team, connection: TeamConnection) -> str:
    owner = connection.team.name
    return f"Airdesk: {team.name} may not use {connection}. Ask {owner}'s owner to share it."


def _within(
    grant: Grant, caller: Caller, connection: TeamConnection, *, own: bool, now: datetime
) -> str | None:
    if not grant.covers(caller.dag_id, own=own):
        allowed = ", ".join(grant.dags) or "no DAG"
        return (
            f"Airdesk: {caller.dag_id} may not use {connection}; its grant names {allowed}. "
            "Ask security to add the DAG."
        )
    if grant.until is not None and grant.is_over(now):
        ended = grant.until.strftime("%d %b %Y %H:%M %Z")
        return f"Airdesk: the grant of {connection} ended on {ended}. Ask security to renew it."
    if not grant.code and not is_managed(caller.operator, caller.queue):
        return (
            f"Airdesk: {caller.task_id} runs free code (bash or Python), and the grant of "
            f"{connection} is for managed operators only. Use one such as sql_query, or ask "
            "security for a grant that says code."
        )
    return None
