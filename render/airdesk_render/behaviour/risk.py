"""How risky changes are, by the rules that policy gives as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.shapes import Change
from airdesk_render.names import Team
from airdesk_render.policy import Policy, default_policy
from airdesk_render.policy.risk import RiskClass, RiskRules, highest

_NO_RULE = "No rule of the policy says that this is harmless."


@dataclass(frozen=True)
class Judge:
    """The rules, and what they may ask about a DAG before and after."""

    rules: RiskRules
    team: Team
    old: DagFacts | None
    new: DagFacts | None

    def judged(self, change: Change) -> Change:
        """The change with its class and the reasons for it."""
        sides = [side for side in (self.old, self.new) if side is not None]
        operators = frozenset[str]().union(*(_operators(side, change.subject) for side in sides))
        kinds = frozenset[str]().union(*(_kinds(side, change.subject) for side in sides))
        covering = [
            rule
            for rule in self.rules.rules
            if rule.covers(
                change.kind,
                team=self.team.name,
                data_classes=frozenset(str(side.head["data_class"]) for side in sides),
                operators=operators,
                kinds=kinds,
            )
        ]
        if not covering:
            reasons: tuple[str, ...] = (_NO_RULE,) if self.rules.otherwise != "none" else ()
            return change.model_copy(update={"risk": self.rules.otherwise, "reasons": reasons})
        risk = highest([rule.risk for rule in covering])
        reasons = tuple(dict.fromkeys(rule.reason for rule in covering if rule.risk == risk))
        return change.model_copy(update={"risk": risk, "reasons": reasons})


def risk_rules_of(policy: Policy) -> RiskRules:
    """The policy's rules; the built-in ones where it has none."""
    return policy.risk or default_policy().risk or RiskRules()


def highest_of(changes: Iterable[Change]) -> tuple[RiskClass, tuple[str, ...]]:
    """The highest class of several changes, with the reasons for it."""
    found = list(changes)
    risk = highest([change.risk for change in found])
    if risk == "none":
        return risk, ()
    reasons = (one for change in found if change.risk == risk for one in change.reasons)
    return risk, tuple(dict.fromkeys(reasons))


def _operators(side: DagFacts, subject: str) -> frozenset[str]:
    """Operators that a change is about: the task's, those that use a file, else all."""
    return frozenset(task.operator for task in side.tasks_about(subject))


def _kinds(side: DagFacts, subject: str) -> frozenset[str]:
    return frozenset(task.kind for task in side.tasks_about(subject))
