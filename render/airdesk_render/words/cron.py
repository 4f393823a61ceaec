"""A cron expression in English.

The words are made from what croniter makes of the expression, so they say what will happen
whatever way it was written. What would make an unreadable sentence is quoted instead.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from itertools import pairwise

from airdesk_render.words.texts import listed, ordinal, spans

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
"""Airflow's own words; croniter does not know all of them."""

_MOST_TIMES = 6
_MOST_DAYS = 16
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", "l": "last"}
Field = list[int] | None
"""Values of a field, sorted; `None` where any will do."""


def cron_in_words(expression: str) -> str:
    """`every weekday at 06:00`; an expression that cannot be read is quoted."""
    quoted = f"at the times of the cron expression {expression}"
    fields = _fields(expression)
    if fields is None:
        return quoted
    times = _times(fields.minutes, fields.hours)
    days = _days(fields)
    if times is None or days is None:
        return quoted
    if times.repeats:
        return f"{times.text} {days.where}".rstrip()
    return f"{days.which} {times.text}"


def canonical_cron(expression: str) -> str:
    """One text for all expressions of the same meaning; as it is where it cannot be read."""
    fields = _fields(expression)
    if fields is None:
        return expression
    parts = (fields.minutes, fields.hours, fields.days, fields.months, fields.weekdays)
    texts = ["*" if part is None else ",".join(map(str, part)) for part in parts]
    texts[2] += " and the last" if fields.last_day else ""
    nth = (
        f"{day}#{which}" for day in sorted(fields.nth) for which in sorted(fields.nth[day], key=str)
    )
    return " ".join((*texts, *nth))


@dataclass(frozen=True)
class _Fields:
    minutes: Field
    hours: Field
    days: Field
    last_day: bool
    months: Field
    weekdays: Field
    nth: dict[int, set[int | str]]


@dataclass(frozen=True)
class _Times:
    """Times of a day; `repeats` where they read as a rhythm (every 15 minutes)."""

    text: str
    repeats: bool


@dataclass(frozen=True)
class _Days:
    """The days as `every weekday` (which) and as `on weekdays` (where; may be empty)."""

    which: str
    where: str


def _fields(expression: str) -> _Fields | None:
    from croniter import croniter  # type: ignore[import-untyped]  # has no types

    try:
        expanded, nth = croniter.expand(PRESETS.get(expression, expression))
    except (ValueError, KeyError, TypeError):
        return None
    if len(expanded) != 5:
        return None
    minutes, hours, days, months, weekdays = ([*values] for values in expanded)
    return _Fields(
        minutes=_values(minutes),
        hours=_values(hours),
        days=_values([day for day in days if day != "l"]) if days != ["l"] else [],
        last_day="l" in days,
        months=_values(months),
        weekdays=_values(weekdays),
        nth={int(day): set(which) for day, which in nth.items()},
    )


def _values(values: list[int | str]) -> Field:
    return None if "*" in values else sorted(int(value) for value in values)


def _clock(hour: int, minute: int) -> str:
    return f"{hour:02}:{minute:02}"


def _step(values: list[int]) -> int | None:
    """The distance between neighbours where it is always the same, of two values and more."""
    steps = {after - before for before, after in pairwise(values)}
    return steps.pop() if len(steps) == 1 else None


def _around(values: list[int], size: int) -> int | None:
    """The distance where the values go evenly round the clock, such as 15 of 0, 15, 30, 45."""
    step = _step(values)
    return step if step is not None and step * len(values) == size else None


def _times(minutes: Field, hours: Field) -> _Times | None:
    if hours is None:
        return _every_hour(minutes)
    if minutes is not None and len(minutes) * len(hours) <= _MOST_TIMES:
        rhythm = _hourly(minutes[0], hours) if len(minutes) == 1 else None
        times = [_clock(hour, minute) for hour in hours for minute in minutes]
        return rhythm or _Times(f"at {listed(times)}", repeats=False)
    if minutes is not None and len(minutes) == 1:
        return _hourly(minutes[0], hours)
    return _within_hours(minutes, hours)


def _every_hour(minutes: Field) -> _Times:
    if minutes is None:
        return _Times("every minute", repeats=True)
    if minutes == [0]:
        return _Times("every hour", repeats=True)
    step = _around(minutes, 60)
    if step is not None and minutes[0] == 0:
        return _Times(f"every {step} minutes", repeats=True)
    if step is not None and len(minutes) > 4:
        return _Times(f"every {step} minutes from {minutes[0]} past the hour", repeats=True)
    return _Times(f"every hour at {_past(minutes)}", repeats=True)


