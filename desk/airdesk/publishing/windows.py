"""Windows of time by a clock on some wall: once, or every week."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, model_validator

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKLY = re.compile(rf"^({'|'.join(_DAYS)}) ([01][0-9]|2[0-3]):([0-5][0-9])$")
_DAY_MINUTES = 24 * 60


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one like Asia/Ho_Chi_Minh") from error
    return name


def _moment(text: str) -> str:
    if not _WEEKLY.fullmatch(text):
        try:
            plain = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(
                f"{text!r} is neither a moment like 2026-12-20 18:00 nor one of each week like "
                "fri 18:00"
            ) from error
        if plain.tzinfo is not None:
            raise ValueError(f"{text!r} has an offset; the zone is said in timezone")
    return text


Moment = Annotated[str, AfterValidator(_moment)]


class Window(BaseModel):
    """From `start` (included) to `end`, by the clocks of `timezone`.

    Both are moments (`2026-12-20 18:00`) or both moments of each week (`fri 18:00`).
    """

    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    timezone: Annotated[str, AfterValidator(_zone)]

    @model_validator(mode="after")
    def _same_sort(self) -> Self:
        weekly = {_WEEKLY.fullmatch(text) is not None for text in (self.start, self.end)}
        if len(weekly) > 1:
            raise ValueError("from and to must both have a date, or both a day of the week")
        if weekly == {False} and datetime.fromisoformat(self.start) >= datetime.fromisoformat(
            self.end
        ):
            raise ValueError("from must lie before to")
        return self

    def holds(self, now: datetime) -> bool:
        """Whether an aware moment lies in the window."""
        there = now.astimezone(ZoneInfo(self.timezone))
        if _WEEKLY.fullmatch(self.start):
            minute = there.weekday() * _DAY_MINUTES + there.hour * 60 + there.minute
            begin, end = _minute_of_week(self.start), _minute_of_week(self.end)
            return begin <= minute < end if begin <= end else minute >= begin or minute < end
        begins, ends = (
            datetime.fromisoformat(text).replace(tzinfo=there.tzinfo)
            for text in (self.start, self.end)
        )
        # as moments: two times of one zone would be compared by their hands alone
        return begins.timestamp() <= now.timestamp() < ends.timestamp()


def _minute_of_week(text: str) -> int:
    day, _, time = text.partition(" ")
    hour, _, minute = time.partition(":")
    return _DAYS.index(day) * _DAY_MINUTES + int(hour) * 60 + int(minute)
