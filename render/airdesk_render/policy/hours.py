"""Times of day at which a schedule begins runs, and ranges of hours they must lie in."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterable
from functools import lru_cache

from airdesk_render.words.cron import PRESETS

HOURS_PATTERN = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
ALL_DAY = ("00:00-24:00",)
_MINUTES = 24 * 60
_DAYS_AHEAD = 60
_SEASONS = (dt.datetime(2026, 1, 15), dt.datetime(2026, 7, 15))
"""Days on which clocks that are put forward for the summer show both their times."""


def outside(minutes: Iterable[int], zone: str, ranges: tuple[str, ...], clock: str) -> str | None:
    """The first time of day, `03:15` by `clock`, that lies in none of the ranges.

    Args:
        minutes: minutes after midnight in time zone `zone`. clock: time zone of the ranges.
    """
    spans = [_span(one) for one in ranges]
    shifts = sorted({_shift(zone, clock, season) for season in _SEASONS})
    for minute, shift in itertools.product(sorted(minutes), shifts):
        there = (minute + shift) % _MINUTES
        if not any(_within(there, *span) for span in spans):
            return f"{there // 60:02}:{there % 60:02}"
    return None


@lru_cache(maxsize=2048)
def minutes_of_cron(cron: str) -> frozenset[int]:
    """Minutes after midnight at which a cron or preset begins runs; empty where it is no cron."""
    from croniter import croniter  # type: ignore[import-untyped]  # has no types

    try:
        minutes, hours = croniter.expand(PRESETS.get(cron, cron))[0][:2]
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()  # what is wrong with it, the check of the schedule says
    all_minutes = range(60) if "*" in minutes else minutes
    all_hours = range(24) if "*" in hours else hours
    return frozenset(60 * hour + minute for hour in all_hours for minute in all_minutes)


def minutes_of_interval(seconds: int, start: dt.date | None) -> frozenset[int]:
    """Minutes after midnight at which a fixed interval from `start` on begins runs."""
    minute = start.hour * 60 + start.minute if isinstance(start, dt.datetime) else 0
    found: set[int] = set()
    while minute not in found:
        found.add(minute)
        minute = (minute + max(seconds // 60, 1)) % _MINUTES
    return frozenset(found)


@lru_cache(maxsize=2048)
def shortest_gap_of_cron(cron: str) -> int | None:
    """Seconds between the two closest runs of a cron; `None` where it is none, or never comes."""
    times = sorted(minutes_of_cron(cron))
    if not times:
        return None
    within = min((60 * (later - one) for one, later in itertools.pairwise(times)), default=None)
    overnight = 60 * (times[0] + _MINUTES - times[-1])
    if within is not None and within <= overnight:
        return within
    days = _days_between(cron)
    if days is None:
        return None
    ahead = overnight + (days - 1) * 60 * _MINUTES
    return ahead if within is None else min(within, ahead)


def _days_between(cron: str) -> int | None:
    """Days from one day with runs to the next, at the closest; `None` where no day ever comes."""
    from croniter import croniter

    day, month, weekday = PRESETS.get(cron, cron).split()[2:5]
    try:
        days = croniter(
            f"0 0 {day} {month} {weekday}",
            dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            max_years_between_matches=8,
        )
        times = [days.get_next(float) for _ in range(_DAYS_AHEAD)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    closest: float = min(later - one for one, later in itertools.pairwise(times))
    return round(closest / 86_400)


def _span(text: str) -> tuple[int, int]:
    begin, _, end = text.partition("-")
    return _minute(begin), _minute(end)


def _minute(text: str) -> int:
    return 60 * int(text[:2]) + int(text[3:])


def _within(minute: int, begin: int, end: int) -> bool:
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end


@lru_cache(maxsize=256)
def _shift(zone: str, clock: str, season: dt.datetime) -> int:
    """Minutes by which the clock is ahead of the zone; none where a zone does not exist."""
    offsets = []
    for name in (clock, zone):
        try:
            offset = zoneinfo.ZoneInfo(name).utcoffset(season)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return 0
        offsets.append(offset or dt.timedelta())
    return int((offsets[0] - offsets[1]).total_seconds() // 60)
