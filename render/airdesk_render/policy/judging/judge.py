"""All rules over one DAG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from airdesk_render.policy.facts import DagFacts
from airdesk_render.policy.judging.case import Case
from airdesk_render.policy.judging.naming import judge_naming
from airdesk_render.policy.judging.options import judge_options
from airdesk_render.policy.judging.size import judge_size
from airdesk_render.policy.judging.use import judge_use
from airdesk_render.policy.violations import Violation

if TYPE_CHECKING:
    from airdesk_render.policy.model import Policy

_JUDGES: tuple[Callable[[Case], None], ...] = (judge_size, judge_naming, judge_use, judge_options)


def judge(policy: Policy, dag: DagFacts, today: dt.date) -> list[Violation]:
    """Everything the rules say about a DAG, the same in the same order each time."""
    case = Case(policy, dag, today)
    for one in _JUDGES:
        one(case)
    return list(case.found)
