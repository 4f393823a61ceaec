"""A schedule and a deadline in English."""

from __future__ import annotations

from airdesk_render.language.base import seconds_of
from airdesk_render.language.notify import Deadline
from airdesk_render.language.schedule import AssetSet, Schedule
from airdesk_render.words.cron import cron_in_words
from airdesk_render.words.texts import day_in_words, listed, seconds_in_words

MANUAL = "only when somebody starts it"


def schedule_in_words(schedule: Schedule | None) -> str:
    """When a DAG runs, without a full stop: `every weekday at 06:00 (Asia/Ho_Chi_Minh)`.

    `every 2 hours from 1 December 2026 (UTC)`, `when orders or risk.exposures was updated`,
    `only when somebody starts it` for none.
    """
    if schedule is None:
        return MANUAL
    parts = []
    if schedule.cron is not None:
        parts.append(f"{cron_in_words(schedule.cron)} ({schedule.timezone})")
    if schedule.every is not None and schedule.start_date is not None:
        begin = day_in_words(schedule.start_date)
        parts.append(f"every {_rhythm(schedule.every)} from {begin} ({schedule.timezone})")
    if schedule.assets is not None:
        parts.append(_assets(schedule.assets))
    until = f" until {day_in_words(schedule.end_date)}" if schedule.end_date is not None else ""
    return " and ".join(parts) + until


def deadline_in_words(deadline: Deadline | None) -> str:
    """`done by 07:00`, `done within 2 hours`; `no deadline` for none."""
    if deadline is None:
        return "no deadline"
    if deadline.within is not None:
        return f"done within {seconds_in_words(seconds_of(deadline.within))}"
    return f"done by {deadline.by}"


def _rhythm(every: str) -> str:
    seconds = seconds_of(every)
    # Airflow counts time that passes: where clocks change, a day is not always 24 hours
    words = "24 hours" if seconds == 86_400 else seconds_in_words(seconds)
    return words.removeprefix("1 ")


def _assets(assets: str | tuple[str, ...] | AssetSet) -> str:
    if isinstance(assets, str):
        return f"when {assets} was updated"
    if isinstance(assets, tuple):
        return _updated(listed(assets), several=len(assets) > 1)
    whole = assets.all if assets.all is not None else assets.any or ()
    several = assets.all is not None and len(whole) > 1
    return _updated(_combined(assets, nested=False), several=several)


def _updated(names: str, *, several: bool) -> str:
    return f"when {names} {'were' if several else 'was'} updated"


def _combined(assets: str | AssetSet, *, nested: bool = True) -> str:
    if isinstance(assets, str):
        return assets
    parts = assets.all if assets.all is not None else assets.any or ()
    words = listed((_combined(part) for part in parts), "and" if assets.all is not None else "or")
    return f"({words})" if nested and len(parts) > 1 else words
