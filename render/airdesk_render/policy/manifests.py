"""A manifest as facts for the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airdesk_render.document import Path
from airdesk_render.language.base import seconds_of
from airdesk_render.language.group import Placed, TaskGroup
from airdesk_render.language.task import TaskOptions
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.policy.facts import DagFacts, Named, Sort, TaskFacts, Timing

if TYPE_CHECKING:
    from airdesk_render.language.schedule import Schedule
    from airdesk_render.manifest import Manifest
    from airdesk_render.names import Team

_OPTIONS = frozenset(TaskOptions.model_fields)
_TIMES = frozenset(("retry_delay", "max_retry_delay", "execution_timeout"))
_OF_DAG = ("max_active_runs", "max_active_tasks")


def facts_of(team: Team, manifest: Manifest) -> DagFacts:
    """All that the rules look at in a manifest."""
    nodes = manifest.tree.nodes.values()
    options = {name: value for name in _OF_DAG if (value := getattr(manifest, name)) is not None}
    if manifest.dagrun_timeout is not None:
        options["dagrun_timeout"] = seconds_of(manifest.dagrun_timeout)
    schedule = manifest.schedule
    fields: dict[str, Path] = {name: (name,) for name in manifest.model_fields_set}
    if schedule is not None:
        fields |= {name: ("schedule", name) for name in schedule.model_fields_set}
    return DagFacts(
        team=team,
        name=manifest.dag_id,
        data_class=manifest.data_class,
        tasks=tuple(
            task_facts(placed, placed.node)
            for placed in nodes
            if isinstance(placed.node, ManagedOperator)
        ),
        options=options,
        fields=fields,
        tags=tuple(Named(tag, ("tags", index)) for index, tag in enumerate(manifest.tags)),
        groups=tuple(Named(one.id, one.path) for one in nodes if isinstance(one.node, TaskGroup)),
        timing=None if schedule is None else _timing(schedule),
        shared=None if manifest.default_args is None else _shared(manifest.default_args),
    )


def task_facts(placed: Placed, task: ManagedOperator) -> TaskFacts:
    """One task at its place."""
    said = task.model_fields_set
    mapped = {
        field: len(values) for field, values in task.expand.items() if isinstance(values, tuple)
    }
    return TaskFacts(
        task_id=placed.id,
        sorts=(Sort(task.operator, task.kind, task.workload),),
        path=placed.path,
        options=options_of(task),
        fields=frozenset(said) | task.expand.keys(),
        connections=_named(task, task.connection_names(), placed.path),
        images=_named(task, task.images(), placed.path),
        mapped=mapped,
    )


def options_of(options: TaskOptions) -> dict[str, object]:
    """What was said about options, by name; times in seconds."""
    found: dict[str, object] = {}
    for name in options.model_fields_set & _OPTIONS:
        value = getattr(options, name)
        if value is not None:
            found[name] = seconds_of(value) if name in _TIMES else value
    return found


def _shared(options: TaskOptions) -> TaskFacts:
    said = frozenset(options.model_fields_set)
    return TaskFacts("", (), ("default_args",), options_of(options), said)


def _named(task: ManagedOperator, names: tuple[str, ...], path: Path) -> tuple[Named, ...]:
    """Names with the fields that say them; the whole task where none says it by itself."""
    if not names:
        return ()
    values = vars(task)
    fields = {
        value: name for name in task.model_fields_set if isinstance(value := values.get(name), str)
    }
    return tuple(Named(name, (*path, fields[name]) if name in fields else path) for name in names)


def _timing(schedule: Schedule) -> Timing | None:
    if schedule.cron is None and schedule.every is None:
        return None
    return Timing(
        path=("schedule", "cron" if schedule.cron is not None else "every"),
        cron=schedule.cron,
        every=None if schedule.every is None else seconds_of(schedule.every),
        timezone=schedule.timezone,
        start=schedule.start_date,
        catchup=schedule.catchup if "catchup" in schedule.model_fields_set else None,
    )
