"""Queue and executor of a task: what policy assigns, and where an author's word counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airdesk_render.operators.base import Workload
from airdesk_render.policy.facts import Sort
from airdesk_render.policy.globs import first_match
from airdesk_render.policy.parts import Assignment, Names
from airdesk_render.policy.templates import filled

if TYPE_CHECKING:
    from airdesk_render.names import Team
    from airdesk_render.policy.model import Policy


def is_allowed(names: Names, name: str) -> bool:
    """Whether a list lets a name pass."""
    if first_match(names.deny, name) is not None:
        return False
    return first_match(names.allow, name) is not None


def forced_queue(policy: Policy, team: Team, data_class: str) -> str | None:
    """The queue of a data class that leaves no choice; `None` where there is one."""
    queue = policy.queues.data_class.get(data_class)
    return None if queue is None else filled(queue, team)


def assigned_queue(policy: Policy, team: Team, data_class: str, sort: Sort) -> str:
    """The queue of a task whose author says nothing."""
    forced = forced_queue(policy, team, data_class)
    return forced or _assigned(policy.queues, team, sort) or filled(policy.queues.default, team)


def may_choose_queue(policy: Policy, team: Team, data_class: str, sort: Sort, queue: str) -> bool:
    """Whether an author's `queue` may stand there: the assigned one, or one of the team's list."""
    if queue == assigned_queue(policy, team, data_class, sort):
        return True
    if forced_queue(policy, team, data_class) is not None:
        return False
    return is_allowed(queues_to_choose(policy, team, sort), queue)


def queues_to_choose(policy: Policy, team: Team, sort: Sort) -> Names:
    """The list from which an author may choose a queue for a task of this sort."""
    use = policy.of(team).use
    return use.code_queues if sort.kind == "code" else use.queues


def assigned_executor(policy: Policy, team: Team, sort: Sort) -> str | None:
    """The executor of a task whose author says nothing; `None`: Airflow's own choice."""
    return _assigned(policy.executors, team, sort)


def may_choose_executor(policy: Policy, team: Team, sort: Sort, executor: str) -> bool:
    """Whether an author's `executor` may stand there."""
    if executor == assigned_executor(policy, team, sort):
        return True
    return is_allowed(policy.of(team).use.executors, executor)


def _assigned(assignment: Assignment, team: Team, sort: Sort) -> str | None:
    workload: Workload = (
        "code" if (sort.kind, sort.workload) == ("code", "normal") else sort.workload
    )
    pattern = first_match(assignment.operator, sort.operator)
    found = assignment.operator[pattern] if pattern is not None else None
    found = found or assignment.workload.get(workload) or assignment.default
    return None if found is None else filled(found, team)
