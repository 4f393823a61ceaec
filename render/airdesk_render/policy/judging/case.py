"""One DAG before the rules: what was found so far, with the exceptions considered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from airdesk_render.document import Path
from airdesk_render.policy.facts import DagFacts, TaskFacts
from airdesk_render.policy.rulebook import RULES
from airdesk_render.policy.violations import Violation

if TYPE_CHECKING:
    from airdesk_render.policy.exceptions import PolicyException
    from airdesk_render.policy.model import Policy


class Case:
    """Collects violations; each is looked at with the exceptions of the day.

    Args:
        today: exceptions of earlier days no longer count.
    """

    def __init__(self, policy: Policy, dag: DagFacts, today: dt.date) -> None:
        self.policy, self.dag, self.today = policy, dag, today
        self.rules = policy.of(dag.team)
        self.found: dict[Violation, None] = {}

    def breaks(
        self,
        code: str,
        message: str,
        path: Path = (),
        *,
        task: TaskFacts | None = None,
        amount: int | None = None,
        suggestion: str | None = None,
        of_key: bool = False,
    ) -> None:
        """Something breaks a rule, unless an exception covers it.

        Args:
            amount: how much it is, for exceptions that set a limit instead (times in seconds).
        """
        task_id = task.task_id if task is not None else ""
        expired = []
        for one in self.policy.exceptions:
            place = task_id if task is not None else None
            if not one.covers(code, self.dag.team.name, self.dag.name, place):
                continue
            if one.until < self.today:
                expired.append(one)
            elif one.allows(amount):
                self._add(_in_effect(one, code, path, task_id, of_key))
                return
        rule = RULES[code]
        self._add(
            Violation(code, message, path, of_key, suggestion, rule.severity, task_id, rule=code)
        )
        for one in expired:
            self._add(_expired(one, code, path, task_id, of_key))

    def _add(self, violation: Violation) -> None:
        self.found[violation] = None


def _in_effect(one: PolicyException, code: str, path: Path, task: str, of_key: bool) -> Violation:
    message = f"Exception {one.name!r} from {code} counts until {one.until}: {one.reason}"
    return Violation(
        "exception-in-effect",
        f"{message.rstrip('.')}. {one.owner} answers for it.",
        path,
        of_key,
        severity="info",
        task=task,
        rule=code,
        exception=one.name,
    )


def _expired(one: PolicyException, code: str, path: Path, task: str, of_key: bool) -> Violation:
    return Violation(
        "exception-expired",
        f"Exception {one.name!r} from {code} ended on {one.until}. Ask {one.owner} to renew it.",
        path,
        of_key,
        severity="warning",
        task=task,
        rule=code,
        exception=one.name,
    )
