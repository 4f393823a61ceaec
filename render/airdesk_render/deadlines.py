"""From a deadline to what Airflow knows: a time after a run's logical date, or its queueing."""

from __future__ import annotations

import datetime as dt
import re

from airdesk_render.language.base import seconds_of
from airdesk_render.language.notify import Deadline
from airdesk_render.language.schedule import Schedule

_DAY = 86_400
_AT_MIDNIGHT = ("@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
_ONE_TIME_OF_DAY = re.compile(r"([0-5]?[0-9]) ([01]?[0-9]|2[0-3]) \S+ \S+ \S+")


def seconds_after_start(deadline: Deadline, schedule: Schedule | None) -> int | None:
    """Seconds from the logical date (`by`) or from queueing (`within`) to the deadline.

    `None` where `by` has no meaning: Airflow takes one interval for all runs, so every scheduled
    run must begin at the same time of day.
    """
    if deadline.by is None:
        return seconds_of(deadline.within or "0s")
    start = time_of_day(schedule)
    if start is None:
        return None
    hour, minute = map(int, deadline.by.split(":"))
    return (hour * 3600 + minute * 60 - start) % _DAY or _DAY


def time_of_day(schedule: Schedule | None) -> int | None:
    """Seconds after midnight, in its zone, at which each run begins; `None` if it varies."""
    if schedule is None:
        return None
    if schedule.cron is not None:
        cron = " ".join(schedule.cron.split())
        if cron in _AT_MIDNIGHT:
            return 0
        found = _ONE_TIME_OF_DAY.fullmatch(cron)
        return int(found[2]) * 3600 + int(found[1]) * 60 if found else None
    if schedule.every is not None and seconds_of(schedule.every) % _DAY == 0:
        start = schedule.start_date
        if isinstance(start, dt.datetime):
            return start.hour * 3600 + start.minute * 60 + start.second
        return 0
    return None
