"""Cron expressions: when a schedule is due next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_NAMES = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "weekday": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
_YEARS_AHEAD = 5


def next_run(cron: str, zone: str, after: datetime) -> datetime:
    """The first minute after `after` at which `cron` is due in `zone`, in UTC.

    Raises:
        ValueError: no such expression or zone, or it never comes.
    """
    parts = cron.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{cron!r} does not have five fields.")
    minutes, hours, days, months, weekdays = (
        _values(part, *where) for part, where in zip(parts, _FIELDS, strict=True)
    )
    try:
        local = after.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{zone!r} is not a time zone.") from None
    weekdays = {day % 7 for day in weekdays}
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    day = local.date()
    for _ in range(366 * _YEARS_AHEAD):
        by_day, by_weekday = day.day in days, day.isoweekday() % 7 in weekdays
        due = (by_day or by_weekday) if either else (by_day and by_weekday)
        if due and day.month in months:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = datetime(
                        day.year, day.month, day.day, hour, minute, tzinfo=local.tzinfo
                    ).astimezone(UTC)
                    if moment > after:
                        return moment
        day += timedelta(days=1)
    raise ValueError(f"{cron!r} never comes.")


def _values(text: str, name: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        elif "-" in span:
            start, end = span.split("-", 1)
            first, last = _number(start, name), _number(end, name)
        else:
            first = _number(span, name)
            last = high if step else first
        if not (low <= first <= last <= high) or (step and int(step) < 1):
            raise ValueError(f"{text!r} is no {name}.")
        values.update(range(first, last + 1, int(step or 1)))
    return values


def _number(text: str, name: str) -> int:
    names = _NAMES.get(name, ())
    if text in names:
        return names.index(text) + (1 if name == "month" else 0)
    return int(text)
