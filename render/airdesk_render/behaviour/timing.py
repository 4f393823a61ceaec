"""When a DAG ran and will run, and how many runs a change starts at once."""

from __future__ import annotations

import datetime as dt

from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.shapes import Schedule, Timing
from airdesk_render.language.base import seconds_of
from airdesk_render.language.schedule import Schedule as Rhythm
from airdesk_render.words import next_runs, runs_at_once, schedule_in_words
from airdesk_render.words.runs import MOST_AT_ONCE, latest_run

_FROM_NOW = (
    "Airflow starts the first run as soon as this is live and counts on from there: the times are "
    "those if it were live now."
)
_FROM_START = "Counted from start_date; after a pause Airflow counts from the latest run instead."


def schedule_of(old: DagFacts | None, new: DagFacts | None, at: dt.datetime) -> Schedule:
    """Schedules of both sides in words, with their next runs after `at`."""
    before = old.schedule if old is not None else None
    after = new.schedule if new is not None else None
    same = old is not None and new is not None and old.dag_id == new.dag_id
    last = latest_run(before, at=at) if same else None
    if same and before == after:
        timing = _timing(after, at, None)
        return Schedule(before=timing, after=timing, counted_from=_counted(after, at, None))
    base = _base(after, at, last)
    at_once = runs_at_once(after, at=at, last=last) if new is not None else 0
    return Schedule(
        before=_timing(before, at, None) if old is not None else None,
        after=_timing(after, at, base) if new is not None else None,
        at_once=at_once,
        at_a_time=_at_a_time(new),
        many=at_once >= MOST_AT_ONCE,
        counted_from=_counted(after, at, base),
    )


def _at_a_time(facts: DagFacts | None) -> int | None:
    most = facts.head["max_active_runs"] if facts is not None else None
    return most if isinstance(most, int) else None


def _base(rhythm: Rhythm | None, at: dt.datetime, last: dt.datetime | None) -> dt.datetime | None:
    """The run from which a new interval counts: the last one, or one that starts right now."""
    if rhythm is None or rhythm.every is None or rhythm.catchup:
        return last
    latest = latest_run(rhythm, at=at)
    if latest is None:
        return None
    if last is not None and last + dt.timedelta(seconds=seconds_of(rhythm.every)) > at:
        return last
    return at


def _counted(rhythm: Rhythm | None, at: dt.datetime, base: dt.datetime | None) -> str | None:
    if rhythm is None or rhythm.every is None:
        return None
    return _FROM_NOW if base == at else _FROM_START


def _timing(rhythm: Rhythm | None, at: dt.datetime, last: dt.datetime | None) -> Timing:
    runs = next_runs(rhythm, after=at, last=last)
    return Timing(words=schedule_in_words(rhythm), next_runs=tuple(runs))
