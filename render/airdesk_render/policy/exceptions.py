"""Leave to break a rule: for whom, why, on whose word and until when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Duration
from airdesk_render.language.people import PersonName
from airdesk_render.policy.globs import matches
from airdesk_render.policy.parts import Glob
from airdesk_render.policy.rulebook import COUNTED, RULES
from airdesk_render.policy.values import Data, seconds


class PolicyException(Data):
    """One leave. It says which rules, of which DAGs and tasks, and up to which value."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$")] = Field(
        description="A short name to speak of it, such as growth-backfill."
    )
    rules: tuple[str, ...] = Field(min_length=1, description="Codes of the rules it lifts.")
    team: Glob = Field(description="The team, or several by * and ?.")
    dag: Glob = Field(default="*", description="The DAG's name without the team.")
    task: Glob = Field(default="*", description="The task's full id; rules of DAGs ignore it.")
    most: int | Duration | None = Field(
        default=None,
        description="The limit instead: a number, or a length of time. Without it there is none.",
    )
    owner: PersonName = Field(description="Who answers for it.")
    reason: str = Field(min_length=10, max_length=300, description="Why, as a sentence.")
    until: dt.date = Field(description="The last day on which it counts.")

    @field_validator("until", mode="before")
    @classmethod
    def _a_day(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "Write the day as 2027-03-31.") from None

    @field_validator("rules")
    @classmethod
    def _liftable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if code not in RULES:
                raise PydanticCustomError(
                    "policy_rule", "There is no rule {code}.", {"code": repr(code)}
                )
            if not RULES[code].liftable:
                raise PydanticCustomError(
                    "policy_rule", "Nothing lifts the rule {code}.", {"code": repr(code)}
                )
        return value

    @model_validator(mode="after")
    def _a_limit_of_something(self) -> PolicyException:
        if self.most is not None and (odd := [code for code in self.rules if code not in COUNTED]):
            raise PydanticCustomError(
                "policy_rule",
                "The rule {code} has no limit that most could move.",
                {"code": odd[0]},
            )
        return self

    def covers(self, code: str, team: str, dag: str, task: str | None) -> bool:
        """Whether it is about this rule at this place, whatever the day.

        Args:
            task: full id; "" for options that all tasks share, `None` where no task is meant.
        """
        return (
            code in self.rules
            and matches(self.team, team)
            and matches(self.dag, dag)
            and (task is None or matches(self.task, task))
        )

    def allows(self, amount: int | None) -> bool:
        """Whether its own limit, if it has one, is kept (times in seconds).

        Args:
            amount: `None` where not too much, but too little is the matter.
        """
        most = self.most_as_number()
        return most is None or (amount is not None and amount <= most)

    def most_as_number(self) -> int | None:
        """Its limit, lengths of time in seconds; `None` where it sets none."""
        return seconds(self.most) if isinstance(self.most, str) else self.most
