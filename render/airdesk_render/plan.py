"""What a rendered file shall say: the DAG and its tasks as data, before any source is written."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping
from dataclasses import dataclass

from airdesk_render.expressions import Code, Invoke
from airdesk_render.literals import block_literal
from airdesk_render.manifest import Manifest, Param
from airdesk_render.names import Team
from airdesk_render.operators.base import Call, ManagedOperator, Rendering
from airdesk_render.policy import Policy

_TAKEN = frozenset(
    (
        *("pendulum", "sys", "signature", "timedelta", "isfinite"),
        *("first_rows", "slack_table", "call_function"),
    )
)


@dataclass(frozen=True)
class Origin:
    """Where a rendered file comes from.

    Attributes:
        folder: path beside the file that holds its SQL and scripts; `None` if it has none.
    """

    manifest_path: str
    source_commit: str
    policy_version: str
    folder: str | None


@dataclass(frozen=True)
class Plan:
    """All that a file says.

    Attributes:
        constants: texts of several lines by name; they stand before the DAG.
        tasks: call by task id. upstream: task ids by task id.
        imports: module to the names wanted of it. helpers: functions the file carries with it.
    """

    header: tuple[str, ...]
    imports: Mapping[str, frozenset[str]]
    helpers: tuple[str, ...]
    folder: str | None
    constants: Mapping[str, str]
    dag: Invoke
    tasks: Mapping[str, Invoke]
    upstream: Mapping[str, tuple[str, ...]]


def plan_of(manifest: Manifest, *, team: Team, policy: Policy, origin: Origin) -> Plan:
    """What the file of a manifest shall say."""
    rendering = Rendering(team, manifest.data_class)
    calls = {task_id: task.call(rendering) for task_id, task in manifest.tasks.items()}
    constants: dict[str, str] = {}
    dag = _dag(manifest, team, policy, calls, constants)
    tasks = {
        task_id: _task(task_id, task, calls[task_id], policy.queue_of(team, type(task)), policy)
        for task_id, task in manifest.tasks.items()
    }
    return Plan(
        header=(
            f"{team.dag_id(manifest.dag_id)}, rendered by Airdesk. Change its manifest instead.",
            f"Manifest: {team.repository}/{origin.manifest_path}",
            f"Commit:   {origin.source_commit}",
            f"Policy:   {origin.policy_version}",
        ),
        imports=_imports(manifest, calls),
        helpers=tuple(sorted({helper for one in calls.values() for helper in one.helpers})),
        folder=origin.folder,
        constants=constants,
        dag=dag,
        tasks={task_id: _lifted(task_id, task, constants) for task_id, task in tasks.items()},
        upstream={task_id: task.upstream for task_id, task in manifest.tasks.items()},
    )


def variable(task_id: str) -> str:
    """The Python name of a task; no task id ends with an underscore, so none can clash."""
    reserved = keyword.iskeyword(task_id) or keyword.issoftkeyword(task_id)
    taken = reserved or hasattr(builtins, task_id) or task_id in _TAKEN
    return f"{task_id}_" if taken else task_id


def _imports(manifest: Manifest, calls: Mapping[str, Call]) -> Mapping[str, frozenset[str]]:
    modules: dict[str, frozenset[str]] = {}
    for one in calls.values():
        modules[one.module] = modules.get(one.module, frozenset()) | {one.name}
    scheduled = {"CronTriggerTimetable"} if manifest.schedule is not None else set()
    params = {"Param"} if manifest.params else set()
    modules["airflow.sdk"] = frozenset({"DAG"} | scheduled | params)
    return modules


def _dag(
    manifest: Manifest,
    team: Team,
    policy: Policy,
    calls: Mapping[str, Call],
    constants: dict[str, str],
) -> Invoke:
    schedule = manifest.schedule
    arguments: dict[str, object] = {
        "dag_id": team.dag_id(manifest.dag_id),
        "description": manifest.description,
        "doc_md": _lift("doc_md", _doc_md(manifest), constants),
        "schedule": None,
    }
    if schedule is not None:
        zone = {"timezone": schedule.timezone}
        day = schedule.start_date
        arguments["schedule"] = Invoke("CronTriggerTimetable", (schedule.cron,), {**zone})
        arguments["start_date"] = Invoke(
            "pendulum.datetime", (day.year, day.month, day.day), {"tz": schedule.timezone}
        )
    arguments |= {
        "catchup": False,
        "max_active_runs": policy.max_active_runs,
        "default_args": {"owner": policy.owner_of(team), **_usual(policy)},
        "access_control": {
            role: {resource: frozenset(actions) for resource, actions in rights.items()}
            for role, rights in policy.access_control_of(team).items()
        },
        "tags": sorted({team.name, manifest.data_class, *manifest.tags}),
    }
    if manifest.params:
        arguments["params"] = {name: _param(param) for name, param in manifest.params.items()}
    filters = {name: Code(of) for one in calls.values() for name, of in one.filters.items()}
    if filters:
        arguments["user_defined_filters"] = filters
    return Invoke("DAG", (), arguments)


def _doc_md(manifest: Manifest) -> str:
    people = f"Owners: {', '.join(manifest.owners)}"
    return f"{manifest.doc_md.strip()}\n\n{people}\n" if manifest.doc_md else people


def _param(param: Param) -> Invoke:
    fields: dict[str, object] = {
        "type": param.type,
        "description": param.description,
        "minimum": param.minimum,
        "maximum": param.maximum,
        "enum": list(param.enum) if param.enum is not None else None,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return Invoke("Param", (param.default,), given)


def _task(task_id: str, task: ManagedOperator, made: Call, queue: str, policy: Policy) -> Invoke:
    arguments: dict[str, object] = {"task_id": task_id, **made.arguments, "queue": queue}
    if policy.retries_of(task) != policy.retries_of(None):
        arguments["retries"] = policy.retries_of(task)
    if policy.timeout_of(task) != policy.timeout_of(None):
        arguments["execution_timeout"] = _timedelta(policy.timeout_of(task))
    return Invoke(made.name, (), arguments)


def _usual(policy: Policy) -> dict[str, object]:
    """What every task gets unless its manifest chose otherwise within the limits."""
    return {
        "retries": policy.retries_of(None),
        "retry_delay": _timedelta(policy.retry_delay()),
        "execution_timeout": _timedelta(policy.timeout_of(None)),
    }


def _timedelta(seconds: int) -> Invoke:
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds % length == 0:
            return Invoke("timedelta", (), {unit: seconds // length})
    return Invoke("timedelta", (), {"seconds": seconds})


def _lifted(task_id: str, task: Invoke, constants: dict[str, str]) -> Invoke:
    named = {
        name: _lift(f"{task_id}_{name}", value, constants) for name, value in task.named.items()
    }
    return Invoke(task.function, task.positional, named)


def _lift(name: str, value: object, constants: dict[str, str]) -> object:
    """Make a constant of a text that reads better over several lines."""
    taken = name.upper() in constants
    if not isinstance(value, str) or block_literal(value) is None or taken:
        return value
    constants[name.upper()] = value
    return Code(name.upper())
