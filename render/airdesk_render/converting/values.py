"""Durations, moments and names as manifests write them, out of what dag-factory takes."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping

from airdesk_render.converting.items import Item, Made, Plain, plain

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_TIMEDELTA = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_SECONDS = {
    "weeks": 604_800,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
    "milliseconds": 0.001,
    "microseconds": 0.000_001,
}
_SPANS = ("timedelta", "duration", "relativedelta", "Duration")
_RELATIVE = re.compile(r"\s*(\d+)\s+(hour|minute|second|day)s?\s*", re.IGNORECASE)
_DATETIME = ("year", "month", "day", "hour", "minute", "second")


def seconds_of_item(item: Item) -> float | None:
    """A timedelta, a number of seconds, or words such as `2 hours`; None where it is no such."""
    value = item.value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and (found := _RELATIVE.fullmatch(value)) is not None:
        return float(int(found[1]) * _SECONDS[f"{found[2].lower()}s"])
    if isinstance(value, Made) and value.name in _SPANS:
        return _span(value)
    return None


def _span(made: Made) -> float | None:
    names = _TIMEDELTA if made.name == "timedelta" else ()
    if len(made.positional) > len(names):
        return None
    given = {**dict(zip(names, made.positional, strict=False)), **made.named}
    total = 0.0
    for name, item in given.items():
        if name not in _SECONDS or not isinstance(item.value, int | float):
            return None
        total += item.value * _SECONDS[name]
    return total


def duration(seconds: float) -> str | None:
    """`90s`, `30m`, `2h` or `1d`; None where no such says it."""
    whole = int(seconds)
    if whole != seconds or whole < 1:
        return None
    for unit, length in _UNITS:
        if whole % length == 0 and whole // length < 100_000:
            return f"{whole // length}{unit}"
    return None


def moment(item: Item, today: dt.date) -> str | None:
    """A day, or a moment without its zone; `2 days` counts back from `today`. None: no such."""
    found = _moment(item, today)
    if found is None:
        return None
    if isinstance(found, dt.datetime) and found.time() != dt.time():
        return found.replace(tzinfo=None, microsecond=0).isoformat()
    return (found.date() if isinstance(found, dt.datetime) else found).isoformat()


def _moment(item: Item, today: dt.date) -> dt.date | None:
    value = item.value
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _moment_in_text(value, today)
    if isinstance(value, Made) and value.name in ("datetime", "date", "DateTime"):
        given = {**dict(zip(_DATETIME, value.positional, strict=False)), **value.named}
        # dag-factory puts the zone of the DAG in the place of any other.
        parts = {name: plain(one) for name, one in given.items() if name != "tzinfo"}
        try:
            return dt.datetime(**parts)  # type: ignore[arg-type]  # refused below if it does not fit
        except (TypeError, ValueError):
            return None
    return None


def _moment_in_text(text: str, today: dt.date) -> dt.date | None:
    if (found := _RELATIVE.fullmatch(text)) is not None:
        back = dt.timedelta(seconds=int(found[1]) * _SECONDS[f"{found[2].lower()}s"])
        return dt.datetime.combine(today, dt.time()) - back
    for kind in (dt.date, dt.datetime):
        try:
            return kind.fromisoformat(text.strip())
        except ValueError:
            continue
    return None


def is_relative(item: Item) -> bool:
    """Whether a moment is counted from the day on which it is read."""
    return item.text is not None and _RELATIVE.fullmatch(item.text) is not None


def slug(text: str, longest: int = 60) -> str:
    """Lower-case letters, digits and underscores, beginning with a letter; the same each time."""
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "_".join(re.findall(r"[a-z0-9]+", plain_text.lower()))
    if not words or not words[0].isalpha():
        words = f"x_{words}".rstrip("_") if words else f"x_{_hash(text)}"
    if len(words) > longest:
        words = f"{words[: longest - 9].rstrip('_')}_{_hash(text)}"
    return words


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def unique(name: str, taken: Mapping[str, object] | frozenset[str] | set[str]) -> str:
    """The name, or the name with a number if it is taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def without_none(data: Mapping[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in data.items() if value is not None}
