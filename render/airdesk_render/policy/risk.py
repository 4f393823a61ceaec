"""How risky a change is: rules over the kinds of change that `behaviour` tells apart."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from airdesk_render.operators.base import Kind
from airdesk_render.policy.globs import first_match
from airdesk_render.policy.values import Data

RiskClass = Literal["none", "low", "review", "security"]
RISK_CLASSES: tuple[RiskClass, ...] = get_args(RiskClass)
"""From nothing to worry about to what security must see."""

ChangeGlob = Annotated[
    str,
    Field(
        pattern=r"^[a-z*][a-z_.*]{0,79}$",
        description="A kind of change, such as task.added or task.work.*; * stands for any text.",
        examples=["task.work.sql"],
    ),
]


class RiskRule(Data):
    """One rule: these changes, under these conditions, are of this class. No condition: always."""

    changes: tuple[ChangeGlob, ...] = Field(
        min_length=1, description="Kinds of change it is about."
    )
    risk: RiskClass = Field(description="none, low, review (a colleague looks) or security.")
    reason: str = Field(min_length=10, max_length=300, description="Why, as a sentence.")
    data_classes: tuple[Literal["public", "internal", "pii"], ...] | None = Field(
        default=None, description="Only where the DAG is, or was, of one of these data classes."
    )
    kinds: tuple[Kind, ...] | None = Field(
        default=None, description="Only for tasks of managed operators, or of the team's own code."
    )
    operators: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="Only for tasks of these operators, as bash@*."
    )
    teams: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="Only for these teams; * stands for any text."
    )

    def covers(
        self,
        change: str,
        *,
        team: str,
        data_classes: frozenset[str],
        operators: frozenset[str],
        kinds: frozenset[str],
    ) -> bool:
        """Whether it is about such a change; operators and kinds are those before and after."""
        return (
            first_match(self.changes, change) is not None
            and (self.data_classes is None or not data_classes.isdisjoint(self.data_classes))
            and (self.kinds is None or not kinds.isdisjoint(self.kinds))
            and (self.teams is None or first_match(self.teams, team) is not None)
            and (
                self.operators is None
                or any(first_match(self.operators, one) is not None for one in operators)
            )
        )


class RiskRules(Data):
    """All rules. The highest class of those that cover a change counts."""

    otherwise: RiskClass = Field(
        default="review", description="The class of a change that no rule covers."
    )
    rules: tuple[RiskRule, ...] = Field(default=(), description="The rules, in any order.")


def highest(classes: list[RiskClass]) -> RiskClass:
    """The highest of several classes; `none` of none."""
    return max(classes, key=RISK_CLASSES.index, default="none")
