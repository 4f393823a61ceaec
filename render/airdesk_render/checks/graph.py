"""Which task waits for which: references that lead somewhere, and no rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from airdesk_render.checks.place import Inspection, meant, resolve
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


@dataclass(frozen=True)
class Graph:
    """What waits for what.

    Attributes:
        sound: whether every reference leads somewhere, and there are no rounds.
    """

    waits: Waits
    sound: bool


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
            if full_id in seen and "upstream" in path[-2:-1]:
                inspection.report("duplicate-value", f"{name!r} is named twice.", path)
            elif full_id not in seen:
                waits[one.id].append(Wait(full_id, path))
                seen.add(full_id)
        if inspection.is_full:
            break
    return Graph(waits, _check_rounds(inspection, manifest, waits) and sound)


def found(
    inspection: Inspection, manifest: Manifest, at: Placed, name: str, path: Path
) -> str | None:
    """Full id of a task or group that `at` names; else `None`, with a finding that says so."""
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
        inspection.report("cycle", f"{at.id!r} cannot wait for {what}.", path)
        return None
    elif full_id.startswith(f"{at.id}."):
        inspection.report("cycle", f"Group {at.id!r} cannot wait for its own {name!r}.", path)
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


def _check_rounds(inspection: Inspection, manifest: Manifest, waits: Waits) -> bool:
    trail = _cycle(edges_of(manifest, waits))
    if not trail:
        return True
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
    return False


def _leads_to(source: str, names: list[str]) -> bool:
    return any(name == source or name.startswith(f"{source}.") for name in names)


def edges_of(manifest: Manifest, waits: Waits) -> dict[str, list[str]]:
    """Id to ids that it waits for; a group has a beginning `id<` and an end `id>`."""
    nodes = manifest.tree.nodes
    edges: dict[str, list[str]] = {}
    for one in nodes.values():
        is_group = isinstance(one.node, TaskGroup)
        here = f"{one.id}<" if is_group else one.id
        targets = [
            f"{wait.source}>" if isinstance(nodes[wait.source].node, TaskGroup) else wait.source
            for wait in waits[one.id]
        ]
        edges.setdefault(here, []).extend(targets)
        if one.group:
            edges[here].append(f"{one.group}<")
            edges.setdefault(f"{one.group}>", []).append(f"{one.id}>" if is_group else one.id)
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


def ancestors(manifest: Manifest, waits: Waits, full_id: str) -> frozenset[str]:
    """Full ids of all tasks that must have ended before this one starts."""
    edges = edges_of(manifest, waits)
    reached: set[str] = set()
    waiting = [full_id]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return frozenset(name for name in reached if name in manifest.tree.tasks)
