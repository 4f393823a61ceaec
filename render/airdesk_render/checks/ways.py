"""Branches: the ways they name come right after them, and no task is skipped whatever is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airdesk_render.checks.graph import Graph, found
from airdesk_render.checks.inside import where_named
from airdesk_render.checks.place import Inspection
from airdesk_render.language.group import Placed
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import ManagedOperator

_IF_ANY = frozenset((None, "all_success", "all_failed", "none_skipped"))
_IF_ALL = frozenset(("none_failed_min_one_success", "one_success", "one_failed"))
"""Rules under which a task is skipped: if any task before it was, or only if all were."""


def check_ways(inspection: Inspection, manifest: Manifest, graph: Graph) -> None:
    for task_id, task in manifest.tree.tasks.items():
        named = _ways(task)
        if not named:
            continue
        placed = manifest.tree.nodes[task_id]
        sound = graph.sound
        for field, names in named.items():
            for name in names:
                sound = _check_way(inspection, manifest, graph, placed, field, name) and sound
        if sound:
            _check_skipped(inspection, manifest, graph, placed, task)


def _ways(task: ManagedOperator) -> Mapping[str, tuple[str, ...]]:
    """Field to the tasks of which this one chooses some."""
    references = task.task_references()
    return {field: names for field, names in references.items() if field != "rows_from"}


def _check_way(
    inspection: Inspection,
    manifest: Manifest,
    graph: Graph,
    placed: Placed,
    field: str,
    name: str,
) -> bool:
    path = where_named(inspection, placed.path, field, name)
    way = found(inspection, manifest, placed, name, path, "lead to")
    if way is None:
        return False
    here = way
    while here:
        if any(wait.source == placed.id for wait in graph.waits[here]):
            return True
        here = manifest.tree.nodes[here].group
    inspection.report(
        "way-not-downstream",
        f"{name!r} must come right after this branch. Add {placed.name!r} to its upstream.",
        path,
    )
    return False


def _choices(manifest: Manifest, placed: Placed, task: ManagedOperator) -> list[frozenset[str]]:
    """The tasks that each choice follows, where it follows any."""
    from airdesk_render.operators.flow import Branch

    sets: Iterable[tuple[str, ...]]
    if isinstance(task, Branch):
        sets = (*(case.then for case in task.cases), task.otherwise)
        if task.every:
            sets = (tuple(name for names in sets for name in names),)
    else:
        sets = ((name,) for names in _ways(task).values() for name in names)
    tree = manifest.tree
    return [
        frozenset(
            member
            for name in names
            for member in tree.members(tree.resolve(name, placed.group) or name)
        )
        for names in sets
        if names
    ]


def _check_skipped(
    inspection: Inspection,
    manifest: Manifest,
    graph: Graph,
    placed: Placed,
    task: ManagedOperator,
) -> None:
    always: frozenset[str] | None = None
    for chosen in _choices(manifest, placed, task):
        skipped = _skipped(manifest, graph.upstream, placed.id, chosen)
        always = skipped if always is None else always & skipped
    for task_id in sorted(always or ()):
        before = graph.upstream[task_id]
        if before & (always or frozenset()):
            continue  # follows from another one, which is told
        one = manifest.tree.nodes[task_id]
        message = (
            f"{one.name!r} comes right after branch {placed.name!r}, which never chooses it: it is "
            "always skipped. Name it as a way."
            if before == {placed.id}
            else f"{one.name!r} waits for ways of branch {placed.name!r} that exclude each other: "
            "it is always skipped. Set trigger_rule: none_failed_min_one_success."
        )
        inspection.report("always-skipped", message, one.path, of_key=True, severity="warning")


def _skipped(
    manifest: Manifest, upstream: Mapping[str, set[str]], branch: str, chosen: frozenset[str]
) -> frozenset[str]:
    """Tasks that are skipped when the branch follows these; `upstream` is in order of running."""
    followed = set(chosen)
    for one, before in upstream.items():
        if before & followed:
            followed.add(one)
    skipped: set[str] = set()
    for one, before in upstream.items():
        passed_over = branch in before and one not in followed
        if passed_over or _is_skipped(manifest, one, before, skipped):
            skipped.add(one)
    return frozenset(skipped)


def _is_skipped(manifest: Manifest, task_id: str, before: set[str], skipped: set[str]) -> bool:
    task = manifest.tree.tasks[task_id]
    shared = manifest.default_args.trigger_rule if manifest.default_args is not None else None
    rule = task.trigger_rule or shared
    if task.teardown_of or not before & skipped:
        return False
    return rule in _IF_ANY or (rule in _IF_ALL and before <= skipped)
