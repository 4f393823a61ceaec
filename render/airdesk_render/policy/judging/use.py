"""What a team names: operators, connections, images, pools, queues, executors."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.document import Path
from airdesk_render.policy.choices import (
    assigned_executor,
    assigned_queue,
    forced_queue,
    is_allowed,
    may_choose_executor,
    may_choose_queue,
    queues_to_choose,
)
from airdesk_render.policy.facts import Sort, TaskFacts
from airdesk_render.policy.judging.case import Case
from airdesk_render.policy.parts import Names
from airdesk_render.words.texts import listed


def judge_use(case: Case) -> None:
    use = case.rules.use
    for task in case.dag.tasks:
        _operator(case, task)
        for connection in task.connections:
            if not is_allowed(use.connections, connection.name):
                case.breaks(
                    "connection-not-allowed",
                    f"Team {case.dag.team.name} may not use connection {connection.name!r} in a "
                    f"manifest.{_allowed(use.connections)}",
                    connection.path,
                    task=task,
                )
        for image in task.images:
            if not is_allowed(use.images, image.name):
                case.breaks(
                    "image-not-allowed",
                    f"Image {image.name!r} may not be used here.{_image_hint(use.images)}",
                    image.path,
                    task=task,
                )
    for task in _with_options(case):
        _pool(case, task)
    for task in case.dag.tasks:
        _queue(case, task)
        _executor(case, task)


def _operator(case: Case, task: TaskFacts) -> None:
    keys = [sort.operator for sort in task.sorts if sort.operator]
    if not keys or any(is_allowed(case.rules.use.operators, key) for key in keys):
        return
    case.breaks(
        "operator-not-allowed",
        f"Team {case.dag.team.name} may not use {listed(keys, 'or')}."
        f"{_allowed(case.rules.use.operators)}",
        task.at("operator"),
        task=task,
    )


def _with_options(case: Case) -> Iterator[TaskFacts]:
    if case.dag.shared is not None:
        yield case.dag.shared
    yield from case.dag.tasks


def _pool(case: Case, task: TaskFacts) -> None:
    pool, rule = task.options.get("pool"), case.rules.tasks.pool
    if pool is None or pool in (rule.default, rule.force):
        return
    if rule.force is None and not is_allowed(case.rules.use.pools, str(pool)):
        case.breaks(
            "pool-not-allowed",
            f"Team {case.dag.team.name} may not use pool {pool!r}.{_allowed(case.rules.use.pools)}",
            task.at("pool"),
            task=task,
        )


def _stated(case: Case, task: TaskFacts, option: str) -> tuple[str, Path] | None:
    """What was said for a task, by itself or for all, and where."""
    for source in (task, case.dag.shared):
        if source is not None and (value := source.options.get(option)) is not None:
            return str(value), source.at(option)
    return None


def _queue(case: Case, task: TaskFacts) -> None:
    stated = _stated(case, task, "queue")
    if stated is None:
        return
    queue, path = stated
    policy, team, data_class = case.policy, case.dag.team, case.dag.data_class
    if any(may_choose_queue(policy, team, data_class, sort, queue) for sort in task.sorts):
        return
    if (forced := forced_queue(policy, team, data_class)) is not None:
        case.breaks(
            "queue-forced",
            f"A task on {data_class} data runs on queue {forced}, and nothing overrides it; "
            f"{queue!r} will not do. Leave 'queue' out.",
            path,
            task=task,
        )
        return
    sort = task.sorts[0] if task.sorts else Sort()
    assigned = assigned_queue(policy, team, data_class, sort)
    others = [name for name in queues_to_choose(policy, team, sort).allow if name != assigned]
    choice = f" or {listed(others, 'or')}" if others else ""
    case.breaks(
        "queue-not-allowed",
        f"'queue' {queue!r} is not yours to choose: {_what(sort)} of {team.name} on {data_class} "
        f"data runs on {assigned}{choice}. Leave 'queue' out.",
        path,
        task=task,
    )


def _what(sort: Sort) -> str:
    return "the team's own code" if sort.kind == "code" else "a managed operator"


def _executor(case: Case, task: TaskFacts) -> None:
    stated = _stated(case, task, "executor")
    if stated is None:
        return
    executor, path = stated
    policy, team = case.policy, case.dag.team
    if any(may_choose_executor(policy, team, sort, executor) for sort in task.sorts):
        return
    assigned = assigned_executor(policy, team, task.sorts[0]) if task.sorts else None
    runs = f" It runs on {assigned}." if assigned else ""
    case.breaks(
        "executor-not-allowed",
        f"'executor' {executor!r} is not yours to choose.{runs or ' Leave it out.'}"
        f"{_allowed(case.rules.use.executors)}",
        path,
        task=task,
    )


def _allowed(names: Names) -> str:
    return f" Allowed are {listed(names.allow)}." if names.allow and "*" not in names.allow else ""


def _image_hint(names: Names) -> str:
    denied = f" Not allowed are {listed(names.deny)}." if names.deny else ""
    return _allowed(names) + denied
