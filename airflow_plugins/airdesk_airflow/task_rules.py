"""What a task must be: an operator of the catalogue, with forced settings and own connections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airdesk_render.names import Team, team_of_dag
from airdesk_render.operators.base import seconds_of
from airflow.exceptions import AirflowClusterPolicyViolation

from airdesk_airflow.conn_ids import team_connection
from airdesk_airflow.operators import AllowedOperator, allowed_operator
from airdesk_airflow.rules import policy

FORBIDDEN = ("executor", "executor_config", "run_as_user", "inlets", "outlets", "deferrable")
"""Attributes that redirect a task or leave the guard's reach; they must be empty."""

CONNECTION_ENDING = "conn_id"


def require_task(task: Any) -> None:
    """Raises:
    AirflowClusterPolicyViolation: with the first rule that the task breaks, as a sentence.
    """
    team = team_of_dag(task.dag_id)
    allowed = allowed_operator(type(task))
    if allowed is None:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {_name(task)} uses {type(task).__name__}, which is not in the catalogue. "
            "Use a managed operator, or ask the platform team to add one."
        )
    for problem in (
        _about_queue(task, team, allowed),
        _about_limits(task),
        _about_owner(task, team),
        _about_connections(task, team),
        _about_forbidden(task),
    ):
        if problem is not None:
            raise AirflowClusterPolicyViolation(f"Airdesk: {_name(task)} {problem}")


def _name(task: Any) -> str:
    return f"task {task.task_id} of {task.dag_id}"


def _about_queue(task: Any, team: Team, allowed: AllowedOperator) -> str | None:
    queues = policy().queues
    queue = (queues.code if allowed.code else queues.managed).replace("{team}", team.name)
    if task.queue == queue:
        return None
    kind = "free code" if allowed.code else "a managed operator"
    return f"stands on queue {task.queue}; {kind} of {team.name} runs on {queue}."


def _about_limits(task: Any) -> str | None:
    rules = policy()
    if task.retries > rules.retries.limit:
        return f"is tried again {task.retries} times; the limit is {rules.retries.limit}."
    limit = timedelta(seconds=seconds_of(rules.execution_timeout.limit))
    if task.execution_timeout is None or task.execution_timeout > limit:
        return f"may run for {task.execution_timeout or 'ever'}; the limit is {limit}."
    return None


def _about_owner(task: Any, team: Team) -> str | None:
    owner = policy().owner_of(team)
    return None if task.owner == owner else f"belongs to {task.owner}; its owner must be {owner}."


def _about_connections(task: Any, team: Team) -> str | None:
    for field, conn_id in vars(task).items():
        if not field.endswith(CONNECTION_ENDING) or conn_id is None:
            continue
        connection = team_connection(str(conn_id))
        if connection is None or connection.team != team:
            return f"names {conn_id!r} as {field}; only connections of {team.name} may stand there."
    return None


def _about_forbidden(task: Any) -> str | None:
    for name in FORBIDDEN:
        if getattr(task, name, None):
            return f"sets {name}, which the platform keeps to itself."
    return None
