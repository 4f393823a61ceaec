"""Which task waits for which: references that lead somewhere, and no rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from airdesk_render.checks.place import Inspection, meant, resolve
from airdesk_render.dependencies import Dependencies
from airdesk_render.document import Path
from airdesk_render.language.group import Placed, TaskGroup
from airdesk_render.language.task import FromTask
from airdesk_render.manifest import Manifest


@dataclass(frozen=True)
class Wait:
    """One entry that makes a task or group wait for `source`; `path` is where it stands."""

    source: str
    path: Path


Waits = dict[str, list[Wait]]
"""Full id to what it waits for, as the manifest says it: groups are not taken apart."""


MOST_TASKS = 500
"""Of larger DAGs only what is quickly found is told; policy allows far fewer tasks."""


class Graph:
    """What waits for what.

    Attributes:
        sound: whether every reference leads somewhere, there are no rounds, and the DAG is small
            enough to follow every way through it.
        edges: id to ids that it waits for; a group has a beginning `id<` and an end `id>`.
    """

    def __init__(self, manifest: Manifest, waits: Waits, *, sound: bool) -> None:
        self.waits = waits
        self.edges = _edges(manifest, waits)
        self.sound = sound and len(manifest.tree.tasks) <= MOST_TASKS
        self._tree = manifest.tree
        self._ancestors: dict[str, frozenset[str]] = {}

    def ancestors(self, full_id: str) -> frozenset[str]:
        """Ids of all that must have ended before this one starts."""
        if full_id not in self._ancestors:
            reached: set[str] = set()
            waiting = [full_id]
            while waiting:
                for name in self.edges.get(waiting.pop(), ()):
                    if name not in reached:
                        reached.add(name)
                        waiting.append(name)
            self._ancestors[full_id] = frozenset(reached)
        return self._ancestors[full_id]

    @cached_property
    def upstream(self) -> Mapping[str, set[str]]:
        """Task to the tasks right before it, as Airflow will have them; in order of running.

        For a sound graph.
        """
        upstream = Dependencies(self._tree).upstream
        try:
            return {name: upstream[name] for name in TopologicalSorter(upstream).static_order()}
        except CycleError:  # by a group of nothing but teardowns, which Airflow reads its own way
            return {}


def check_graph(inspection: Inspection, manifest: Manifest) -> Graph:
    """Findings about references and rounds; what waits for what, as far as it is sound."""
    waits: Waits = {full_id: [] for full_id in manifest.tree.nodes}
    sound = not inspection.absent
    for one in manifest.tree.nodes.values():
        seen: set[str] = set()
        for name, path in _references(one):
            full_id = found(inspection, manifest, one, name, path)
            sound = sound and full_id is not None
            if full_id is None:
                continue
            listed = path[-2] == "upstream"
            sound = sound and (listed or full_id in manifest.tree.tasks)
            if full_id in seen and listed:
                inspection.report("duplicate-value", f"{name!r} is named twice.", path)
            elif full_id not in seen:
                waits[one.id].append(Wait(full_id, path))
                seen.add(full_id)
        if inspection.is_full:
            break
    graph = Graph(manifest, waits, sound=sound and not inspection.is_full)
    if (trail := _cycle(graph.edges)) != ():
        graph.sound = False
        _report_round(inspection, waits, trail)
    return graph


def found(
    inspection: Inspection,
    manifest: Manifest,
    at: Placed,
    name: str,
    path: Path,
    does: str = "wait for",
) -> str | None:
    """Full id of a task or group that `at` names; else `None`, with a finding that says so.

    Args:
        does: what `at` would do with it.
    """
    full_id = resolve(inspection, manifest, name, at.group)
    if full_id is None:
        near = {one.removeprefix(f"{at.group}.") for one in manifest.tree.nodes} - {at.name}
        inspection.report(
            "unknown-task",
            f"There is no task or group {name!r} here.",
            path,
            suggestion=meant(name, near) or meant(name, (at.name,)),
        )
    elif full_id == at.id or at.id.startswith(f"{full_id}."):
        what = "itself" if full_id == at.id else f"the group {full_id!r} that it is in"
        inspection.report("cycle", f"{at.id!r} cannot {does} {what}.", path)
        return None
    elif full_id.startswith(f"{at.id}."):
        inspection.report("cycle", f"Group {at.id!r} cannot {does} its own {name!r}.", path)
        return None
    return full_id or None


def _references(one: Placed) -> Iterator[tuple[str, Path]]:
    """Names that a task or group waits for: `upstream`, and what it waits for without saying so."""
    for index, name in enumerate(one.node.upstream):
        yield name, (*one.path, "upstream", index)
    if isinstance(one.node, TaskGroup):
        return
    for field, values in one.node.expand.items():
        if isinstance(values, FromTask):
            yield values.from_, (*one.path, "expand", field, "from")
    for index, name in enumerate(one.node.teardown_of):
        yield name, (*one.path, "teardown_of", index)


def _report_round(inspection: Inspection, waits: Waits, trail: tuple[str, ...]) -> None:
    names = list(dict.fromkeys(name.rstrip("<>") for name in trail))
    first = next((name for name in names if waits[name]), names[0])
    names = names[names.index(first) :] + names[: names.index(first)]
    entry = next((one for one in waits[first] if _leads_to(one.source, names)), waits[first][0])
    listed = isinstance(entry.path[-1], int)
    inspection.report(
        "cycle",
        f"None of these could start: {' waits for '.join((*names, names[0]))}.",
        entry.path[:-1] if listed else entry.path,
    )


def _leads_to(source: str, names: list[str]) -> bool:
    return any(name == source or name.startswith(f"{source}.") for name in names)


def _edges(manifest: Manifest, waits: Waits) -> dict[str, list[str]]:
    nodes = manifest.tree.nodes
    edges: dict[str, list[str]] = {}
    for one in nodes.values():
        here = f"{one.id}<" if isinstance(one.node, TaskGroup) else one.id
        targets = [
            f"{wait.source}>" if isinstance(nodes[wait.source].node, TaskGroup) else wait.source
            for wait in waits[one.id]
        ]
        edges.setdefault(here, []).extend(targets)
        if not one.group:
            continue
        edges[here].append(f"{one.group}<")
        if isinstance(one.node, TaskGroup):
            edges.setdefault(f"{one.group}>", []).append(f"{one.id}>")
        elif not one.node.teardown_of:  # what clears away is not waited for
            edges.setdefault(f"{one.group}>", []).append(one.id)
    return edges


def _cycle(edges: dict[str, list[str]]) -> tuple[str, ...]:
    """The first round of ids, each waiting for the one after it; empty if there is none."""
    done: set[str] = set()
    for start in edges:
        trail: dict[str, None] = {}
        stack = [(start, iter(edges[start]))] if start not in done else []
        while stack:
            node, rest = stack[-1]
            trail.setdefault(node)
            following = next((name for name in rest if name not in done), None)
            if following is None:
                done.add(node)
                stack.pop()
                del trail[node]
            elif following in trail:
                names = list(trail)
                return tuple(names[names.index(following) :])
            else:
                stack.append((following, iter(edges.get(following, ()))))
    return ()
