"""When a DAG runs, by when it must be done, and who hears of it."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from functools import lru_cache

from airdesk_render.checks.identity import report_twice
from airdesk_render.checks.place import Inspection, meant
from airdesk_render.deadlines import seconds_after_start
from airdesk_render.document import Path
from airdesk_render.language.base import seconds_of
from airdesk_render.language.schedule import PRESETS, Schedule
from airdesk_render.manifest import Manifest

_YEARS = range(1990, 2201)


def check_schedule(inspection: Inspection, manifest: Manifest) -> None:
    schedule = manifest.schedule
    if schedule is not None:
        _check_zone(inspection, schedule.timezone)
        _check_days(inspection, schedule)
        if schedule.cron is not None and not _check_cron(inspection, schedule.cron):
            # What policy thinks of it, nobody needs to hear then.
            inspection.set_aside.append(("schedule", "cron"))
        if schedule.cron is None and schedule.every is None:
            _check_assets_only(inspection, schedule)
    _check_deadline(inspection, manifest)
    _check_notify(inspection, manifest)


def _check_zone(inspection: Inspection, name: str) -> None:
    if not _is_zone(name):
        zones = sorted(zoneinfo.available_timezones())
        inspection.report(
            "unknown-timezone",
            f"There is no time zone {name!r}. Use a name such as Asia/Ho_Chi_Minh.",
            ("schedule", "timezone"),
            suggestion=meant(name, zones, most=len(zones)),
        )


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    if not re.fullmatch(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Z][A-Za-z0-9_+-]*){0,2}", name):
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_days(inspection: Inspection, schedule: Schedule) -> None:
    days = {"start_date": schedule.start_date, "end_date": schedule.end_date}
    for name, day in days.items():
        if day is not None and day.year not in _YEARS:
            inspection.report("wrong-value", "That day is too far away.", ("schedule", name))
    start, end = schedule.start_date, schedule.end_date
    if start is not None and end is not None and _moment(end) < _moment(start):
        inspection.report(
            "end-before-start", "The schedule ends before it begins.", ("schedule", "end_date")
        )


def _moment(day: dt.date) -> dt.datetime:
    return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())


def _check_cron(inspection: Inspection, cron: str) -> bool:
    """Whether it is a schedule."""
    if cron in PRESETS:
        return True
    problem, suggestion = _cron_problem(cron), None
    if cron.startswith("@"):
        problem = f"There is no preset {cron!r}. Use one of {', '.join(PRESETS)}."
        suggestion = meant(cron, PRESETS)
    if problem is not None:
        inspection.report("cron-invalid", problem, ("schedule", "cron"), suggestion=suggestion)
    return problem is None


_PART = re.compile(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?")
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@lru_cache(maxsize=4096)
def _cron_problem(cron: str) -> str | None:
    """A sentence about what is wrong."""
    fields = cron.split()
    if len(fields) != 5:
        return "A cron schedule has five fields: minute, hour, day, month, weekday."
    if _is_plain(fields):
        return None
    from croniter import (  # type: ignore[import-untyped]  # has no types
        CroniterBadDateError,
        CroniterError,
        croniter,
    )

    try:
        start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        croniter(cron, start, max_years_between_matches=8).get_next(float)
    except CroniterBadDateError:
        return "Such a day never comes: look at its day and month."
    except (CroniterError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"This is not a cron schedule: {str(error)[:120]}."
    return None


def _is_plain(fields: list[str]) -> bool:
    """Whether these are numbers within their limits that surely come true; else croniter judges."""
    if fields[2] != "*" and fields[3] != "*":
        return False
    for field, (low, high) in zip(fields, _LIMITS, strict=True):
        for part in field.split(","):
            found = _PART.fullmatch(part)
            if found is None or found[3] in ("0", "00"):
                return False
            first, last = found[1], found[2]
            if first is not None and not low <= int(first) <= int(last or first) <= high:
                return False
            if found[3] is not None and int(found[3]) > high:
                return False
    return True


def _check_assets_only(inspection: Inspection, schedule: Schedule) -> None:
    written = inspection.effective.written(("schedule", "catchup"))[0] is None
    if schedule.catchup and written:
        inspection.report(
            "no-effect",
            "catchup makes up for missed times; this schedule has none. Remove it.",
            ("schedule", "catchup"),
            severity="warning",
        )


def _check_deadline(inspection: Inspection, manifest: Manifest) -> None:
    deadline = manifest.deadline
    if deadline is None:
        return
    path: Path = ("deadline", "by" if deadline.by is not None else "within")
    schedule = manifest.schedule
    if deadline.by is not None and not inspection.is_set_aside(("schedule",)):
        by_assets = schedule is not None and schedule.assets is not None
        if by_assets or seconds_after_start(deadline, schedule) is None:
            inspection.report(
                "deadline-without-time",
                "A time of day is only a deadline where each run begins at one and the same time "
                "of day. Write within: 2h instead.",
                path,
            )
    timeout = manifest.dagrun_timeout
    within = deadline.within
    if within is not None and timeout is not None and seconds_of(within) > seconds_of(timeout):
        inspection.report(
            "no-effect",
            f"A run is ended after {timeout} (dagrun_timeout), before this deadline is missed.",
            path,
            severity="warning",
        )


def _check_notify(inspection: Inspection, manifest: Manifest) -> None:
    several = isinstance(inspection.effective.data.get("notify"), list)
    channels: set[str] = set()
    for index, one in enumerate(manifest.notify):
        here: Path = ("notify", index) if several else ("notify",)
        if one.slack in channels:
            message = f"{one.slack} stands here twice. Put its events into one list."
            inspection.report("duplicate-value", message, (*here, "slack"))
        channels.add(one.slack)
        report_twice(inspection, one.events, (*here, "events"))
        missing = manifest.deadline is None and not inspection.is_set_aside(("deadline",))
        if "late" in one.events and missing:
            inspection.report(
                "late-without-deadline",
                'Nothing says when a run is late. Add deadline: {by: "07:00"} or {within: 2h}.',
                (*here, "events", one.events.index("late")),
            )
