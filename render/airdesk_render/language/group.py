"""Task groups, and the tree of a DAG's tasks laid flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field, SerializeAsAny

from airdesk_render.language.base import Shape, TaskId, TaskReference
from airdesk_render.language.task import TaskCommon

if TYPE_CHECKING:
    from airdesk_render.operators.base import ManagedOperator
else:
    # Operators stand above the language; here a task is only known by what all have in common.
    ManagedOperator = TaskCommon

Path = tuple[str | int, ...]
MAX_GROUP_DEPTH = 5


class TaskGroup(Shape):
    """Tasks shown as one box: a mapping with `tasks` in place of `operator`. Groups may nest."""

    tasks: dict[TaskId, SerializeAsAny[ManagedOperator] | TaskGroup] = Field(
        min_length=1, description="What is done in it."
    )
    description: str | None = Field(default=None, max_length=500, description="Shown as a tooltip.")
    upstream: tuple[TaskReference, ...] = Field(
        default=(),
        max_length=100,
        strict=False,
        description="Tasks or groups that come before all of it.",
    )


Node = ManagedOperator | TaskGroup


@dataclass(frozen=True)
class Placed:
    """A task or group at its place in the tree.

    Attributes:
        id: full id, as Airflow has it: `clean.dedupe`.
        path: keys from the manifest's root: `("tasks", "clean", "tasks", "dedupe")`.
        group: full id of the group around it; "" at the top.
    """

    id: str
    path: Path
    group: str
    node: Node

    @property
    def name(self) -> str:
        return self.id.rpartition(".")[2]


class Tree:
    """All tasks and groups of a manifest by full id, groups before what they hold."""

    def __init__(self, tasks: Mapping[str, Node]) -> None:
        self.nodes: dict[str, Placed] = {one.id: one for one in _placed(tasks, "", ())}
        self.tasks: dict[str, ManagedOperator] = {
            one.id: one.node for one in self.nodes.values() if isinstance(one.node, ManagedOperator)
        }
        """Full id to task, in the order of the file."""

    def resolve(self, name: str, group: str) -> str | None:
        """Full id of what `name` means inside `group`: nearest first, then outwards."""
        while True:
            full = f"{group}.{name}" if group else name
            if full in self.nodes:
                return full
            if not group:
                return None
            group = group.rpartition(".")[0]

    def members(self, full_id: str) -> tuple[str, ...]:
        """Full ids of the tasks that a task or group stands for."""
        node = self.nodes[full_id].node
        if isinstance(node, ManagedOperator):
            return (full_id,)
        return tuple(task_id for task_id in self.tasks if task_id.startswith(f"{full_id}."))


def _placed(tasks: Mapping[str, Node], group: str, path: Path) -> Iterator[Placed]:
    for name, node in tasks.items():
        full = f"{group}.{name}" if group else name
        here = (*path, "tasks", name)
        yield Placed(full, here, group, node)
        if isinstance(node, TaskGroup):
            yield from _placed(node.tasks, full, here)
