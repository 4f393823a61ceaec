"""Laying out the Python file of a DAG."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass

from airdesk_render.helpers import IMPORTS, SOURCES
from airdesk_render.literals import block_literal, call, literal
from airdesk_render.manifest import Manifest, Param
from airdesk_render.names import Team
from airdesk_render.operators.base import Call, Code, ManagedOperator, Rendering
from airdesk_render.policy import Policy

_TAKEN = frozenset(
    (
        "dag",
        "pendulum",
        "sys",
        "timedelta",
        "isfinite",
        "first_rows",
        "slack_table",
        "call_function",
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


def python_source(manifest: Manifest, *, team: Team, policy: Policy, origin: Origin) -> str:
    """Source of the file; ends with a newline."""
    rendering = Rendering(team, manifest.data_class)
    calls = {task_id: task.call(rendering) for task_id, task in manifest.tasks.items()}
    helpers = sorted({helper for one in calls.values() for helper in one.helpers})
    blocks = _Blocks()
    body = _dag(manifest, team, policy, calls, blocks)
    tasks = [
        _task(task_id, manifest.tasks[task_id], calls[task_id], team, policy, blocks)
        for task_id in manifest.tasks
    ]
    edges = list(_edges(manifest))
    parts = [_header(manifest, team, origin), *_imports(manifest, calls, helpers, origin)]
    if origin.folder is not None:
        parts.append(f"FILES = Path(__file__).parent / {literal(origin.folder)}\n")
    parts += blocks.sources
    parts += [f"\n{SOURCES[helper]}" for helper in helpers]
    parts[-1] += "\n" if helpers else ""
    inside = "\n\n".join((*tasks, *(["\n".join(edges)] if edges else [])))
    parts.append(f"{body}\n{inside}\n")
    return "\n".join(parts)


def variable(task_id: str) -> str:
    """The Python name of a task; no task id ends with an underscore, so none can clash."""
    taken = keyword.iskeyword(task_id) or keyword.issoftkeyword(task_id) or task_id in _TAKEN
    return f"{task_id}_" if taken else task_id


class _Blocks:
    """Texts of several lines, which stand as constants before the DAG."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def lift(self, name: str, value: object) -> object:
        block = block_literal(value) if isinstance(value, str) else None
        if block is None:
            return value
        constant = name.upper()
        self.sources.append(f"{constant} = {block}\n")
        return Code(constant)


def _header(manifest: Manifest, team: Team, origin: Origin) -> str:
    return (
        f"# {team.dag_id(manifest.dag_id)}, rendered by Airdesk. Change its manifest instead.\n"
        f"# Manifest: {team.repository}/{origin.manifest_path}\n"
        f"# Commit:   {origin.source_commit}\n"
        f"# Policy:   {origin.policy_version}\n"
    )


def _imports(
    manifest: Manifest, calls: dict[str, Call], helpers: list[str], origin: Origin
) -> Iterator[str]:
    standard = {line for helper in helpers for line in IMPORTS[helper]}
    standard.add("from datetime import timedelta")
    if origin.folder is not None:
        standard.add("from pathlib import Path")
    yield "\n".join(sorted(standard, key=lambda line: (line.startswith("from"), line))) + "\n"
    modules: dict[str, set[str]] = {}
    for one in calls.values():
        modules.setdefault(one.module, set()).add(one.name)
    sdk = {"DAG"}
    if manifest.schedule is not None:
        sdk.add("CronTriggerTimetable")
    if manifest.params:
        sdk.add("Param")
    modules["airflow.sdk"] = sdk
    lines = [
        f"from {module} import {', '.join(sorted(names, key=_import_order))}"
        for module, names in sorted(modules.items())
    ]
    pendulum = ["import pendulum"] if manifest.schedule is not None else []
    yield "\n".join((*pendulum, *lines)) + "\n"


def _import_order(name: str) -> tuple[bool, str]:
    """As isort and ruff order names: constants, then classes."""
    return (not name.isupper(), name)


def _dag(
    manifest: Manifest, team: Team, policy: Policy, calls: dict[str, Call], blocks: _Blocks
) -> str:
    filters = {
        name: Code(function) for one in calls.values() for name, function in one.filters.items()
    }
    schedule = manifest.schedule
    arguments: dict[str, object] = {
        "dag_id": team.dag_id(manifest.dag_id),
        "description": manifest.description,
        "doc_md": blocks.lift("doc_md", _doc_md(manifest)),
        "schedule": None,
        "catchup": False,
        "max_active_runs": policy.max_active_runs,
        "default_args": {"owner": policy.owner_of(team), **_usual(policy)},
        "access_control": _access_control(policy, team),
        "tags": sorted({team.name, manifest.data_class, *manifest.tags}),
    }
    if schedule is not None:
        cron, zone = literal(schedule.cron), literal(schedule.timezone)
        day = schedule.start_date
        start = f"pendulum.datetime({day.year}, {day.month}, {day.day}, tz={zone})"
        arguments["schedule"] = Code(f"CronTriggerTimetable({cron}, timezone={zone})")
        arguments["start_date"] = Code(start)
    if manifest.params:
        arguments["params"] = {name: _param(param) for name, param in manifest.params.items()}
    if filters:
        arguments["user_defined_filters"] = filters
    return f"with {call('DAG', arguments)}:"


def _doc_md(manifest: Manifest) -> str:
    people = f"Owners: {', '.join(manifest.owners)}"
    return f"{manifest.doc_md.strip()}\n\n{people}\n" if manifest.doc_md else people


def _access_control(policy: Policy, team: Team) -> dict[str, object]:
    def actions(names: list[str]) -> Code:
        return Code("{" + ", ".join(literal(name) for name in names) + "}")

    return {
        role: {resource: actions(names) for resource, names in rights.items()}
        for role, rights in policy.access_control_of(team).items()
    }


def _param(param: Param) -> Code:
    parts = [literal(param.default), f"type={literal(param.type)}"]
    for name in ("description", "minimum", "maximum", "enum"):
        value = getattr(param, name)
        if value is not None:
            parts.append(f"{name}={literal(list(value) if name == 'enum' else value, 0, -(10**6))}")
    return Code(f"Param({', '.join(parts)})")


def _task(
    task_id: str, task: ManagedOperator, made: Call, team: Team, policy: Policy, blocks: _Blocks
) -> str:
    own = {name: blocks.lift(f"{task_id}_{name}", value) for name, value in made.arguments.items()}
    arguments: dict[str, object] = {
        "task_id": task_id,
        **own,
        "queue": policy.queue_of(team, type(task)),
    }
    if policy.retries_of(task) != policy.retries_of(None):
        arguments["retries"] = policy.retries_of(task)
    if policy.timeout_of(task) != policy.timeout_of(None):
        arguments["execution_timeout"] = _timedelta(policy.timeout_of(task))
    return f"    {variable(task_id)} = {call(made.name, arguments, 4)}"


def _usual(policy: Policy) -> dict[str, object]:
    """What every task gets unless its manifest chose otherwise within the limits."""
    return {
        "retries": policy.retries_of(None),
        "retry_delay": _timedelta(policy.retry_delay()),
        "execution_timeout": _timedelta(policy.timeout_of(None)),
    }


def _timedelta(seconds: int) -> Code:
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds % length == 0:
            return Code(f"timedelta({unit}={seconds // length})")
    return Code(f"timedelta(seconds={seconds})")


def _edges(manifest: Manifest) -> Iterator[str]:
    for task_id, task in manifest.tasks.items():
        names = [variable(name) for name in task.upstream]
        if names:
            left = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
            yield f"    {left} >> {variable(task_id)}"
