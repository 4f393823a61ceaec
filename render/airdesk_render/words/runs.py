"""When Airflow would start a DAG: the same arithmetic as its timetables, without Airflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from airdesk_render.language.base import seconds_of
from airdesk_render.language.schedule import Schedule
from airdesk_render.words.cron import PRESETS

_UTC = dt.UTC
MOST_AT_ONCE = 1000
"""More runs at once than these are not counted out."""


def next_runs(
    schedule: Schedule | None,
    *,
    after: dt.datetime,
    count: int = 5,
    last: dt.datetime | None = None,
) -> list[dt.datetime]:
    """The next runs after a moment, in the schedule's time zone; fewer where it ends.

    Nothing for a DAG that runs by hand or by assets alone, and for a cron expression without a
    date (30 February).

    Args:
        after: an aware moment; a run at this very moment is past.
        last: an interval counts from the last run where one is known; without it from
            start_date, which is where it is begun if the DAG was there by then.

    Raises:
        ValueError: the time zone or the cron expression cannot be read.
    """
    if schedule is None or (schedule.cron is None and schedule.every is None):
        return []
    zone = ZoneInfo(schedule.timezone)
    moments = _moments(schedule, zone, after.astimezone(_UTC), last)
    return [moment.astimezone(zone) for moment in islice(moments, count)]


def latest_run(schedule: Schedule | None, *, at: dt.datetime) -> dt.datetime | None:
    """The latest moment up to `at` for which the schedule had a run, if there was one."""
    if schedule is None or (schedule.cron is None and schedule.every is None):
        return None
    zone = ZoneInfo(schedule.timezone)
    first, end = _first(schedule, zone), _end(schedule, zone)
    limit = min(at, end) if end is not None else at
    if limit < first:
        return None
    if schedule.every is not None:
        return first + (limit - first) // _delta(schedule) * _delta(schedule)
    previous = _previous(_expression(schedule), limit.astimezone(_UTC), zone)
    return previous if previous is not None and previous >= first else None


def runs_at_once(
    schedule: Schedule | None, *, at: dt.datetime, last: dt.datetime | None = None
) -> int:
    """How many runs Airflow wants to start when the DAG appears or its schedule changes.

    With catchup all that were missed since start_date, or since the last run where there was
    one; without it at most the latest one. `MOST_AT_ONCE` stands for so many or more.
    """
    if schedule is None or (schedule.cron is None and schedule.every is None):
        return 0
    latest = latest_run(schedule, at=at)
    if latest is None or (last is not None and latest <= last):
        return 0
    if not schedule.catchup:
        return 1
    zone = ZoneInfo(schedule.timezone)
    begin = _first(schedule, zone) - dt.timedelta(microseconds=1) if last is None else last
    missed = _moments(schedule, zone, begin.astimezone(_UTC), last)
    return sum(1 for _ in islice(_until(missed, at), MOST_AT_ONCE))


def _until(moments: Iterator[dt.datetime], end: dt.datetime) -> Iterator[dt.datetime]:
    for moment in moments:
        if moment > end:
            return
        yield moment


def _moments(
    schedule: Schedule, zone: ZoneInfo, after: dt.datetime, last: dt.datetime | None
) -> Iterator[dt.datetime]:
    """All runs later than `after`, in UTC, to the schedule's end."""
    end = _end(schedule, zone)
    first = _first(schedule, zone).astimezone(_UTC)
    if schedule.every is not None:
        moments = _by_interval(_delta(schedule), first, after, last)
    else:
        begin = max(after, first - dt.timedelta(microseconds=1))
        moments = _by_cron(_expression(schedule), begin, zone)
    return moments if end is None else _until(moments, end)


def _by_interval(
    delta: dt.timedelta, first: dt.datetime, after: dt.datetime, last: dt.datetime | None
) -> Iterator[dt.datetime]:
    base = first if last is None else max(first, last.astimezone(_UTC) + delta)
    moment = base if after < base else base + ((after - base) // delta + 1) * delta
    while True:
        yield moment
        moment += delta


def _by_cron(expression: str, after: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
    while (moment := _following(expression, after, zone)) is not None:
        # where clocks are put back, the same wall time comes twice
        if moment > after:
            yield moment
        after = max(moment, after + dt.timedelta(seconds=1))


def _following(expression: str, after: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    from croniter import CroniterBadDateError, croniter  # type: ignore[import-untyped]  # no types

    naive = after.astimezone(zone).replace(tzinfo=None, fold=0)
    cron = croniter(expression, naive)
    try:
        wall: dt.datetime = cron.get_next(dt.datetime)
    except CroniterBadDateError:
        return None
    # Airflow lets an hourly rhythm go on through the hour that comes twice
    if cron.expanded[1] == ["*"]:
        return after + (wall - naive)
    return _moment(wall, zone)


def _previous(expression: str, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The latest run at or before a moment."""
    from croniter import CroniterBadDateError, croniter

    naive = at.astimezone(zone).replace(tzinfo=None, fold=0) + dt.timedelta(microseconds=1)
    cron = croniter(expression, naive)
    try:
        wall: dt.datetime = cron.get_prev(dt.datetime)
        if cron.expanded[1] != ["*"] and _moment(wall, zone) > at:
            wall = cron.get_prev(dt.datetime)
    except CroniterBadDateError:
        return None
    if cron.expanded[1] == ["*"]:
        return at - (naive - wall) + dt.timedelta(microseconds=1)
    return _moment(wall, zone)


def _moment(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A wall time as a moment, in UTC: the later one of two; after a gap as much later."""
    later = wall.replace(tzinfo=zone, fold=1)
    earlier = wall.replace(tzinfo=zone, fold=0)
    # in a gap fold=0 takes the offset before it, which gives the moment as much after the gap
    gap = later.utcoffset() > earlier.utcoffset()  # type: ignore[operator]  # both have one
    return (earlier if gap else later).astimezone(_UTC)


def _first(schedule: Schedule, zone: ZoneInfo) -> dt.datetime:
    start = schedule.start_date
    if start is None:
        raise ValueError("a schedule by the clock has a start_date")
    wall = start if isinstance(start, dt.datetime) else dt.datetime.combine(start, dt.time())
    return _moment(wall, zone)


def _end(schedule: Schedule, zone: ZoneInfo) -> dt.datetime | None:
    """The last moment at which a run may begin: a day counts to its end."""
    end = schedule.end_date
    if end is None:
        return None
    if isinstance(end, dt.datetime):
        return _moment(end, zone)
    return _moment(dt.datetime.combine(end, dt.time(23, 59, 59)), zone)


def _expression(schedule: Schedule) -> str:
    cron = schedule.cron or ""
    return PRESETS.get(cron, cron)


def _delta(schedule: Schedule) -> dt.timedelta:
    return dt.timedelta(seconds=seconds_of(schedule.every or ""))
