"""How large a DAG is, how often and when it runs."""

from __future__ import annotations

import datetime as dt
import math

from airdesk_render.policy.facts import Timing
from airdesk_render.policy.hours import ALL_DAY, outside
from airdesk_render.policy.judging.case import Case
from airdesk_render.policy.parts import Catchup
from airdesk_render.policy.values import seconds
from airdesk_render.words.texts import listed, seconds_in_words


def judge_size(case: Case) -> None:
    dag, rules = case.dag, case.rules.dags
    if dag.data_class not in case.policy.data_classes:
        case.breaks(
            "data-class",
            f"The platform takes only {listed(case.policy.data_classes)} data.",
            ("data_class",),
        )
    if rules.most_tasks is not None and len(dag.tasks) > rules.most_tasks:
        case.breaks(
            "too-many-tasks",
            f"This DAG has {len(dag.tasks)} tasks; policy allows {rules.most_tasks}.",
            ("tasks",),
            of_key=True,
            amount=len(dag.tasks),
        )
    for task in dag.tasks:
        instances = math.prod(task.mapped.values())
        if rules.most_mapped is not None and instances > rules.most_mapped:
            case.breaks(
                "too-many-mapped",
                f"'expand' makes {instances} instances; policy allows {rules.most_mapped}.",
                task.at("expand"),
                of_key=True,
                task=task,
                amount=instances,
            )
    if dag.timing is not None:
        _judge_timing(case, dag.timing)


def _judge_timing(case: Case, timing: Timing) -> None:
    rules, gap = case.rules.dags, timing.gap()
    shortest = seconds(rules.shortest_interval)
    if shortest is not None and gap is not None and gap < shortest:
        case.breaks(
            "too-often",
            f"Runs follow each other after {seconds_in_words(gap)}; policy wants at least "
            f"{seconds_in_words(shortest)} between them.",
            timing.path,
            amount=gap,
        )
    if rules.hours.allow != ALL_DAY:
        hours = rules.hours
        hour = outside(timing.minutes(), timing.timezone, hours.allow, hours.timezone)
        if hour is not None:
            case.breaks(
                "outside-hours",
                f"A run would begin at {hour} ({hours.timezone}); policy allows "
                f"{listed(hours.allow, 'or')}.",
                timing.path,
            )
    if (why := _against_catchup(rules.catchup, timing, gap)) is not None:
        case.breaks("catchup-not-allowed", why, ("schedule", "catchup"))


def _against_catchup(rule: Catchup, timing: Timing, gap: int | None) -> str | None:
    if timing.catchup is None or rule.force == timing.catchup:
        return None
    if rule.force is not None:
        return f"'catchup' is {str(rule.force).lower()} for every DAG here. Leave it out."
    if not timing.catchup:
        return None
    if rule.earliest is not None and timing.start is not None:
        start = timing.start.date() if isinstance(timing.start, dt.datetime) else timing.start
        if start < dt.date.fromisoformat(rule.earliest):
            return (
                f"With 'catchup' a DAG may begin on {rule.earliest} at the earliest, not {start}: "
                "each missed run since would start."
            )
    shortest = seconds(rule.shortest_interval)
    if shortest is not None and gap is not None and gap < shortest:
        return (
            f"'catchup' is for DAGs with at least {seconds_in_words(shortest)} between runs; "
            f"these follow after {seconds_in_words(gap)}."
        )
    return None
