"""What only Airflow can see of a task: its real class, arguments and callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from airdesk_render.names import Team
from airdesk_render.policy import Policy

from airdesk_airflow.airflow_facts import connections_of
from airdesk_airflow.conn_ids import team_connection
from airdesk_airflow.operator_view import OperatorView
from airdesk_airflow.operators import sorts_of


class Broken(NamedTuple):
    """Code of a rule, and what is wrong as the rest of a sentence about the task or DAG."""

    code: str
    text: str


LEAVES_REACH = (
    *("start_from_trigger", "executor_config", "run_as_user", "inlets", "resources"),
    *("on_execute_callback", "on_failure_callback", "on_retry_callback", "on_skipped_callback"),
    *("on_success_callback", "_pre_execute_hook", "_post_execute_hook", "email", "retry_policy"),
)
"""Attributes by which a task would run elsewhere, as somebody else, or what nobody looked at."""


def broken_by_task(view: OperatorView, team: Team, policy: Policy) -> Iterator[Broken]:
    """Everything that is wrong with one task apart from the platform's common rules."""
    if not sorts_of(view.operator):
        yield Broken(
            "airflow-operator",
            f"uses {view.operator.__name__}, which is not in the catalogue. "
            "Use a managed operator, or ask the platform team to add one.",
        )
        return
    if view.unreadable:
        yield Broken(
            "airflow-reach", "takes all its arguments from elsewhere (expand_kwargs). Use expand."
        )
    yield from _rights(view, team, policy)
    yield from _connections(view, team)
    yield from _credentials(view, policy)
    yield from _reach(view)
    yield from _outlets(view.task, team)


def _rights(view: OperatorView, team: Team, policy: Policy) -> Iterator[Broken]:
    owner = policy.owner_of(team)
    if view.task.owner != owner:
        yield Broken("airflow-rights", f"belongs to {view.task.owner}; its owner must be {owner}.")
    if view.task.execution_timeout is None:
        yield Broken("task-timeout", "may run for ever. Give it an execution_timeout.")


def _connections(view: OperatorView, team: Team) -> Iterator[Broken]:
    for argument, conn_id in connections_of(view):
        connection = team_connection(conn_id) if conn_id is not None else None
        if connection is None or connection.team != team:
            named = "what another task says" if conn_id is None else repr(conn_id)
            yield Broken(
                "airflow-connection",
                f"names {named} as {argument}; only connections of {team.name} may stand there.",
            )


def _credentials(view: OperatorView, policy: Policy) -> Iterator[Broken]:
    for argument, forced in policy.forced_arguments_of(view.path).items():
        values = [None] if argument in view.mapped else list(view.values(argument))
        if forced is None and not any(values) and argument not in view.mapped:
            continue
        if forced is not None and values and all(value == forced for value in values):
            continue
        must = "stay away" if forced is None else f"be {forced!r}"
        yield Broken(
            "airflow-credential",
            f"must not choose {argument}, which could send a password elsewhere; it must {must}.",
        )


def _reach(view: OperatorView) -> Iterator[Broken]:
    for name in LEAVES_REACH:
        if name in view.mapped or getattr(view.task, name, None) or view.given.get(name):
            yield Broken(
                "airflow-reach", f"sets {name.strip('_')}, which the platform keeps to itself."
            )
    for name in view.ending_with("hook"):
        if not name.startswith("_") and any(view.values(name)):
            yield Broken("airflow-reach", f"brings its own {name}; name a connection instead.")
    if True in view.values("deferrable") and any(connections_of(view)):
        yield Broken("airflow-reach", "defers to the triggerer, where connections are not guarded.")
    modes = set(view.values("mode")) or {getattr(view.task, "mode", "poke")}
    if view.is_sensor and modes != {"reschedule"}:
        yield Broken(
            "airflow-reach", "holds a worker while it waits; a sensor's mode is reschedule."
        )


def _outlets(task: Any, team: Team) -> Iterator[Broken]:
    prefix = team.asset("")
    for outlet in task.outlets or ():
        name, uri = getattr(outlet, "name", None), getattr(outlet, "uri", None)
        if (
            not isinstance(name, str)
            or not name.startswith(prefix)
            or uri != team.asset_uri(name.removeprefix(prefix))
        ):
            yield Broken(
                "airflow-asset",
                f"updates {name or outlet!r}; it may update assets of {team.name} only.",
            )
