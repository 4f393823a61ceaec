"""Leave to break a rule: for whom, why, on whose word and until when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, field_validator

from airdesk_render.language.base import Duration
from airdesk_render.language.people import PersonName
from airdesk_render.policy.globs import matches
from airdesk_render.policy.parts import Glob
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
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    def covers(self, code: str, team: str, dag: str, task: str) -> bool:
        """Whether it is about this rule at this place, whatever the day."""
        return (
            code in self.rules
            and matches(self.team, team)
            and matches(self.dag, dag)
            and (not task or matches(self.task, task))
        )

    def most_as_number(self) -> int | None:
        """Its limit, lengths of time in seconds; `None` where it sets none."""
        return seconds(self.most) if isinstance(self.most, str) else self.most
