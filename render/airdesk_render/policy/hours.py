"""Times of day at which a schedule begins runs, and ranges of hours they must lie in."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterable
from functools import lru_cache

HOURS_PATTERN = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
DAY = 24 * 60
_SEASONS = (dt.datetime(2026, 1, 15), dt.datetime(2026, 7, 15))
"""Days on which clocks that are put forward for the summer show both their times."""


def outside(minutes: Iterable[int], zone: str, ranges: tuple[str, ...], clock: str) -> str | None:
    """The first time of day, `03:15` by `clock`, that lies in none of the ranges.

    Args:
        minutes: minutes after midnight in time zone `zone`. clock: time zone of the ranges.
    """
    spans = [_span(one) for one in ranges]
    shifts = {_shift(zone, clock, season) for season in _SEASONS}
    for minute, shift in itertools.product(sorted(minutes), sorted(shifts)):
        there = (minute + shift) % DAY
        if not any(_within(there, *span) for span in spans):
            return f"{there // 60:02}:{there % 60:02}"
    return None


def minutes_of_cron(cron: str) -> frozenset[int]:
    """Minutes after midnight at which a valid cron of five fields, or a preset, begins runs."""
    from croniter import croniter  # type: ignore[import-untyped]  # has no types

    fields = croniter.expand(_PRESETS.get(cron, cron))[0]
    minute, hour = (
        range(size) if "*" in field else field
        for field, size in zip(fields, (60, 24), strict=False)
    )
    return frozenset(60 * one + other for one, other in itertools.product(hour, minute))


_PRESETS = {"@quarterly": "0 0 1 */3 *"}
"""What croniter does not know."""


def minutes_of_interval(seconds: int, start: dt.date) -> frozenset[int]:
    """Minutes after midnight at which a fixed interval from `start` on begins runs."""
    begin = start.hour * 60 + start.minute if isinstance(start, dt.datetime) else 0
    step = max(seconds // 60, 1) % DAY
    found = {begin}
    while (begin := (begin + step) % DAY) not in found:
        found.add(begin)
    return frozenset(found)


@lru_cache(maxsize=1024)
def shortest_gap_of_cron(cron: str) -> int | None:
    """Seconds between the two closest of the next runs; `None` where it is no valid cron."""
    from croniter import croniter

    try:
        moments = croniter(
            _PRESETS.get(cron, cron),
            dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            max_years_between_matches=8,
        )
        times = [moments.get_next(float) for _ in range(25)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # croniter raises any of these; what is wrong, the check of the schedule says
    return int(min(later - earlier for earlier, later in itertools.pairwise(times)))


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
    """Minutes by which the clock is ahead of the zone; nothing where a zone does not exist."""
    offsets = []
    for name in (clock, zone):
        try:
            offset = zoneinfo.ZoneInfo(name).utcoffset(season)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return 0
        offsets.append(offset or dt.timedelta())
    return int((offsets[0] - offsets[1]).total_seconds() // 60)
