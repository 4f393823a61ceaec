"""Both states of a DAG's graph in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.renames import renamed_tasks
from airdesk_render.behaviour.shapes import Change, Edge, Graph, Node, State


def graph_of(old: DagFacts | None, new: DagFacts | None, changes: Collection[Change]) -> Graph:
    """Tasks and groups with what becomes of them; a renamed task is shown once, as changed."""
    renames = renamed_tasks(old, new) if old is not None and new is not None else {}
    sides = [side for side in (new, old) if side is not None]
    touched = _touched(sides, changes)
    nodes: dict[str, Node] = {}
    for side in sides:
        here = renames if side is old else {}
        for name in side.upstream:
            known = here.get(name, name)
            if known not in nodes:
                state = _state(known, name, old, new, renames, touched)
                nodes[known] = _node(known, side, name, state)
    edges = _edges(old, new, renames)
    return Graph(nodes=tuple(nodes.values()), edges=edges)


def _touched(sides: list[DagFacts], changes: Collection[Change]) -> frozenset[str]:
    """Tasks that a change is about, also by a file that they use."""
    subjects = {change.subject for change in changes if change.risk != "none"}
    by_file = {
        task.id
        for side in sides
        for task in side.tasks.values()
        if not subjects.isdisjoint(task.files)
    }
    return frozenset(subjects | by_file)


def _state(
    known: str,
    name: str,
    old: DagFacts | None,
    new: DagFacts | None,
    renames: Mapping[str, str],
    touched: frozenset[str],
) -> State:
    was = {now: before for before, now in renames.items()}.get(known, name)
    if old is None or was not in old.upstream:
        return "added"
    if new is None or known not in new.upstream:
        return "removed"
    return "changed" if known in touched or was != known else "same"


def _node(known: str, side: DagFacts, name: str, state: State) -> Node:
    task = side.tasks.get(name)
    return Node(
        id=known,
        group=known.rpartition(".")[0],
        is_group=task is None,
        operator=task.operator if task is not None else "",
        state=state,
    )


def _edges(
    old: DagFacts | None, new: DagFacts | None, renames: Mapping[str, str]
) -> tuple[Edge, ...]:
    before = {
        (renames.get(source, source), renames.get(target, target)): None
        for target, sources in (old.upstream if old else {}).items()
        for source in sorted(sources)
    }
    after = {
        (source, target): None
        for target, sources in (new.upstream if new else {}).items()
        for source in sorted(sources)
    }
    found = []
    for edge in {**after, **before}:
        state: State = "same"
        if edge not in before:
            state = "added"
        elif edge not in after:
            state = "removed"
        found.append(Edge(source=edge[0], target=edge[1], state=state))
    return tuple(found)
