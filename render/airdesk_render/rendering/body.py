"""The statements inside the DAG: its tasks in their groups, then what comes after what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from airdesk_render.dependencies import Dependencies
from airdesk_render.expressions import Code, Invoke
from airdesk_render.language.group import Node, TaskGroup
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy, TaskSettings
from airdesk_render.rendering.statements import Do, Edge, Inside, Let, Statement
from airdesk_render.rendering.tasks import Made, Place, task_value


@dataclass
class Body:
    """Lays out the statements of one DAG.

    Attributes:
        made: call of each task. classes: what the class of each task is called in the file.
        variables: of tasks and groups. All by full id.
    """

    manifest: Manifest
    team: Team
    policy: Policy
    usual: TaskSettings
    links: Dependencies
    made: Mapping[str, Made]
    classes: Mapping[str, str]
    variables: Mapping[str, str]
    _defined: set[str] = field(default_factory=set)
    _postponed: list[str] = field(default_factory=list)

    def statements(self) -> tuple[Statement, ...]:
        """All statements, each name defined before it is used.

        Raises:
            ValueError: tasks are mapped over each other's output in a round.
        """
        inside = tuple(self._block(self.manifest.tasks, ""))
        return (*inside, *self._late(), *self._marks(), *self._edges())

    def _block(self, tasks: Mapping[str, Node], group: str) -> Iterator[Statement]:
        for name, node in tasks.items():
            full_id = f"{group}.{name}" if group else name
            if isinstance(node, TaskGroup):
                body = tuple(self._block(node.tasks, full_id))
                yield Inside(self.variables[full_id], _group(name, node), body)
            elif self._ready(full_id):
                yield self._task(full_id, None)
            else:
                self._postponed.append(full_id)

    def _ready(self, task_id: str) -> bool:
        return self._defined.issuperset(self.made[task_id].at_run.values())

    def _late(self) -> Iterator[Statement]:
        """Tasks over the output of tasks further down: outside of their groups' blocks."""
        while self._postponed:
            task_id = next(filter(self._ready, self._postponed), None)
            if task_id is None:
                raise ValueError(f"{self._postponed[0]!r} is mapped over its own output.")
            self._postponed.remove(task_id)
            group = task_id.rpartition(".")[0]
            yield self._task(task_id, self.variables[group] if group else None)

    def _task(self, task_id: str, group: str | None) -> Let:
        self._defined.add(task_id)
        task = self.manifest.tree.tasks[task_id]
        place = Place(self.classes[task_id], task_id.rpartition(".")[2], group, self.variables)
        settings = self.policy.task_settings(
            self.team, self.manifest.data_class, task, self.manifest.default_args
        )
        both = (settings, self.usual)
        value = task_value(task, self.made[task_id], place, both, self.policy, self.team)
        return Let(self.variables[task_id], value)

    def _marks(self) -> Iterator[Do]:
        """Setups that are mapped, and what clears away after which setups."""
        for task_id, task in self.manifest.tree.tasks.items():
            name = self.variables[task_id]
            if task.setup and task.expand:
                yield Do(Invoke(f"{name}.as_setup"))
            if task.teardown_of:
                group = task_id.rpartition(".")[0]
                ids = [self.links.resolve(setup, group) for setup in task.teardown_of]
                setups = [Code(self.variables[one]) for one in ids]
                named: dict[str, object] = {"setups": setups[0] if len(setups) == 1 else setups}
                yield Do(Invoke(f"{name}.as_teardown", (), named))

    def _edges(self) -> Iterator[Edge]:
        for link in self.links.links:
            names = tuple(self.variables[one] for one in link.upstream)
            yield Edge(names, self.variables[link.downstream])


def _group(name: str, group: TaskGroup) -> Invoke:
    tooltip = {} if group.description is None else {"tooltip": group.description}
    return Invoke("TaskGroup", (name,), {**tooltip})
