"""Tasks and groups of a DAG by the names that a manifest gives them, one inside the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from airdesk_render.converting.items import Item, Plain
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import slug, unique
from airdesk_render.language.group import MAX_GROUP_DEPTH

_LONGEST = 90


@dataclass
class Node:
    """A task or a group.

    Attributes:
        path: names from the top, its own last.
        members: names (here) of what a group holds, in order, to the node.
    """

    name: str
    item: Item
    path: tuple[str, ...] = ()
    group: Node | None = None
    is_group: bool = False
    members: dict[str, Node] = field(default_factory=dict)

    @property
    def around(self) -> tuple[Node, ...]:
        """The groups around it, the nearest first."""
        return (self.group, *self.group.around) if self.group is not None else ()


class Graph:
    """All tasks and groups by the names that dag-factory knows them by."""

    def __init__(self, tasks: Mapping[str, Item], groups: Mapping[str, Item], notes: Notes) -> None:
        self.notes = notes
        self.top: dict[str, Node] = {}
        self.groups = {name: Node(name, item, is_group=True) for name, item in groups.items()}
        self.tasks = {name: Node(name, item) for name, item in tasks.items()}
        for node in self.groups.values():
            node.group = self._group(node.item, "parent_group_name", node)
        for node in self.tasks.values():
            node.group = self._group(node.item, "task_group_name", node)
        # In the order of the file, each group where its first task stands.
        for node in self.tasks.values():
            self._place(node)

    def _group(self, item: Item, key: str, node: Node) -> Node | None:
        given = item.entries.get(key)
        if given is None or given.value is None:
            return None
        found = self.groups.get(str(given.value))
        if found is None:
            self.notes.left_out(given.where, key, f"There is no group {given.value}.")
        elif node in (found, *found.around):
            self.notes.left_out(given.where, key, "These groups hold each other.")
        elif len(found.around) + 1 > MAX_GROUP_DEPTH:
            self.notes.left_out(given.where, key, f"Groups nest up to {MAX_GROUP_DEPTH} deep.")
        else:
            return found
        return None

    def _place(self, node: Node) -> None:
        if node.path:
            return
        if node.group is not None:
            self._place(node.group)
        siblings = node.group.members if node.group is not None else self.top
        name = unique(slug(node.name, _LONGEST), siblings)
        siblings[name] = node
        node.path = (*(node.group.path if node.group is not None else ()), name)
        if name != node.name:
            kind = "group" if node.is_group else "task"
            message = f"The {kind} {node.name} is called {name} here."
            self.notes.changed(node.item.where, f"{kind}_id", message)

    def empty_groups(self) -> list[Node]:
        """Groups that hold no task; a manifest cannot have such."""
        return [node for node in self.groups.values() if not node.path]

    def reference(self, name: str, seen_from: Node | None) -> str | None:
        """How a task or group is named from inside the group `seen_from` (None: from the top)."""
        node = self.tasks.get(name) or self.groups.get(name) or self._by_id(name)
        if node is None or not node.path:
            return None
        around: list[Node | None] = [seen_from, *(seen_from.around if seen_from else ())]
        around += [None] if seen_from is not None else []
        for group in around:
            members = group.members if group is not None else self.top
            if (found := members.get(node.path[-1])) is not None:
                if found is node:
                    return node.path[-1]
                break
        return ".".join(node.path)

    def _by_id(self, full_id: str) -> Node | None:
        """A task by the id that Airflow gave it: `group.task`."""
        for node in self.tasks.values():
            if full_id == ".".join([one.name for one in reversed(node.around)] + [node.name]):
                return node
        return None

    def upstream(self, node: Node) -> list[Plain]:
        """References of a node's dependencies; unknown ones are told."""
        given = node.item.entries.get("dependencies")
        if given is None:
            return []
        found: list[Plain] = []
        parts = given.items or ((given,) if given.text is not None else ())
        if not parts and given.value not in (None, ()):
            message = "List the tasks and groups that come before."
            self.notes.left_out(given.where, "dependencies", message)
        for one in parts:
            reference = self.reference(str(one.value), node.group)
            if reference is None:
                message = f"There is no task or group {one.value} here."
                self.notes.left_out(one.where, "dependencies", message)
            elif reference not in found:
                found.append(reference)
        return found