def _past(minutes: list[int]) -> str:
    noun = "minute" if minutes == [1] else "minutes"
    return f"{listed(spans(minutes))} {noun} past"


def _hourly(minute: int, hours: list[int]) -> _Times | None:
    """Once in each of several hours, where these have a rhythm of their own."""
    around = _around(hours, 24)
    if around is not None and len(hours) > 3:
        begin = f" from {_clock(hours[0], minute)}" if hours[0] or minute else ""
        return _Times(f"every {_hours(around)}{begin}", repeats=True)
    step = _step(hours)
    if step is not None and len(hours) > 3:
        ends = f"from {_clock(hours[0], minute)} to {_clock(hours[-1], minute)}"
        return _Times(f"every {_hours(step)} {ends}", repeats=True)
    if len(hours) <= _MOST_TIMES:
        return None
    return _Times(f"at {listed(_clock(hour, minute) for hour in hours)}", repeats=False)


def _hours(number: int) -> str:
    return "hour" if number == 1 else f"{number} hours"


def _within_hours(minutes: Field, hours: list[int]) -> _Times | None:
    """Several times in each of some hours: `every 15 minutes from 08:00 to 17:45`."""
    wanted = list(range(60)) if minutes is None else minutes
    step = 1 if minutes is None else _around(wanted, 60)
    if step is None:
        at = listed(f":{minute:02}" for minute in wanted)
        return _Times(f"at {at} of the hours {listed(spans(hours))}", repeats=False)
    rhythm = "every minute" if step == 1 else f"every {step} minutes"
    pieces: list[list[int]] = []
    for hour in hours:
        if pieces and hour == pieces[-1][-1] + 1:
            pieces[-1].append(hour)
        else:
            pieces.append([hour])
    if len(pieces) > 4:
        return None
    ends = (f"from {_clock(p[0], wanted[0])} to {_clock(p[-1], wanted[-1])}" for p in pieces)
    return _Times(f"{rhythm} {listed(ends)}", repeats=True)


def _days(fields: _Fields) -> _Days | None:
    months = _months(fields.months)
    in_months = f" in {months}" if months else ""
    by_month = fields.days is not None
    if not by_month and fields.weekdays is None:
        return _Days(f"every day{in_months}", in_months.strip())
    parts: list[_Days | None] = []
    if by_month:
        parts.append(_days_of_month(fields, months))
    if fields.weekdays is not None:
        parts.append(_weekdays(fields, months if not by_month else ""))
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or (len(parts) > 1 and months):
        return None
    # cron takes either where both are given
    return _Days(
        " and ".join(part.which for part in known), " and ".join(part.where for part in known)
    )


def _months(months: Field) -> str:
    if months is None:
        return ""
    if len(months) > 2 and _step(months) == 1:
        return f"{calendar.month_name[months[0]]} to {calendar.month_name[months[-1]]}"
    return listed(calendar.month_name[month] for month in months)


def _days_of_month(fields: _Fields, months: str) -> _Days | None:
    days = fields.days or []
    if len(days) > _MOST_DAYS:
        return None
    if len(days) == 1 and not fields.last_day and fields.months and len(fields.months) == 1:
        text = f"on {days[0]} {months}"
        return _Days(f"every year {text}", text)
    names = [ordinal(day) for day in days] if len(days) <= 4 else []
    if len(days) > 4:
        named = f"on days {listed(spans(days))}"
        named += " and the last day" if fields.last_day else ""
    else:
        names += ["last day"] if fields.last_day else []
        named = f"on the {listed(names)}"
    text = f"{named} of {months or 'every month'}"
    return _Days(text, text)


def _weekdays(fields: _Fields, months: str) -> _Days | None:
    days = fields.weekdays or []
    in_months = f" in {months}" if months else ""
    if fields.nth:
        if set(fields.nth) != set(days):
            return None
        names = [
            f"{_NTH[which]} {_weekday(day)}"
            for day in days
            for which in sorted(fields.nth[day], key=str)
        ]
        text = f"on the {listed(names)} of {months or 'every month'}"
        return _Days(text, text)
    if days == [1, 2, 3, 4, 5]:
        return _Days(f"every weekday{in_months}", f"on weekdays{in_months}")
    # a week begins with Monday for those who read this
    week = sorted(day or 7 for day in days)
    names = [_weekday(day) for day in week]
    if len(week) > 2 and _step(week) == 1:
        text = f"from {names[0]} to {names[-1]}{in_months}"
        return _Days(f"every day {text}", text)
    plural = listed(f"{name}s" for name in names)
    return _Days(f"every {listed(names)}{in_months}", f"on {plural}{in_months}")


def _weekday(day: int) -> str:
    return calendar.day_name[(day - 1) % 7]
