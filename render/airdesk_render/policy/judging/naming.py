"""Names and tags."""

from __future__ import annotations

import re

from airdesk_render.policy.choices import is_allowed
from airdesk_render.policy.globs import matches
from airdesk_render.policy.judging.case import Case
from airdesk_render.policy.parts import Pattern
from airdesk_render.words.texts import listed


def judge_naming(case: Case) -> None:
    naming, dag = case.rules.naming, case.dag
    if _breaks(naming.dag_id, dag.name):
        case.breaks("dag-naming", _say(naming.dag_id, dag.name), ("dag_id",))
    for task in dag.tasks:
        name = task.task_id.rpartition(".")[2]
        if _breaks(naming.task_id, name):
            case.breaks(
                "task-naming", _say(naming.task_id, name), task.path, of_key=True, task=task
            )
    for group in dag.groups:
        name = group.name.rpartition(".")[2]
        if _breaks(naming.task_id, name):
            case.breaks("task-naming", _say(naming.task_id, name), group.path, of_key=True)
    _judge_tags(case)


def _breaks(pattern: Pattern | None, name: str) -> bool:
    return pattern is not None and re.fullmatch(pattern.pattern, name) is None


def _say(pattern: Pattern | None, name: str) -> str:
    return f"{name!r} will not do as a name. {pattern.say if pattern is not None else ''}".rstrip()


def _judge_tags(case: Case) -> None:
    naming, dag, policy = case.rules.naming, case.dag, case.policy
    own = policy.tags_of(dag.team, dag.data_class)
    others = {
        tag: other
        for other in policy.data_classes
        for tag in policy.tags_of(dag.team, other)
        if tag not in own
    }
    for tag in dag.tags:
        if (other := others.get(tag.name)) is not None:
            case.breaks(
                "tag-reserved",
                f"The platform tells {other} data by the tag {tag.name!r}, and this DAG's is "
                f"{dag.data_class}. Remove the tag.",
                tag.path,
            )
        elif tag.name not in own and not is_allowed(naming.tags, tag.name):
            case.breaks(
                "tag-not-allowed",
                f"{tag.name!r} is not on the list of tags: {listed(naming.tags.allow)}.",
                tag.path,
            )
    for pattern in naming.tags_required:
        if not any(matches(pattern, tag.name) for tag in dag.tags):
            case.breaks(
                "tag-missing",
                f"Policy wants a tag such as {pattern!r} on every DAG. Add it to 'tags'.",
                ("tags",),
            )
