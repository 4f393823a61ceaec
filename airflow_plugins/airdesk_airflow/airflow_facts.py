"""A parsed DAG as the facts over which the platform's rules speak."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from airdesk_render.names import Team, dag_name_of
from airdesk_render.policy import DagFacts, Named, Policy, TaskFacts, TaskRules, Timing

from airdesk_airflow.conn_ids import team_connection
from airdesk_airflow.operator_view import OperatorView, seconds
from airdesk_airflow.operators import sorts_of

CONNECTION_ENDING = "conn_id"
_STRICTEST = ("pii", "internal", "public")
_SAYS_NOTHING: Mapping[str, object] = {
    "depends_on_past": False,
    "pool": "default_pool",
    "pool_slots": 1,
    "priority_weight": 1,
    "retry_exponential_backoff": False,
    "trigger_rule": "all_success",
    "wait_for_downstream": False,
    "weight_rule": "downstream",
}
"""What Airflow takes where a file says nothing; a rule that forces a value looks at it too."""
_TIMES = ("retry_delay", "max_retry_delay", "execution_timeout")
_PLAIN = (
    *("queue", "executor", "pool", "pool_slots", "priority_weight", "retries"),
    *("depends_on_past", "wait_for_downstream", "max_active_tis_per_dagrun"),
)


def data_class_of(tags: set[str], policy: Policy, team: Team) -> str | None:
    """The data class that a DAG's tags say; the strictest, should they say several."""
    for data_class in _STRICTEST:
        if tags.issuperset(policy.tags_of(team, data_class)):
            return data_class
    return None


def dag_facts(
    dag: Any, views: tuple[OperatorView, ...], policy: Policy, team: Team, data_class: str
) -> DagFacts:
    """What the rules look at in a DAG."""
    rules = policy.of(team)
    options = {"max_active_runs": dag.max_active_runs}
    if "max_active_tasks" not in _unsaid(dag):
        options["max_active_tasks"] = dag.max_active_tasks
    if (timeout := seconds(dag.dagrun_timeout)) is not None:
        options["dagrun_timeout"] = timeout
    return DagFacts(
        team=team,
        name=dag_name_of(dag.dag_id),
        data_class=data_class,
        tasks=tuple(_task_facts(view, rules.tasks, team) for view in views),
        options=options,
        tags=tuple(Named(tag) for tag in sorted(dag.tags)),
        timing=_timing(dag.timetable),
    )


def _unsaid(dag: Any) -> frozenset[str]:
    """Options of a DAG that are as Airflow's configuration has them."""
    from airflow.configuration import conf

    usual = conf.getint("core", "max_active_tasks_per_dag")
    return frozenset({"max_active_tasks"} if dag.max_active_tasks == usual else ())


def _task_facts(view: OperatorView, rules: TaskRules, team: Team) -> TaskFacts:
    return TaskFacts(
        task_id=view.task.task_id,
        sorts=sorts_of(view.operator),
        options=dict(_options(view.task, rules)),
        connections=tuple(Named(name) for name in own_connections(view, team)),
        images=tuple(Named(str(value)) for value in view.values("image") if isinstance(value, str)),
        mapped={name: len(values) for name, values in view.mapped.items() if values is not None},
    )


def _options(task: Any, rules: TaskRules) -> Iterator[tuple[str, object]]:
    """Options of a task that differ from what Airflow takes by itself, or that policy forces."""
    values: dict[str, object] = {name: getattr(task, name, None) for name in _PLAIN}
    values |= {name: seconds(getattr(task, name, None)) for name in _TIMES}
    values["retry_exponential_backoff"] = bool(task.retry_exponential_backoff)
    values["weight_rule"] = _word(task.weight_rule)
    if not task.is_teardown:  # Airflow has a rule of its own for these
        values["trigger_rule"] = _word(task.trigger_rule)
    for name, value in values.items():
        rule = getattr(rules, name, None)
        forced = rule is not None and rule.force is not None
        if value is not None and (forced or value != _SAYS_NOTHING.get(name)):
            yield name, value


def _word(value: object) -> str:
    """`downstream` of a member of Airflow's enums; what is no word at all is no allowed one."""
    return str(getattr(value, "value", value))


def own_connections(view: OperatorView, team: Team) -> Iterator[str]:
    """Names of the team's connections that a task uses."""
    for _, conn_id in connections_of(view):
        connection = team_connection(conn_id) if conn_id is not None else None
        if connection is not None and connection.team == team:
            yield connection.name


def connections_of(view: OperatorView) -> Iterator[tuple[str, str | None]]:
    """Argument and connection id, wherever a task names one; `None`: another task decides."""
    for argument in view.ending_with(CONNECTION_ENDING):
        if argument in view.mapped and view.mapped[argument] is None:
            yield argument, None
        for value in view.values(argument):
            if value is not None:
                yield argument, str(value)


def _timing(timetable: Any) -> Timing | None:
    """When runs begin by the clock; cron and intervals are all that the renderer writes."""
    inner = getattr(timetable, "timetable", timetable)
    if isinstance(cron := getattr(inner, "expression", None), str):
        return Timing(cron=cron, timezone=str(getattr(inner, "timezone", "UTC")))
    delta = getattr(inner, "delta", None)
    if isinstance(delta, dt.timedelta):
        return Timing(every=int(delta.total_seconds()))
    return None
