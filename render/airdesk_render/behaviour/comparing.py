"""Two DAGs side by side: each difference as a change, not yet judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.renames import renamed_tasks
from airdesk_render.behaviour.shapes import Change
from airdesk_render.behaviour.tables import table_changes
from airdesk_render.behaviour.task_facts import TaskFacts
from airdesk_render.behaviour.texts import changed_value, file_changes
from airdesk_render.words import schedule_in_words

_ANEW = "Airflow knows it by its id: its history stays with the old one."


def changes_between(old: DagFacts, new: DagFacts) -> list[Change]:
    """All differences between two DAGs, the DAG's own first."""
    renames = renamed_tasks(old, new)
    return [
        *_renamed(old, new),
        *_schedule(old, new),
        *_fields("dag", "", old.head, new.head),
        *_named("param", old.params, new.params),
        *_named("group", old.groups, new.groups),
        *_tasks(old, new, renames),
        *_dependencies(old, new, renames),
        *_sets("connection", _connections(old), _connections(new)),
        *_sets("image", _images(old), _images(new)),
        *_sets("outlet", _outlets(old), _outlets(new)),
        *file_changes(old.files, new.files),
    ]


def changes_of_new(new: DagFacts) -> list[Change]:
    """What comes with a DAG that was not there."""
    return [
        Change(
            kind="dag.added",
            after=[f"{name} ({task.operator})" for name, task in new.tasks.items()],
        ),
        *_sets("connection", {}, _connections(new)),
        *_sets("image", {}, _images(new)),
        *_sets("outlet", {}, _outlets(new)),
    ]


def changes_of_gone(old: DagFacts) -> list[Change]:
    """What goes with a DAG that will not be there any more."""
    return [
        Change(
            kind="dag.removed",
            before=old.dag_id,
            note="Airflow keeps its history, but no run starts any more.",
        ),
        *_sets("connection", _connections(old), {}),
        *_sets("outlet", _outlets(old), {}),
    ]


def _renamed(old: DagFacts, new: DagFacts) -> Iterator[Change]:
    if old.dag_id != new.dag_id:
        yield Change(kind="dag.renamed", before=old.dag_id, after=new.dag_id, note=_ANEW)


def _schedule(old: DagFacts, new: DagFacts) -> Iterator[Change]:
    before, after = old.schedule, new.schedule
    if old.rhythm != new.rhythm:
        words = schedule_in_words(before), schedule_in_words(after)
        yield Change(kind="dag.schedule", before=words[0], after=words[1])
    if before is None or after is None:
        return
    for name in ("start_date", "end_date", "catchup"):
        value: JsonValue
        was, value = (_plain(getattr(one, name)) for one in (before, after))
        if was != value:
            yield Change(kind=f"dag.{name}", before=was, after=value)


def _plain(value: object) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    return str(value)


def _fields(
    kind: str, subject: str, old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]
) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield changed_value(f"{kind}.{name}", subject, old.get(name), new.get(name))


def _named(
    kind: str,
    old: Mapping[str, Mapping[str, JsonValue]],
    new: Mapping[str, Mapping[str, JsonValue]],
) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            yield Change(kind=f"{kind}.added", subject=name, after=dict(new[name]))
        elif name not in new:
            yield Change(kind=f"{kind}.removed", subject=name, before=dict(old[name]))
        else:
            yield from _fields(kind, name, old[name], new[name])


def _tasks(old: DagFacts, new: DagFacts, renames: Mapping[str, str]) -> Iterator[Change]:
    was = {now: before for before, now in renames.items()}
    for name, task in new.tasks.items():
        if name in was:
            yield Change(
                kind="task.renamed", subject=name, before=was[name], after=name, note=_ANEW
            )
        before = old.tasks.get(was.get(name, name))
        if before is None:
            yield Change(kind="task.added", subject=name, after=_summary(task))
            yield from table_changes(None, task)
        else:
            yield from _task(before, task, rendered_apart=old.catalogue != new.catalogue)
    for name, task in old.tasks.items():
        if name not in new.tasks and name not in renames:
            yield Change(kind="task.removed", subject=name, before=_summary(task))


def _task(old: TaskFacts, new: TaskFacts, *, rendered_apart: bool) -> Iterator[Change]:
    if old.operator != new.operator:
        yield Change(kind="task.operator", subject=new.id, before=old.operator, after=new.operator)
    yield from _fields("task.work", new.id, old.work, new.work)
    yield from _fields("task", new.id, old.options, new.options)
    yield from table_changes(old, new)
    same_words = old.operator == new.operator and old.work == new.work
    if rendered_apart and same_words and old.call != new.call:
        yield Change(
            kind="task.call",
            subject=new.id,
            before=_call(old, new),
            after=_call(new, old),
            note="The catalogue makes something else of the same words.",
        )


def _call(task: TaskFacts, other: TaskFacts) -> dict[str, JsonValue]:
    """The Airflow operator, with those arguments that the other side has not."""
    arguments = {
        name: str(value)
        for name, value in task.call.arguments.items()
        if name not in other.call.arguments or other.call.arguments[name] != value
    }
    return {"operator": f"{task.call.module}.{task.call.name}", **arguments}


def _summary(task: TaskFacts) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"operator": task.operator, "queue": task.options.get("queue")}
    if task.connections:
        found["connections"] = list(task.connections)
    return found


def _dependencies(old: DagFacts, new: DagFacts, renames: Mapping[str, str]) -> Iterator[Change]:
    """Those between tasks that stay; what comes and goes with a task is said with the task."""
    before = {
        (renames.get(source, source), renames.get(target, target))
        for target, sources in old.upstream.items()
        for source in sources
    }
    after = {(source, target) for target, sources in new.upstream.items() for source in sources}
    stay = {renames.get(name, name) for name in old.upstream} & new.upstream.keys()
    for word, edges in (("removed", before - after), ("added", after - before)):
        for source, target in sorted(edges):
            if source in stay and target in stay:
                names: JsonValue = [source, target]
                before_that, after_that = (names, None) if word == "removed" else (None, names)
                yield Change(
                    kind=f"dependency.{word}",
                    subject=target,
                    before=before_that,
                    after=after_that,
                )


Uses = Mapping[str, tuple[str, ...]]
"""Name of a connection, image or asset to the tasks that use it."""


def _connections(facts: DagFacts) -> Uses:
    return _by_name({name: task.connections for name, task in facts.tasks.items()})


def _images(facts: DagFacts) -> Uses:
    return _by_name({name: task.images for name, task in facts.tasks.items()})


def _outlets(facts: DagFacts) -> Uses:
    return _by_name({name: task.outlets for name, task in facts.tasks.items()})


def _by_name(names: Mapping[str, tuple[str, ...]]) -> Uses:
    found: dict[str, tuple[str, ...]] = {}
    for task, used in names.items():
        for name in dict.fromkeys(used):
            found[name] = (*found.get(name, ()), task)
    return found


def _sets(kind: str, old: Uses, new: Uses) -> Iterator[Change]:
    for name in sorted(new.keys() - old.keys()):
        yield Change(kind=f"{kind}.added", subject=name, after=list(new[name]))
    for name in sorted(old.keys() - new.keys()):
        yield Change(kind=f"{kind}.removed", subject=name, before=list(old[name]))
