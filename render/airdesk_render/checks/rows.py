"""Rows of a query on their way into a message."""

from __future__ import annotations

from airdesk_render.checks.graph import Waits, ancestors, found
from airdesk_render.checks.place import Inspection
from airdesk_render.manifest import Manifest


def check_rows(inspection: Inspection, manifest: Manifest, waits: Waits) -> None:
    for one in manifest.tree.nodes.values():
        for name in (
            manifest.tree.tasks[one.id].task_references().get("rows_from", ())
            if one.id in manifest.tree.tasks
            else ()
        ):
            _check(inspection, manifest, waits, one, name)


def _check(inspection, manifest, waits, one, name):
    path = (*one.path, "rows_from")
    source = found(inspection, manifest, one, name, path)
    queries = [task_id for task_id, task in manifest.tree.tasks.items() if task.has_rows]
    if source is None:
        return
    task = manifest.tree.tasks.get(source)
    if task is None or not task.has_rows:
        inspection.report(
            "rows-from-not-query",
            f"{name!r} has no rows: only queries have.",
            path,
            suggestion=queries[0] if len(queries) == 1 else None,
        )
    elif source not in ancestors(manifest, waits, one.id):
        inspection.report(
            "rows-from-not-upstream",
            f"{name!r} may not have run by then. Add it to upstream of {one.name!r}.",
            path,
        )
    if manifest.data_class == "pii":
        inspection.report(
            "pii-rows",
            "Rows of pii data must not leave the database in a message. Remove rows_from.",
            path,
        )
