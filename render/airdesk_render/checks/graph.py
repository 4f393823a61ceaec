"""Which task waits for which."""

from __future__ import annotations

from airdesk_render.checks.place import Inspection, meant
from airdesk_render.manifest import Manifest
from airdesk_render.operators.slack_message import SlackMessage
from airdesk_render.operators.sql import SqlQuery


def check_graph(inspection: Inspection, manifest: Manifest) -> None:
    tasks = manifest.tasks
    for task_id, task in tasks.items():
        if inspection.is_full:
            return
        for index, name in enumerate(task.upstream):
            path = ("tasks", task_id, "upstream", index)
            if name == task_id:
                inspection.report("cycle", f"Task {task_id!r} cannot wait for itself.", path)
            elif name not in tasks and not inspection.is_set_aside(("tasks", name)):
                inspection.report(
                    "unknown-task",
                    f"There is no task {name!r} to wait for.",
                    path,
                    suggestion=meant(name, tasks),
                )
            elif name in task.upstream[:index]:
                inspection.report("duplicate-value", f"{name!r} is named twice.", path)
    if (cycle := _cycle(manifest)) is not None:
        round_trip = " waits for ".join((*cycle, cycle[0]))
        inspection.report(
            "cycle",
            f"None of these could start: {round_trip}.",
            ("tasks", cycle[0], "upstream"),
        )
    for task_id, task in tasks.items():
        if isinstance(task, SlackMessage) and task.rows_from is not None:
            _check_rows(inspection, manifest, task_id, task.rows_from)


def _cycle(manifest: Manifest) -> tuple[str, ...] | None:
    """The first cycle of two or more tasks, each waiting for the one after it."""
    edges = {
        task_id: [name for name in task.upstream if name in manifest.tasks and name != task_id]
        for task_id, task in manifest.tasks.items()
    }
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        stack = [(start, iter(edges[start]))] if start not in done else []
        while stack:
            task_id, rest = stack[-1]
            if len(trail) < len(stack):
                trail.append(task_id)
            following = next((name for name in rest if name not in done), None)
            if following is None:
                done.add(task_id)
                stack.pop()
                trail.pop()
            elif following in trail:
                return tuple(trail[trail.index(following) :])
            else:
                stack.append((following, iter(edges[following])))
    return None


def ancestors(manifest: Manifest, task_id: str) -> frozenset[str]:
    """All tasks that must have ended before this one starts."""
    found: set[str] = set()
    waiting = [task_id]
    while waiting:
        task = manifest.tasks.get(waiting.pop())
        for name in task.upstream if task is not None else ():
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _check_rows(inspection: Inspection, manifest: Manifest, task_id: str, source: str) -> None:
    path = ("tasks", task_id, "rows_from")
    queries = [name for name, task in manifest.tasks.items() if isinstance(task, SqlQuery)]
    if inspection.is_set_aside(("tasks", source)):
        return
    if source not in manifest.tasks:
        inspection.report(
            "unknown-task", f"There is no task {source!r}.", path, suggestion=meant(source, queries)
        )
    elif source not in queries:
        inspection.report(
            "rows-from-not-query",
            f"{source!r} has no rows: only sql_query tasks have.",
            path,
            suggestion=queries[0] if len(queries) == 1 else None,
        )
    elif source not in ancestors(manifest, task_id):
        inspection.report(
            "rows-from-not-upstream",
            f"{source!r} may not have run by then. Add it to upstream of {task_id!r}.",
            path,
        )
    if manifest.data_class == "pii":
        inspection.report(
            "pii-rows",
            "Rows of pii data must not leave the database in a message. Remove rows_from.",
            path,
        )
