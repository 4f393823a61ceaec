"""Setup and teardown, and trigger rules."""

from __future__ import annotations

from airdesk_render.checks.graph import Graph
from airdesk_render.checks.place import Inspection
from airdesk_render.language.group import Placed
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import ManagedOperator


def check_setups(inspection: Inspection, manifest: Manifest, graph: Graph) -> None:
    for task_id, task in manifest.tree.tasks.items():
        placed = manifest.tree.nodes[task_id]
        if task.teardown_of:
            _check_teardown(inspection, manifest, placed, task)
        elif task.trigger_rule not in (None, "all_success"):
            _check_alone(inspection, manifest, graph, placed, task)
    if graph.sound and any(task.setup for task in manifest.tree.tasks.values()):
        _check_after_setups(inspection, manifest, graph)


def _check_teardown(
    inspection: Inspection, manifest: Manifest, placed: Placed, task: ManagedOperator
) -> None:
    if task.setup:
        inspection.report(
            "setup-and-teardown",
            "A task either prepares or clears away. Remove setup or teardown_of.",
            (*placed.path, "setup"),
        )
    if task.trigger_rule is not None:
        inspection.report(
            "teardown-trigger-rule",
            "A teardown runs when its setup succeeded and all between is done. "
            "Remove trigger_rule.",
            (*placed.path, "trigger_rule"),
        )
    for index, name in enumerate(task.teardown_of):
        source = manifest.tree.resolve(name, placed.group)
        if source is None:
            continue
        prepared = manifest.tree.tasks.get(source)
        if prepared is None or not prepared.setup:
            what = "a group" if prepared is None else "no setup"
            message = f"{name!r} is {what}. Name a task that has setup: true."
            inspection.report("not-a-setup", message, (*placed.path, "teardown_of", index))


def _check_alone(
    inspection: Inspection,
    manifest: Manifest,
    graph: Graph,
    placed: Placed,
    task: ManagedOperator,
) -> None:
    here: str = placed.id
    while here:
        if graph.waits[here]:
            return
        here = manifest.tree.nodes[here].group
    if inspection.absent:
        return
    path = (*placed.path, "trigger_rule")
    if inspection.effective.written(path)[0] is None:
        inspection.report(
            "no-effect",
            f"Nothing comes before {placed.name!r}, so there is nothing for "
            f"{task.trigger_rule} to look at. Remove trigger_rule.",
            path,
            severity="warning",
        )


def _check_after_setups(inspection: Inspection, manifest: Manifest, graph: Graph) -> None:
    """Airflow refuses any other rule than all_success right after a setup."""
    tasks = manifest.tree.tasks
    shared = manifest.default_args.trigger_rule if manifest.default_args is not None else None
    for task_id, upstream in graph.upstream.items():
        task = tasks[task_id]
        rule = task.trigger_rule or shared
        if task.teardown_of or rule in (None, "all_success"):
            continue
        setups = sorted(one for one in upstream if tasks[one].setup)
        if setups:
            inspection.report(
                "after-setup",
                f"Right after setup {setups[0]!r} only trigger_rule: all_success will do.",
                (*manifest.tree.nodes[task_id].path, "trigger_rule")
                if task.trigger_rule
                else ("default_args", "trigger_rule"),
            )
