"""When a DAG runs, in Airflow's words: timetables, assets, moments, deadlines."""

from __future__ import annotations

import datetime as dt

from airdesk_render.deadlines import seconds_after_start
from airdesk_render.expressions import Code, Invoke
from airdesk_render.language.base import seconds_of
from airdesk_render.language.notify import Deadline
from airdesk_render.language.schedule import AssetSet, Schedule
from airdesk_render.names import Team


def span(seconds: int) -> Invoke:
    """`timedelta(minutes=5)`, in the largest unit that is whole."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds and seconds % length == 0:
            return Invoke("timedelta", (), {unit: seconds // length})
    return Invoke("timedelta", (), {"seconds": seconds})


def moment(value: dt.date, timezone: str) -> Invoke:
    """A day, or a moment of it, in a time zone."""
    parts = [value.year, value.month, value.day]
    if isinstance(value, dt.datetime):
        clock = [value.hour, value.minute, value.second, value.microsecond]
        while len(clock) > 2 and clock[-1] == 0:
            clock.pop()
        parts += clock
    return Invoke("pendulum.datetime", tuple(parts), {"tz": timezone})


def end_of(value: dt.date) -> dt.datetime:
    """The last moment of a day, since runs on it still begin; a moment as it is."""
    return (
        value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time(23, 59, 59))
    )


def schedule_of(schedule: Schedule | None, team: Team) -> object:
    """The DAG's `schedule`: a timetable, assets, both, or `None`."""
    if schedule is None:
        return None
    timetable = _timetable(schedule)
    if schedule.assets is None:
        return timetable
    assets = _assets(schedule.assets, team)
    if timetable is None:
        return assets
    return Invoke("AssetOrTimeSchedule", (), {"timetable": timetable, "assets": assets})


def _timetable(schedule: Schedule) -> Invoke | None:
    if schedule.cron is not None:
        return Invoke("CronTriggerTimetable", (schedule.cron,), {"timezone": schedule.timezone})
    if schedule.every is not None:
        return Invoke("DeltaTriggerTimetable", (span(seconds_of(schedule.every)),))
    return None


def _assets(wanted: str | AssetSet | tuple[str, ...], team: Team) -> Invoke:
    if isinstance(wanted, str):
        return asset(wanted, team)
    if isinstance(wanted, tuple):
        return _several("AssetAll", wanted, team)
    if wanted.any is not None:
        return _several("AssetAny", wanted.any, team)
    return _several("AssetAll", wanted.all or (), team)


def _several(function: str, parts: tuple[str | AssetSet, ...], team: Team) -> Invoke:
    if len(parts) == 1:
        return _assets(parts[0], team)
    return Invoke(function, tuple(_assets(part, team) for part in parts))


def asset(name: str, team: Team) -> Invoke:
    """`orders` of the own team, or `risk.exposures`."""
    owner, dot, own = name.partition(".")
    whose, what = (Team(owner), own) if dot else (team, name)
    return Invoke("Asset", (whose.asset(what), whose.asset_uri(what)))


def deadline_alert(deadline: Deadline, schedule: Schedule | None) -> Invoke | None:
    """Airflow's own alert; `None` where the deadline has no meaning for this schedule.

    Airflow marks the run as late by itself, and wants to call something besides. What it calls
    does nothing and needs nothing: people are told by whoever watches the runs.
    """
    seconds = seconds_after_start(deadline, schedule)
    if seconds is None:
        return None
    if deadline.by is not None:
        zone = schedule.timezone if schedule is not None else "UTC"
        name, reference = f"by {deadline.by} {zone}", "DAGRUN_LOGICAL_DATE"
    else:
        name, reference = f"within {deadline.within}", "DAGRUN_QUEUED_AT"
    named = {
        "reference": Code(f"DeadlineReference.{reference}"),
        "interval": span(seconds),
        "callback": Invoke("AsyncCallback", ("asyncio.sleep", {"delay": 0})),
        "name": name,
    }
    return Invoke("DeadlineAlert", (), named)
