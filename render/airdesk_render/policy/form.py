"""What a form may offer for one field, and whether one value will do: the rules, field by field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airdesk_render.language.base import seconds_of
from airdesk_render.policy.choices import (
    assigned_executor,
    assigned_queue,
    forced_queue,
    queues_to_choose,
)
from airdesk_render.policy.facts import DagFacts, Sort, TaskFacts
from airdesk_render.policy.values import Amount, Choice, Flag, Time
from airdesk_render.policy.violations import Violation

if TYPE_CHECKING:
    from airdesk_render.names import Team
    from airdesk_render.policy.model import Policy

_TIMES = frozenset(("retry_delay", "max_retry_delay", "execution_timeout"))


@dataclass(frozen=True)
class FieldHint:
    """What policy says about an option of a task before anybody fills it.

    Attributes:
        editable: whether an author has a choice. reason: why not, as a sentence.
        default: what it is where the field stays empty, as a manifest would say it.
        least, most: the limits, as a manifest would say them.
        choices: what may be chosen; patterns may hold `*`. `None`: anything of the right type.
    """

    editable: bool = True
    reason: str = ""
    default: object = None
    least: object = None
    most: object = None
    choices: tuple[str, ...] | None = None


def field_hint(policy: Policy, team: Team, data_class: str, sort: Sort, option: str) -> FieldHint:
    """What a form says beside an option of a task, such as `retries` or `queue`."""
    if (sentence := policy.forbidden_options.get(option)) is not None:
        return FieldHint(editable=False, reason=sentence)
    if option == "queue":
        return _queue_hint(policy, team, data_class, sort)
    rules = policy.of(team)
    if option == "executor":
        choices = rules.use.executors.allow
        return FieldHint(bool(choices), "", assigned_executor(policy, team, sort), choices=choices)
    rule = getattr(rules.tasks, option, None)
    if not isinstance(rule, Amount | Time | Flag | Choice):
        return FieldHint()
    if rule.force is not None:
        return FieldHint(False, "The platform sets this for every DAG.", rule.force)
    if isinstance(rule, Amount | Time):
        return FieldHint(True, "", rule.default, rule.least, rule.most)
    choices_of = rule.allow if isinstance(rule, Choice) else None
    if option == "pool":
        choices_of = rules.use.pools.allow
    return FieldHint(True, "", rule.default, choices=choices_of)


def violations_of_value(
    policy: Policy,
    team: Team,
    data_class: str,
    sort: Sort,
    option: str,
    value: object,
    *,
    today: dt.date | None = None,
) -> list[Violation]:
    """What the rules say about one value of one option; empty where it will do.

    Args:
        value: as a manifest says it: a number, a word, a duration such as `30m`.
    """
    stated = seconds_of(value) if option in _TIMES and isinstance(value, str) else value
    task = TaskFacts("task", (sort,), ("tasks", "task"), {option: stated}, frozenset((option,)))
    dag = DagFacts(team, "dag", data_class, (task,))
    found = policy.violations(team, dag, today=today)
    return [one for one in found if one.path[-1:] == (option,)]


def _queue_hint(policy: Policy, team: Team, data_class: str, sort: Sort) -> FieldHint:
    assigned = assigned_queue(policy, team, data_class, sort)
    if forced_queue(policy, team, data_class) is not None:
        reason = f"Work on {data_class} data runs on {assigned}, and nothing overrides it."
        return FieldHint(False, reason, assigned)
    choices = queues_to_choose(policy, team, sort).allow
    reason = "" if choices else "The platform chooses the queue by operator and data class."
    return FieldHint(bool(choices), reason, assigned, choices=(assigned, *choices))
