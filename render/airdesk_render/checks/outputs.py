"""What tasks take from each other: rows for messages and conditions, values to map over."""

from __future__ import annotations

from airdesk_render.checks.graph import Graph, found
from airdesk_render.checks.inside import where_named
from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path
from airdesk_render.language.group import Placed
from airdesk_render.language.task import FromTask
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import ManagedOperator


def check_outputs(inspection: Inspection, manifest: Manifest, graph: Graph) -> None:
    for task_id, task in manifest.tree.tasks.items():
        placed = manifest.tree.nodes[task_id]
        for name in task.task_references().get("rows_from", ()):
            path = where_named(inspection, placed.path, "rows_from", name)
            _check_rows(inspection, manifest, graph, placed, name, path)
        for field, values in task.expand.items():
            if isinstance(values, FromTask):
                path = (*placed.path, "expand", field, "from")
                _check_from(inspection, manifest, placed, values.from_, path)
        if manifest.data_class == "pii":
            for field, sentence in task.leaks().items():
                inspection.report("pii-rows", sentence, (*placed.path, field))


def _check_rows(
    inspection: Inspection,
    manifest: Manifest,
    graph: Graph,
    at: Placed,
    name: str,
    path: Path,
) -> None:
    source = found(inspection, manifest, at, name, path, "take rows from")
    if source is None:
        return
    task = manifest.tree.tasks.get(source)
    if task is None or not task.has_rows:
        queries = _with_rows(manifest, at)
        inspection.report(
            "rows-from-not-query",
            f"{name!r} has no rows: only queries have.",
            path,
            suggestion=queries[0] if len(queries) == 1 else None,
        )
    elif task.expand:
        inspection.report(
            "rows-from-not-query",
            f"{name!r} runs once per value, so there is not one table of its rows.",
            path,
        )
    elif source not in graph.ancestors(at.id):
        inspection.report(
            "rows-from-not-upstream",
            f"{name!r} may not have run by then. Add it to upstream of {at.name!r}.",
            path,
        )


def _with_rows(manifest: Manifest, at: Placed) -> list[str]:
    return [
        task_id.removeprefix(f"{at.group}.")
        for task_id, task in manifest.tree.tasks.items()
        if task.has_rows and not task.expand
    ]


def _check_from(
    inspection: Inspection, manifest: Manifest, at: Placed, name: str, path: Path
) -> None:
    source = manifest.tree.resolve(name, at.group)
    if source is None:
        return
    task: ManagedOperator | None = manifest.tree.tasks.get(source)
    if task is None:
        message = f"{name!r} is a group. Name the task in it whose output is mapped over."
        inspection.report("expand-from", message, path)
    elif task.has_rows and not task.expand:
        inspection.report(
            "expand-from",
            f"The output of {name!r} is one table (columns, rows, total), not a list to map over. "
            "Let a python_function make the list.",
            path,
        )
