"""What the options of a task and of a DAG will be: forced, limited, or as the author says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airdesk_render.language.task import TaskOptions
from airdesk_render.policy.choices import (
    assigned_executor,
    assigned_queue,
    forced_queue,
    may_choose_executor,
    may_choose_queue,
)
from airdesk_render.policy.facts import Sort
from airdesk_render.policy.rulebook import LIMIT_CODES
from airdesk_render.policy.values import Amount, Time

if TYPE_CHECKING:
    from airdesk_render.manifest import Manifest
    from airdesk_render.names import Team
    from airdesk_render.operators.base import ManagedOperator
    from airdesk_render.policy.model import Policy


@dataclass(frozen=True)
class TaskSettings:
    """All options of a task as Airflow shall have them; times in seconds, `None`: Airflow's own."""

    owner: str
    queue: str
    executor: str | None
    pool: str | None
    pool_slots: int | None
    priority_weight: int | None
    weight_rule: str | None
    retries: int
    retry_delay: int
    retry_exponential_backoff: bool
    max_retry_delay: int | None
    execution_timeout: int
    depends_on_past: bool
    wait_for_downstream: bool
    trigger_rule: str | None
    max_active_tis_per_dagrun: int | None


@dataclass(frozen=True)
class DagSettings:
    """All options of a DAG as Airflow shall have them; times in seconds.

    Attributes:
        tags: sorted; team, data class and what the author added.
        usual: settings of a task that says nothing itself, of the most common kind.
    """

    owner: str
    access_control: dict[str, dict[str, list[str]]]
    tags: list[str]
    max_active_runs: int
    max_active_tasks: int | None
    dagrun_timeout: int | None
    catchup: bool
    usual: TaskSettings


def task_settings(
    policy: Policy,
    team: Team,
    data_class: str,
    task: ManagedOperator,
    default_args: TaskOptions | None,
    known: Known,
) -> TaskSettings:
    sort = Sort(task.operator, task.kind, task.workload)
    return _settings(policy, team, data_class, sort, _stated_options(task, default_args), known)


def dag_settings(policy: Policy, team: Team, manifest: Manifest, known: Known) -> DagSettings:
    rules = policy.of(team).dags
    most = _Most(policy, team)
    catchup = manifest.schedule.catchup if manifest.schedule is not None else None
    forced_tags = policy.tags_of(team, manifest.data_class)
    usual = _stated_options(manifest.default_args)
    return DagSettings(
        owner=policy.owner_of(team),
        access_control=policy.access_control_of(team),
        tags=sorted({*forced_tags, *manifest.tags}),
        max_active_runs=most.amount(rules.max_active_runs, "max_active_runs", manifest) or 1,
        max_active_tasks=most.amount(rules.max_active_tasks, "max_active_tasks", manifest),
        dagrun_timeout=most.time(rules.dagrun_timeout, "dagrun_timeout", manifest),
        catchup=rules.catchup.chosen(catchup),
        usual=_settings(policy, team, manifest.data_class, Sort(), usual, known),
    )


@dataclass(frozen=True)
class _Most:
    """Options within their limits, or within those of the widest exception for the team.

    Whether an exception counts for this very DAG and on this day, the check has said before; what
    is rendered must not depend on the day.
    """

    policy: Policy
    team: Team

    def amount(self, rule: Amount, option: str, *sources: object) -> int | None:
        return rule.chosen(_stated(option, sources), exceptions=self._exceptions(option))

    def time(self, rule: Time, option: str, *sources: object) -> int | None:
        return rule.chosen(_stated(option, sources), exceptions=self._exceptions(option))

    def _exceptions(self, option: str) -> tuple[int | None, ...]:
        return self.policy.exceptions_of(self.team, LIMIT_CODES[option])


def _stated(option: str, sources: tuple[object, ...]) -> Any:
    """What the first of several sources says about an option."""
    for source in sources:
        if source is not None and (value := getattr(source, option)) is not None:
            return value
    return None


_OPTIONS = tuple(TaskOptions.model_fields)
Stated = tuple[Any, ...]
"""What is said about each of `_OPTIONS`."""
Known = dict[tuple[str, str, Sort, Stated], TaskSettings]
"""Settings that were asked for before: most tasks say the same."""


def _stated_options(*sources: TaskOptions | None) -> Stated:
    return tuple([_stated(option, sources) for option in _OPTIONS])


def _settings(
    policy: Policy, team: Team, data_class: str, sort: Sort, stated: Stated, known: Known
) -> TaskSettings:
    key = (team.name, data_class, sort, stated)
    found = known.get(key)
    if found is None:
        found = known[key] = _decided(
            policy,
            team,
            data_class,
            sort,
            TaskOptions.model_construct(**dict(zip(_OPTIONS, stated, strict=True))),
        )
    return found


def _decided(
    policy: Policy, team: Team, data_class: str, sort: Sort, said: TaskOptions
) -> TaskSettings:
    rules = policy.of(team).tasks
    most = _Most(policy, team)

    def amount(option: str) -> int | None:
        return most.amount(getattr(rules, option), option, said)

    def time(option: str) -> int | None:
        return most.time(getattr(rules, option), option, said)

    def chosen(option: str) -> Any:
        return getattr(rules, option).chosen(getattr(said, option))

    grows = chosen("retry_exponential_backoff")
    return TaskSettings(
        owner=policy.owner_of(team),
        queue=_queue(policy, team, data_class, sort, said.queue),
        executor=_executor(policy, team, sort, said.executor),
        pool=chosen("pool"),
        pool_slots=amount("pool_slots"),
        priority_weight=amount("priority_weight"),
        weight_rule=chosen("weight_rule"),
        retries=amount("retries") or 0,
        retry_delay=time("retry_delay") or 0,
        retry_exponential_backoff=grows,
        max_retry_delay=time("max_retry_delay") if grows else None,
        execution_timeout=time("execution_timeout") or 0,
        depends_on_past=chosen("depends_on_past"),
        wait_for_downstream=chosen("wait_for_downstream"),
        trigger_rule=chosen("trigger_rule"),
        max_active_tis_per_dagrun=amount("max_active_tis_per_dagrun"),
    )


def _queue(policy: Policy, team: Team, data_class: str, sort: Sort, stated: str | None) -> str:
    assigned = assigned_queue(policy, team, data_class, sort)
    if stated is None or forced_queue(policy, team, data_class) is not None:
        return assigned
    chosen = may_choose_queue(policy, team, data_class, sort, stated)
    return stated if chosen or policy.exceptions_of(team, "queue-not-allowed") else assigned


def _executor(policy: Policy, team: Team, sort: Sort, stated: str | None) -> str | None:
    if stated is None:
        return assigned_executor(policy, team, sort)
    chosen = may_choose_executor(policy, team, sort, stated)
    if chosen or policy.exceptions_of(team, "executor-not-allowed"):
        return stated
    return assigned_executor(policy, team, sort)
