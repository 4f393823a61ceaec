"""Decisions that need no Vault: whose task and whose DAG a request is about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from airdesk_render.names import Team, team_of_dag

from airdesk_airflow.guard.caller import Caller, Token
from airdesk_airflow.guard.routes import Check, Match


def is_own(match: Match, token: Token) -> bool:
    """Whether the path names the very task instance of the token."""
    try:
        return UUID(match.params["task_instance_id"]) == token.task_instance
    except ValueError:
        return False


def dag_refusal(
    match: Match, caller: Caller, team: Team, dag_ids_in_query: Sequence[str]
) -> str | None:
    """Why a request about a DAG is not allowed, or `None`."""
    in_path = match.params.get("dag_id")
    named = [in_path] if in_path is not None else list(dag_ids_in_query)
    thing = match.rule.thing
    if len(named) != 1:
        return f"Airdesk: a request for {thing} names exactly one DAG; this one names {len(named)}."
    if match.rule.check is Check.OWN_DAG and named[0] != caller.dag_id:
        return (
            f"Airdesk: {caller.dag_id} may not write {thing} of {named[0]}. "
            "A task writes only for its own DAG."
        )
    if _team_name(named[0]) != team.name:
        return (
            f"Airdesk: {team.name} may not ask for {thing} of {named[0]}. "
            "A task reaches only the DAGs of its own team."
        )
    return None


def _team_name(dag_id: str) -> str | None:
    try:
        return team_of_dag(dag_id).name
    except ValueError:
        return None
