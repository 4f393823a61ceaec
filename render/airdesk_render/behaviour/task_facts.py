"""What one task will do, laid flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from pydantic import JsonValue

from airdesk_render.dependencies import Dependencies
from airdesk_render.language.group import Placed
from airdesk_render.language.task import FromTask, TaskCommon
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import Call, ManagedOperator, Rendering, SqlUse, shared_name
from airdesk_render.policy import Policy, TaskSettings
from airdesk_render.words import seconds_in_words


@dataclass(frozen=True)
class Sql:
    """One SQL text of a task, and how to read it; `use` as the operator tells it."""

    text: str
    use: SqlUse


@dataclass(frozen=True)
class TaskFacts:
    """What a task will do.

    Attributes:
        options: what every task may have, as Airflow will have it.
        work: the operator's own fields; names of tasks as full ids.
        connections: full ids, such as `growth.warehouse`.
        dags: other DAGs that it names, by full id. waits: whether it waits for them; else it
            starts them.
        call: what it becomes in Airflow.
    """

    id: str
    operator: str
    kind: str
    options: Mapping[str, JsonValue]
    work: Mapping[str, JsonValue]
    sql: Mapping[str, Sql]
    files: tuple[str, ...]
    connections: tuple[str, ...]
    images: tuple[str, ...]
    outlets: tuple[str, ...]
    dags: tuple[str, ...]
    waits: bool
    call: Call


@dataclass(frozen=True)
class Around:
    """What is around a task, and needed to know what it will do.

    Attributes:
        texts: of the files that travel with the DAG, by name.
    """

    manifest: Manifest
    team: Team
    policy: Policy
    links: Dependencies
    texts: Mapping[str, str]


_TIMES = ("retry_delay", "max_retry_delay", "execution_timeout")
_AIRFLOWS_OWN: Mapping[str, JsonValue] = {
    "trigger_rule": "all_success",
    "weight_rule": "downstream",
    "pool": "default_pool",
    "pool_slots": 1,
    "priority_weight": 1,
}
"""What an option is where nobody says it, so that saying it is no change."""


def _options(settings: TaskSettings) -> dict[str, JsonValue]:
    options: dict[str, JsonValue] = asdict(settings)
    del options["owner"]  # the DAG's
    for name, value in options.items():
        if value is None:
            options[name] = _AIRFLOWS_OWN.get(name)
        elif name in _TIMES and isinstance(value, int):
            options[name] = seconds_in_words(value)
    return options


def task_facts(one: Placed, task: ManagedOperator, around: Around) -> TaskFacts:
    """The facts of a task at its place."""
    manifest, team = around.manifest, around.team
    settings = around.policy.task_settings(team, manifest.data_class, task, manifest.default_args)
    options = _options(settings)
    options |= {"setup": task.setup, "doc_md": task.doc_md}
    options["teardown_of"] = _resolved(task.teardown_of, manifest, one)
    options["expand"] = _expand(task, manifest, one)
    recording = _recording(around, one)
    call = task.call(recording)
    return TaskFacts(
        id=one.id,
        operator=task.operator,
        kind=task.kind,
        options=options,
        work=_work(task, manifest, one),
        sql=dict(_sql(task, around.texts)),
        files=(*task.files(), *map(shared_name, task.shared_files())),
        connections=tuple(team.conn_id(name) for name in task.connection_names()),
        images=tuple(task.images()),
        outlets=tuple(full_asset(name, team) for name in task.outlets),
        dags=tuple(dict.fromkeys(recording.asked)),
        waits=task.is_sensor,
        call=call,
    )


def full_asset(name: str, team: Team) -> str:
    """`orders` of the own team, or `risk.exposures`, by its full name."""
    return name if "." in name else f"{team.name}.{name}"


def _work(task: ManagedOperator, manifest: Manifest, one: Placed) -> dict[str, JsonValue]:
    common = {*TaskCommon.model_fields, "operator"}
    work: dict[str, JsonValue] = task.model_dump(mode="json", by_alias=True, exclude=common)
    for name, tasks in task.task_references().items():
        full = _resolved(tasks, manifest, one)
        if isinstance(work.get(name), str) and len(full) == 1:
            work[name] = full[0]
        elif isinstance(work.get(name), list):
            work[name] = full
    return work


def _resolved(names: tuple[str, ...], manifest: Manifest, one: Placed) -> list[JsonValue]:
    return [manifest.tree.resolve(name, one.group) or name for name in names]


def _expand(task: ManagedOperator, manifest: Manifest, one: Placed) -> JsonValue:
    found: dict[str, JsonValue] = {}
    for name, values in sorted(task.expand.items()):
        if isinstance(values, FromTask):
            found[name] = {"from": _resolved((values.from_,), manifest, one)[0]}
        else:
            found[name] = list(values)
    return found or None


def _sql(task: ManagedOperator, texts: Mapping[str, str]) -> Iterator[tuple[str, Sql]]:
    for name, use in task.sql_fields.items():
        value = getattr(task, name, None)
        if isinstance(value, str):
            yield name, Sql(texts.get(value, value), use)


@dataclass(frozen=True)
class _Recording(Rendering):
    """Notes which DAGs an operator asks the ids of: exactly those that it names."""

    asked: list[str] = field(default_factory=list)

    def dag_id(self, name: str) -> str:
        found = super().dag_id(name)
        self.asked.append(found)
        return found


def _recording(around: Around, one: Placed) -> _Recording:
    links = around.links
    return _Recording(
        around.team,
        around.manifest.data_class,
        task_id=lambda name: links.resolve(name, one.group),
        first_tasks=lambda name: links.first(links.resolve(name, one.group)),
    )
