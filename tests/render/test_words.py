"""Schedules in words, and the next runs as Airflow would compute them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from airdesk_render.language.notify import Deadline
from airdesk_render.language.schedule import Schedule
from airdesk_render.words import (
    deadline_in_words,
    next_runs,
    runs_at_once,
    schedule_in_words,
    seconds_in_words,
)
from airdesk_render.words.cron import cron_in_words
from airdesk_render.words.runs import MOST_AT_ONCE, latest_run

CRONS = {
    "0 6 * * 1-5": "every weekday at 06:00",
    "0 6 * * mon-fri": "every weekday at 06:00",
    "* * * * *": "every minute",
    "*/15 * * * *": "every 15 minutes",
    "5/15 * * * *": "every hour at 5, 20, 35 and 50 minutes past",
    "1-59/2 * * * *": "every 2 minutes from 1 past the hour",
    "*/5 * * * 1": "every 5 minutes on Mondays",
    "30 * * * *": "every hour at 30 minutes past",
    "1 * * * *": "every hour at 1 minute past",
    "@hourly": "every hour",
    "@daily": "every day at 00:00",
    "@weekly": "every Sunday at 00:00",
    "@monthly": "on the 1st of every month at 00:00",
    "@quarterly": "on the 1st of January, April, July and October at 00:00",
    "@yearly": "every year on 1 January at 00:00",
    "0 */2 * * *": "every 2 hours",
    "30 */6 * * *": "every 6 hours from 00:30",
    "0 */12 * * *": "every day at 00:00 and 12:00",
    "0 8-18/2 * * 1-5": "every 2 hours from 08:00 to 18:00 on weekdays",
    "*/15 8-17 * * 1-5": "every 15 minutes from 08:00 to 17:45 on weekdays",
    "* 8 * * *": "every minute from 08:00 to 08:59",
    "*/30 8-9,14-16 * * *": "every 30 minutes from 08:00 to 09:30 and from 14:00 to 16:30",
    "3,17,41 1-5 * * *": "every day at :03, :17 and :41 of the hours 1 to 5",
    "15,45 9 * * 6,0": "every Saturday and Sunday at 09:15 and 09:45",
    "0 0 1,5,7,8,11,13,17 * *": "on days 1, 5, 7, 8, 11, 13 and 17 of every month at 00:00",
    "0 7 1-5,L * *": "on days 1 to 5 and the last day of every month at 07:00",
    "0 9 * * 1-4": "every day from Monday to Thursday at 09:00",
    "*/20 * * * 5-7": "every 20 minutes from Friday to Sunday",
    "0 0 L * *": "on the last day of every month at 00:00",
    "0 9 * * 5#2": "on the second Friday of every month at 09:00",
    "0 9 * * L5": "on the last Friday of every month at 09:00",
    "0 9 * 6-8 1": "every Monday in June to August at 09:00",
    "0 9 * 12 *": "every day in December at 09:00",
    "0 6 1 * 1": "on the 1st of every month and every Monday at 06:00",
    "0 0,1,2,7,9,13,17 * * *": ("every day at 00:00, 01:00, 02:00, 07:00, 09:00, 13:00 and 17:00"),
    # what would be no sentence any more is quoted
    "0 6 1 1 1": "at the times of the cron expression 0 6 1 1 1",
    "0 6 1-28 * *": "at the times of the cron expression 0 6 1-28 * *",
    "0 6 * * 1#1,3": "at the times of the cron expression 0 6 * * 1#1,3",
    "*/10 1,3,5,7,9 * * *": "at the times of the cron expression */10 1,3,5,7,9 * * *",
    "not a cron": "at the times of the cron expression not a cron",
}


@pytest.mark.parametrize("cron", CRONS)
def test_cron_in_words(cron: str) -> None:
    assert cron_in_words(cron) == CRONS[cron]


def schedule(**fields: object) -> Schedule:
    zone = {"timezone": "Asia/Ho_Chi_Minh", "start_date": "2026-12-01"}
    return Schedule.model_validate({**zone, **fields})


SCHEDULES = {
    "weekdays": ({"cron": "0 6 * * 1-5"}, "every weekday at 06:00 (Asia/Ho_Chi_Minh)"),
    "interval": ({"every": "2h"}, "every 2 hours from 1 December 2026 (Asia/Ho_Chi_Minh)"),
    "hour": (
        {"every": "1h", "start_date": "2026-12-01T06:30", "timezone": "UTC"},
        "every hour from 1 December 2026, 06:30 (UTC)",
    ),
    "day": ({"every": "1d"}, "every 24 hours from 1 December 2026 (Asia/Ho_Chi_Minh)"),
    "ends": (
        {"cron": "@daily", "end_date": "2027-03-31"},
        "every day at 00:00 (Asia/Ho_Chi_Minh) until 31 March 2027",
    ),
    "one": ({"assets": "orders"}, "when orders was updated"),
    "list": ({"assets": ["orders", "stock"]}, "when orders and stock were updated"),
    "any": (
        {"assets": {"any": ["orders", "risk.exposures"]}},
        "when orders or risk.exposures was updated",
    ),
    "nested": (
        {"assets": {"any": [{"all": ["orders", "stock"]}, "risk.exposures"]}},
        "when (orders and stock) or risk.exposures was updated",
    ),
    "both": (
        {"assets": "orders", "cron": "0 6 * * *"},
        "every day at 06:00 (Asia/Ho_Chi_Minh) and when orders was updated",
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_in_words(name: str) -> None:
    fields, words = SCHEDULES[name]
    assert schedule_in_words(schedule(**fields)) == words


def test_no_schedule_in_words() -> None:
    assert schedule_in_words(None) == "only when somebody starts it"


def test_deadlines_and_durations_in_words() -> None:
    assert deadline_in_words(None) == "no deadline"
    assert deadline_in_words(Deadline(by="07:00")) == "done by 07:00"
    assert deadline_in_words(Deadline(within="90m")) == "done within 90 minutes"
    assert [seconds_in_words(n) for n in (1, 60, 3600, 86_400, 5400)] == [
        *("1 second", "1 minute", "1 hour", "1 day", "90 minutes")
    ]


AFTER = dt.datetime(2026, 12, 4, 0, 0, tzinfo=dt.UTC)  # a Friday, 07:00 in Ho Chi Minh City


def texts(moments: list[dt.datetime]) -> list[str]:
    return [moment.isoformat(timespec="minutes") for moment in moments]


def test_next_runs_skip_the_weekend() -> None:
    found = next_runs(schedule(cron="0 6 * * 1-5"), after=AFTER, count=3)
    assert texts(found) == [
        "2026-12-07T06:00+07:00",
        "2026-12-08T06:00+07:00",
        "2026-12-09T06:00+07:00",
    ]


def test_next_runs_begin_with_the_start_and_stop_with_the_end() -> None:
    before = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for rhythm in ({"cron": "@daily"}, {"every": "1d"}):
        found = next_runs(schedule(**rhythm, end_date="2026-12-03"), after=before)
        assert texts(found) == [f"2026-12-0{day}T00:00+07:00" for day in (1, 2, 3)]


def test_an_interval_counts_from_its_start_or_from_the_last_run() -> None:
    every = schedule(every="7h")
    assert texts(next_runs(every, after=AFTER, count=2)) == [
        *("2026-12-04T12:00+07:00", "2026-12-04T19:00+07:00")
    ]
    last = AFTER - dt.timedelta(hours=1)
    assert texts(next_runs(every, after=AFTER, count=1, last=last)) == ["2026-12-04T13:00+07:00"]


def test_what_has_no_clock_has_no_next_runs() -> None:
    assert next_runs(None, after=AFTER) == []
    assert next_runs(schedule(assets="orders"), after=AFTER) == []
    assert next_runs(schedule(cron="0 0 30 2 *"), after=AFTER) == []


def test_runs_at_once() -> None:
    daily = schedule(cron="@daily")
    assert runs_at_once(daily, at=AFTER) == 1, "Airflow starts the latest missed run"
    assert runs_at_once(schedule(cron="@daily", catchup=True), at=AFTER) == 4
    assert runs_at_once(schedule(every="12h", catchup=True), at=AFTER) == 7
    assert runs_at_once(schedule(cron="@daily", start_date="2026-12-24"), at=AFTER) == 0
    assert runs_at_once(daily, at=AFTER, last=AFTER - dt.timedelta(hours=7)) == 0
    assert runs_at_once(daily, at=AFTER, last=AFTER - dt.timedelta(hours=8)) == 1
    ended = schedule(cron="@daily", catchup=True, end_date="2026-12-02")
    assert runs_at_once(ended, at=AFTER) == 2
    often = schedule(cron="* * * * *", catchup=True, start_date="2020-01-01")
    assert runs_at_once(often, at=AFTER) == MOST_AT_ONCE
    assert runs_at_once(None, at=AFTER) == 0


ZONES = ("Asia/Ho_Chi_Minh", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "UTC")
EXPRESSIONS = (
    *("30 2 * * *", "30 * * * *", "*/20 * * * *", "0 */2 * * *", "15 1-3 * * *", "0 0 1 */3 *"),
    *("0 3 * * 0", "@weekly", "45 1 25 10 *", "0 6 1 * 1", "0 9 * * 5#2", "0 0 L * *"),
)
AFTERS = ("2026-03-07T22:00", "2026-03-28T22:00", "2026-10-03T12:00", "2026-10-24T22:00",
          "2026-10-31T22:30")  # fmt: skip
CASES = [(cron, zone, after) for cron in EXPRESSIONS for zone in ZONES for after in AFTERS]

BOUNDED = [
    (kind, rhythm, "Europe/Zurich", start, end)
    for kind, rhythm in (("every", "5h"), ("every", "1d"), ("cron", "0 6 * * *"))
    for start in ("2026-10-24", "2026-10-24T06:00", "2026-10-24T06:30")
    for end in ("2026-10-26", "2026-10-26T06:00")
]

IN_AIRFLOW = """
import datetime as dt, json, sys
import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.trigger import CronTriggerTimetable, DeltaTriggerTimetable

