"""Small parts of sentences: lists, durations, days, ordinals."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def listed(parts: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(number: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def seconds_in_words(seconds: int) -> str:
    """`90 minutes`, `2 hours`, `1 day`: the largest unit that divides it."""
    for noun, length in _UNITS:
        if seconds % length == 0:
            return counted(seconds // length, noun)
    raise AssertionError("every whole number is some seconds")


def day_in_words(day: dt.date | dt.datetime) -> str:
    """`1 December 2026`, and `1 December 2026, 06:00` where a time belongs to it."""
    words = f"{day.day} {calendar.month_name[day.month]} {day.year}"
    if not isinstance(day, dt.datetime):
        return words
    return f"{words}, {day:%H:%M:%S}" if day.second else f"{words}, {day:%H:%M}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def spans(numbers: Sequence[int], word: str = " to ") -> list[str]:
    """Numbers as text; three and more in a row become one span: `1 to 5`, `7`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [
        text
        for run in found
        for text in ([f"{run[0]}{word}{run[-1]}"] if len(run) > 2 else map(str, run))
    ]
