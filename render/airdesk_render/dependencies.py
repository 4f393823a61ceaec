"""Which task runs after which once Airflow has read a DAG: groups taken apart into their tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from airdesk_render.language.group import TaskGroup, Tree
from airdesk_render.language.task import FromTask, TaskCommon


@dataclass(frozen=True)
class Link:
    """One arrow as a person would write it: tasks or groups, by full id, before another."""

    upstream: tuple[str, ...]
    downstream: str


class Dependencies:
    """The arrows of a manifest, and what they mean for its tasks.

    An arrow to a group goes to the tasks with which the group begins, one from it comes from
    those with which it ends. Both follow from the arrows inside, so these are drawn first.

    Attributes:
        links: arrows in the order in which they must be drawn, without those that follow from
            `expand` and `teardown_of`.
        upstream: full id of each task to those of the tasks right before it.

    Raises:
        ValueError: a name leads nowhere; the check would have said so.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.upstream: dict[str, set[str]] = {task_id: set() for task_id in tree.tasks}
        self._teardowns = {task_id for task_id, task in tree.tasks.items() if task.teardown_of}
        self._setups = {task_id for task_id, task in tree.tasks.items() if task.setup}
        for task_id, task in tree.tasks.items():
            self._imply(task_id, task)
        self.links: tuple[Link, ...] = tuple(self._drawn(_sorted(tree, self.resolve)))

    def resolve(self, name: str, group: str) -> str:
        """Full id of the task or group that `name` means inside `group`."""
        found = self._tree.resolve(name, group)
        if found is None:
            raise ValueError(f"There is no task {name!r} in {group or 'the DAG'}.")
        return found

    def mapped_over(self, task_id: str) -> tuple[str, ...]:
        """Full ids of the tasks whose output a task is mapped over."""
        task = self._tree.tasks[task_id]
        group = task_id.rpartition(".")[0]
        return tuple(
            self.resolve(values.from_, group)
            for values in task.expand.values()
            if isinstance(values, FromTask)
        )

    def first(self, full_id: str) -> tuple[str, ...]:
        """Full ids of the tasks with which a group begins; a task is its own."""
        members = self._tree.members(full_id)
        inside = set(members)
        return tuple(one for one in members if self.upstream[one].isdisjoint(inside)) or members

    def last(self, full_id: str) -> tuple[str, ...]:
        """Full ids of the tasks with which a group ends; what clears away does not count."""
        members = self._tree.members(full_id)
        inside = set(members)
        found: dict[str, None] = {}
        for one in members:
            if not self._has_downstream(one, inside):
                found.update(dict.fromkeys(self._before_teardown(one, inside)))
        return tuple(found)

    def _imply(self, task_id: str, task: TaskCommon) -> None:
        group = task_id.rpartition(".")[0]
        setups = {self.resolve(name, group) for name in task.teardown_of}
        self._setups |= setups
        self.upstream[task_id] |= setups | set(self.mapped_over(task_id))

    def _drawn(self, links: list[Link]) -> Iterator[Link]:
        for link in links:
            sources = tuple(one for name in link.upstream for one in self._sources(name))
            implied = () if self._is_group(link.downstream) else self.upstream[link.downstream]
            wanted = tuple(dict.fromkeys(one for one in sources if one not in implied))
            if not wanted:
                continue
            for target in self.first(link.downstream):
                for name in wanted:
                    self.upstream[target].update(
                        self.last(name) if self._is_group(name) else (name,)
                    )
            yield Link(wanted, link.downstream)

    def _sources(self, full_id: str) -> tuple[str, ...]:
        """Itself; the tasks at its end for a group that only sets up and clears away.

        Airflow finds no end of such a group and would look for one outside of it.
        """
        if not self._is_group(full_id) or self.last(full_id):
            return (full_id,)
        members = self._tree.members(full_id)
        inside = set(members)
        return tuple(one for one in members if not self._has_downstream(one, inside))

    def _is_group(self, full_id: str) -> bool:
        return isinstance(self._tree.nodes[full_id].node, TaskGroup)

    def _has_downstream(self, task_id: str, inside: set[str]) -> bool:
        return any(task_id in self.upstream[one] for one in inside)

    def _before_teardown(self, task_id: str, inside: set[str]) -> Iterator[str]:
        if task_id not in self._teardowns:
            yield task_id
            return
        for one in sorted(self.upstream[task_id] & inside):
            if one in self._teardowns:
                yield from self._before_teardown(one, inside)
            elif one not in self._setups and not self._leads_on(one, task_id, inside):
                yield one

    def _leads_on(self, task_id: str, apart_from: str, inside: set[str]) -> bool:
        others = inside - self._teardowns - {apart_from}
        return any(task_id in self.upstream[one] for one in others)


def _sorted(tree: Tree, resolve: Callable[[str, str], str]) -> list[Link]:
    """Arrows between tasks first, then those of groups, the innermost before those around it."""
    plain: list[Link] = []
    grouped: list[tuple[int, Link]] = []
    for one in tree.nodes.values():
        simple: list[str] = []
        by_depth: dict[int, list[str]] = {}
        for name in one.node.upstream:
            source = resolve(name, one.group)
            depth = _common_depth(source, one.id)
            if isinstance(one.node, TaskGroup) or isinstance(tree.nodes[source].node, TaskGroup):
                by_depth.setdefault(depth, []).append(source)
            else:
                simple.append(source)
        if simple:
            plain.append(Link(tuple(simple), one.id))
        grouped += [(depth, Link(tuple(names), one.id)) for depth, names in by_depth.items()]
    return plain + [link for _, link in sorted(grouped, key=lambda pair: -pair[0])]


def _common_depth(first: str, second: str) -> int:
    """How deep the innermost group lies that holds both."""
    pairs = zip(first.split(".")[:-1], second.split(".")[:-1], strict=False)
    depth = 0
    for left, right in pairs:
        if left != right:
            break
        depth += 1
    return depth