def runs(table, within, last):
    for _ in range(5):
        info = table.next_dagrun_info(last_automated_data_interval=last, restriction=within)
        if info is None:
            return
        last = DataInterval(info.run_after, info.run_after)
        yield info.run_after.isoformat()

def unbounded(cron, zone, after):
    moment = pendulum.parse(after)
    within = TimeRestriction(earliest=None, latest=None, catchup=True)
    table = CronTriggerTimetable(cron, timezone=zone)
    return list(runs(table, within, DataInterval(moment, moment)))

def bounded(kind, rhythm, zone, start, end):
    hours = {"h": 1, "d": 24}[rhythm[-1]] * int(rhythm[:-1]) if kind == "every" else 0
    table = (
        DeltaTriggerTimetable(dt.timedelta(hours=hours)) if hours
        else CronTriggerTimetable(rhythm, timezone=zone)
    )
    earliest, latest = pendulum.parse(start, tz=zone), pendulum.parse(end, tz=zone)
    if len(end) == 10:
        latest = latest.at(23, 59, 59)
    utc = [moment.in_timezone("UTC") for moment in (earliest, latest)]
    return list(runs(table, TimeRestriction(earliest=utc[0], latest=utc[1], catchup=True), None))

free, closed = json.load(sys.stdin)
found = [[unbounded(*case) for case in free], [bounded(*case) for case in closed]]
print("RESULT " + json.dumps(found))
"""


@pytest.mark.xdist_group("airflow")
def test_next_runs_are_airflows_also_where_clocks_change() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_AIRFLOW],
        input=json.dumps([CASES, BOUNDED]),
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    free, closed = json.loads(line.removeprefix("RESULT "))
    for (cron, zone, after), theirs in zip(CASES, free, strict=True):
        made = schedule(cron=cron, timezone=zone, start_date="2020-01-01")
        ours = next_runs(made, after=dt.datetime.fromisoformat(after).replace(tzinfo=dt.UTC))
        assert in_utc(theirs) == [one.astimezone(dt.UTC) for one in ours], (cron, zone, after)
    for (kind, rhythm, zone, start, end), theirs in zip(BOUNDED, closed, strict=True):
        fields = {kind: rhythm, "timezone": zone, "start_date": start, "end_date": end}
        ours = next_runs(schedule(**fields), after=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        assert in_utc(theirs) == [one.astimezone(dt.UTC) for one in ours], fields


def in_utc(texts: list[str]) -> list[dt.datetime]:
    return [dt.datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize("zone", ZONES)
def test_the_latest_run_is_the_one_before_the_next(zone: str) -> None:
    for cron in ("30 2 * * *", "30 * * * *", "0 */2 * * *"):
        made = schedule(cron=cron, timezone=zone, start_date="2020-01-01")
        begin = dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC)
        found = next_runs(made, after=begin, count=40)
        for earlier, later in pairwise(found):
            between = earlier + (later - earlier) / 2
            for at in (earlier, between.astimezone(ZoneInfo("UTC"))):
                latest = latest_run(made, at=at)
                assert latest is not None
                assert latest.astimezone(dt.UTC) == earlier.astimezone(dt.UTC), (cron, zone, at)
