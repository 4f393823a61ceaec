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
    """One entry that makes a task or group wait for another; `path` is where it stands."""

    source: str
    path: Path


Waits = dict[str, list[Wait]]
"""Full id to what it waits for, as the manifest says it: groups are not resolved to members."""


def check_graph(inspection: Inspection, manifest: Manifest) -> Waits:
    """Findings about references and rounds; what waits for what, as far as it is sound."""
    waits: Waits = {full_id: [] for full_id in manifest.tree.nodes}
    for one in manifest.tree.nodes.values():
        if inspection.is_full:
            break
        _check_upstream(inspection, manifest, one, waits)
        for name, path in _implied(one):
            full_id = found(inspection, manifest, one, name, path)
            if full_id:
                waits[one.id].append(Wait(full_id, path))
    _check_rounds(inspection, manifest, waits)
    return waits


def found(
    inspection: Inspection, manifest: Manifest, at: Placed, name: str, path: Path
) -> str | None:
    """Full id of a task or group that `at` names; else `None`, with a finding that says so."""
    full_id = resolve(inspection, manifest, name, at.group)
    if full_id is None:
        near = (one.removeprefix(f"{at.group}.") for one in manifest.tree.nodes)
        inspection.report(
            "unknown-task",
            f"There is no task or group {name!r} here.",
            path,
            suggestion=meant(name, near),
        )
    elif full_id == at.id or at.id.startswith(f"{full_id}."):
        what = "itself" if full_id == at.id else f"the group {full_id!r} that it is in"
        inspection.report("cycle", f"{at.id!r} cannot wait for {what}.", path)
        return None
    elif full_id.startswith(f"{at.id}."):
        inspection.report("cycle", f"Group {at.id!r} cannot wait for its own {name!r}.", path)
        return None
    return full_id or None


def _check_upstream(inspection: Inspection, manifest: Manifest, one: Placed, waits: Waits) -> None:
    seen: set[str] = set()
    for index, name in enumerate(one.node.upstream):
        path = (*one.path, "upstream", index)
        full_id = found(inspection, manifest, one, name, path)
        if full_id is None:
            continue
        if full_id in seen:
            inspection.report("duplicate-value", f"{name!r} is named twice.", path)
        else:
            waits[one.id].append(Wait(full_id, path))
        seen.add(full_id)


def _implied(one: Placed) -> Iterator[tuple[str, Path]]:
    """Names that a task waits for without saying `upstream`."""
    if isinstance(one.node, TaskGroup):
        return
    for field, values in one.node.expand.items():
        if isinstance(values, FromTask):
            yield values.from_, (*one.path, "expand", field, "from")
    for index, name in enumerate(one.node.teardown_of):
        yield name, (*one.path, "teardown_of", index)


def _check_rounds(inspection: Inspection, manifest: Manifest, waits: Waits) -> None:
    trail = _cycle(_edges(manifest, waits))
    if not trail:
        return
    names = list(dict.fromkeys(name.rstrip("<>") for name in trail))
    first = next((name for name in names if waits[name]), names[0])
    names = names[names.index(first) :] + names[: names.index(first)]
    following = set(names)
    entry = next((wait for wait in waits[first] if _leads_to(wait.source, following)), None)
    inspection.report(
        "cycle",
        f"None of these could start: {' waits for '.join((*names, names[0]))}.",
        entry.path[:-1]
        if entry and isinstance(entry.path[-1], int)
        else entry.path
        if entry
        else (),
    )


def _leads_to(source: str, names: set[str]) -> bool:
    return any(name == source or name.startswith(f"{source}.") for name in names)


def _edges(manifest: Manifest, waits: Waits) -> dict[str, list[str]]:
    """Id to ids it waits for; a group has a beginning `id<` and an end `id>`."""
    nodes = manifest.tree.nodes
    edges: dict[str, list[str]] = {}
    for one in nodes.values():
        is_group = isinstance(one.node, TaskGroup)
        here = f"{one.id}<" if is_group else one.id
        end = f"{one.id}>" if is_group else one.id
        targets = [
            f"{wait.source}>" if isinstance(nodes[wait.source].node, TaskGroup) else wait.source
            for wait in waits[one.id]
        ]
        edges.setdefault(here, []).extend(targets)
        if one.group:
            edges[here].append(f"{one.group}<")
            edges.setdefault(f"{one.group}>", []).append(end)
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


def ancestors(manifest: Manifest, waits: Waits, task_id: str) -> frozenset[str]:
    """Full ids of all tasks that must have ended before this one starts."""
    edges = _edges(manifest, waits)
    reached: set[str] = set()
    waiting = [task_id]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return frozenset(name for name in reached if name in manifest.tree.tasks)
