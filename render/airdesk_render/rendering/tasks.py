"""The call of an operator: a manifest's task with all that policy decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from airdesk_render.expressions import Code, Invoke, Method
from airdesk_render.language.task import FromTask
from airdesk_render.mapping import copies_of
from airdesk_render.names import Team
from airdesk_render.operators.base import Call, ManagedOperator, Rendering
from airdesk_render.policy import Policy, TaskSettings
from airdesk_render.rendering.dag import documentation
from airdesk_render.rendering.options import ARGUMENTS, own_arguments
from airdesk_render.rendering.times import asset

_OURS = frozenset((*ARGUMENTS, "task_id", "task_group", "dag", "outlets", "doc_md", "run_as_user"))


@dataclass
class Made:
    """A task under way to its call.

    Attributes:
        call: what its operator made of it. mapped: Airflow argument to the values of each copy.
        at_run: Airflow argument to the full id of the task whose output is mapped over.
    """

    call: Call
    mapped: dict[str, list[object]] = field(default_factory=dict)
    at_run: dict[str, str] = field(default_factory=dict)


def made(task: ManagedOperator, rendering: Rendering) -> Made:
    """Ask a task's operator for its call, and for those of all its copies.

    Raises:
        ValueError: the operator sets what is not its own to set, or its copies differ in more
            than what is mapped.
    """
    call = task.call(rendering)
    if theirs := _OURS & call.arguments.keys():
        raise ValueError(f"{task.operator} sets {', '.join(sorted(theirs))}; policy does that.")
    if call.shared is not None and call.shared not in task.shared_files():
        raise ValueError(f"{task.operator} does not say that it needs {call.shared}.")
    found = Made(call)
    for name, values in task.expand.items():
        argument = task.mappable[name]
        if isinstance(values, FromTask):
            found.at_run[argument] = rendering.task_id(values.from_)
        else:
            found.mapped[argument] = []
    for name, _, copy in copies_of(task):
        argument = task.mappable[name]
        one = copy.call(rendering)
        if _without(one, argument) != _without(call, argument):
            raise ValueError(
                f"{task.operator} cannot map {name!r}: it changes other arguments too."
            )
        found.mapped[argument].append(one.arguments.get(argument))
    return found


def _without(call: Call, argument: str) -> tuple[object, ...]:
    rest = {name: value for name, value in call.arguments.items() if name != argument}
    return (call.module, call.name, call.shared, rest)


def _forced(arguments: Mapping[str, object], forced: Mapping[str, object]) -> dict[str, object]:
    """Arguments as policy wants them; those forced to `None` are never given."""
    never = {name for name, value in forced.items() if value is None}
    return {name: value for name, value in {**arguments, **forced}.items() if name not in never}


@dataclass(frozen=True)
class Place:
    """Where a task stands in the file.

    Attributes:
        function: what its class is called there. name: task id inside its group.
        group: variable of its group, where the task stands outside of the group's block.
        variables: full id of each task and group to its variable.
    """

    function: str
    name: str
    group: str | None
    variables: Mapping[str, str]


def task_value(
    task: ManagedOperator,
    one: Made,
    place: Place,
    settings: tuple[TaskSettings, TaskSettings],
    policy: Policy,
    team: Team,
) -> Invoke | Method:
    """The operator's call; `settings` are the task's own and the usual ones."""
    arguments: dict[str, object] = {"task_id": place.name}
    if place.group is not None:
        arguments["task_group"] = Code(place.group)
    forced = policy.forced_arguments_of(f"{one.call.module}.{one.call.name}")
    arguments |= _forced(one.call.arguments, forced) | own_arguments(*settings)
    if task.outlets:
        arguments["outlets"] = [asset(name, team) for name in task.outlets]
    if task.doc_md is not None:
        arguments["doc_md"] = documentation(task.doc_md)
    if not (one.mapped or one.at_run):
        call = Invoke(place.function, (), arguments)
        return Method(call, "as_setup") if task.setup else call
    over: dict[str, object] = {**one.mapped}
    for argument, task_id in one.at_run.items():
        over[argument] = Code(f"{place.variables[task_id]}.output")
    if fixed := over.keys() & forced.keys():
        raise ValueError(f"{task.operator} maps {', '.join(sorted(fixed))}, which policy forces.")
    same = {name: value for name, value in arguments.items() if name not in over}
    return Method(Invoke(f"{place.function}.partial", (), same), "expand", over)
