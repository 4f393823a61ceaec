"""Tasks and DAGs that only have another name now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airdesk_render.behaviour.facts import DagFacts

_ALIKE = 0.6
"""Share of tasks that two DAGs have in common where one is the other under a new name."""


def renamed_tasks(old: DagFacts, new: DagFacts) -> dict[str, str]:
    """Old id to new id of tasks that do the same work under another name, or in another group."""
    come = [name for name in new.tasks if name not in old.tasks]
    found: dict[str, str] = {}
    for name, task in old.tasks.items():
        if name in new.tasks:
            continue
        same = [
            one
            for one in come
            if new.tasks[one].operator == task.operator and new.tasks[one].work == task.work
        ]
        if same:
            # among equals the one of the same name in another group
            same.sort(key=lambda one: one.rpartition(".")[2] != name.rpartition(".")[2])
            found[name] = same[0]
            come.remove(same[0])
    return found


def renamed_dags(gone: Sequence[DagFacts], come: Sequence[DagFacts]) -> Mapping[str, str]:
    """Old id to new id of DAGs that are alike enough to be the same; each counts once."""
    pairs = sorted(
        (
            (-_likeness(old, new), old.dag_id, new.dag_id)
            for old in gone
            for new in come
            if old.dag_id != new.dag_id
        ),
    )
    found: dict[str, str] = {}
    for likeness, old_id, new_id in pairs:
        if -likeness >= _ALIKE and old_id not in found and new_id not in found.values():
            found[old_id] = new_id
    return found


def _likeness(old: DagFacts, new: DagFacts) -> float:
    """From 0 to 1: how many of both DAGs' tasks are in both; equal work counts, half for the id."""
    names = old.tasks.keys() | new.tasks.keys()
    points = 0.0
    for name in names:
        before, after = old.tasks.get(name), new.tasks.get(name)
        if before is None or after is None or before.operator != after.operator:
            continue
        points += 1.0 if before.work == after.work else 0.5
    return points / len(names)
