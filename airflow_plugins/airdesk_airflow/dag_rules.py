"""What a DAG must be: in its team's folder, with its team's name and rights, within the policy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airdesk_render.names import Team, dag_name_of, team_of_dag
from airdesk_render.policy import RULES, Policy
from airdesk_render.policy.hours import shortest_gap_of_cron
from airflow.exceptions import AirflowClusterPolicyViolation

from airdesk_airflow.airflow_facts import dag_facts, data_class_of
from airdesk_airflow.operator_view import OperatorView, view_of
from airdesk_airflow.operators import sorts_of
from airdesk_airflow.rules import policy
from airdesk_airflow.task_rules import Broken, broken_by_task

MOST_SENTENCES = 20
"""More than this nobody reads."""
DEADLINE_CALLBACKS = ("asyncio.sleep",)
"""What the triggerer may call when a deadline is missed: nothing that does anything."""


def require_place(dag: Any) -> Team:
    """The DAG's team, if id, folder and file name agree.

    Raises:
        AirflowClusterPolicyViolation: they do not.
    """
    file = _central_path(dag)
    try:
        team = team_of_dag(dag.dag_id)
    except ValueError as error:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {dag.dag_id} has no team's prefix. A DAG in {file} is named "
            f"{file.split('/')[0]}.<name>. [airflow-place]"
        ) from error
    expected = team.central_file(dag_name_of(dag.dag_id))
    if file != expected:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {dag.dag_id} stands in {file}; its place is {expected}. "
            "A team publishes only below its own folder. [airflow-place]"
        )
    return team


def require_rules(dag: Any) -> None:
    """The DAG and all its tasks keep the platform's rules.

    Raises:
        AirflowClusterPolicyViolation: with a line for everything that is wrong, up to
            `MOST_SENTENCES`.
    """
    sentences = list(_sentences(dag, team_of_dag(dag.dag_id), policy()))
    if sentences:
        raise AirflowClusterPolicyViolation("\n".join(sentences[:MOST_SENTENCES]))


def warm_up() -> None:
    """Load what every DAG needs: policy and catalogue, as they are now.

    Nothing is raised: what cannot be loaded, each DAG says for itself.
    """
    with contextlib.suppress(OSError, ValueError):
        policy()
        sorts_of(object)
        shortest_gap_of_cron("@daily")  # loads croniter


def _sentences(dag: Any, team: Team, rules: Policy) -> Iterator[str]:
    views = tuple(view_of(task) for task in dag.tasks)
    for code, text in _broken_by_dag(dag, team, rules):
        yield f"Airdesk: {dag.dag_id} {text} [{code}]"
    for view in views:
        for code, text in broken_by_task(view, team, rules):
            yield f"Airdesk: task {view.task.task_id} of {dag.dag_id} {text} [{code}]"
    data_class = data_class_of(dag.tags, rules, team)
    if data_class is None:
        yield (
            f"Airdesk: {dag.dag_id} carries no tag that says its data class, such as internal; the "
            "publisher renders it so. [airflow-data-class]"
        )
        return
    known = tuple(view for view in views if sorts_of(view.operator))
    yield from _common(dag, known, rules, team, data_class)


def _common(
    dag: Any, views: tuple[OperatorView, ...], rules: Policy, team: Team, data_class: str
) -> Iterator[str]:
    """The rules that forms and pipelines keep too."""
    for found in rules.violations(team, dag_facts(dag, views, rules, team, data_class)):
        if found.severity == "error" and RULES[found.code].airflow:
            task = f"task {found.task} of " if found.task else ""
            yield f"Airdesk: {task}{dag.dag_id}: {found.message} [{found.code}]"


def _broken_by_dag(dag: Any, team: Team, rules: Policy) -> Iterator[Broken]:
    expected = rules.access_control_of(team)
    rights = {
        role: {resource: sorted(actions) for resource, actions in given.items()}
        for role, given in (dag.access_control or {}).items()
    }
    if rights != expected:
        yield Broken(
            "airflow-rights",
            f"must have the access_control {expected} and has {rights}. The publisher renders it "
            "so; the platform team looks at the policy's version.",
        )
    for name in ("on_failure_callback", "on_success_callback"):
        if getattr(dag, name, None):
            yield Broken("airflow-reach", f"sets {name}, which the platform keeps to itself.")
    for alert in dag.deadline or ():
        called = getattr(alert.callback, "path", None)
        if called not in DEADLINE_CALLBACKS:
            yield Broken(
                "airflow-reach", f"calls {called} when it is late; messages go through notify."
            )


def _central_path(dag: Any) -> str:
    """Where the file lies in the bundle, or its last two parts where Airflow does not say."""
    relative = Path(getattr(dag, "relative_fileloc", None) or dag.fileloc)
    return "/".join(relative.parts[-2:]) if relative.is_absolute() else relative.as_posix()
