"""Who hears of a run's end, and by when it should have come."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Duration, Shape

CHANNEL_PATTERN = r"^(?:#[a-z0-9_-]{1,80}|[CG][A-Z0-9_]{2,20})$"
Event = Literal["failure", "recovery", "success", "late"]


class Notify(Shape):
    """One channel and what it hears."""

    slack: str = Field(
        pattern=CHANNEL_PATTERN,
        description="`#name` of a channel, or its id.",
        examples=["#growth-data"],
    )
    events: tuple[Event, ...] = Field(
        default=("failure", "recovery"),
        min_length=1,
        max_length=4,
        strict=False,
        description="Which ends of a run are told; `late` needs a deadline.",
    )


class Deadline(Shape):
    """By when a run must be done: at a time of day, or so long after it was queued."""

    by: str | None = Field(
        default=None,
        description='A time of day in the schedule\'s time zone, such as "07:00": the first one '
        "after the run's logical date.",
        examples=["07:00"],
    )
    within: Duration | None = Field(default=None, description="So long after the run was queued.")

    @field_validator("by")
    @classmethod
    def _time_of_day(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value):
            raise PydanticCustomError("time_of_day", 'Write the time in quotes, as "07:00".')
        return value

    @model_validator(mode="after")
    def _one_of(self) -> Deadline:
        if (self.by is None) == (self.within is None):
            raise PydanticCustomError("one_of", "Give either by or within, and not both.")
        return self
