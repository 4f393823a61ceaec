"""When a DAG runs, as the rendered file says it."""

from __future__ import annotations

import pytest
from airdesk_render.deadlines import seconds_after_start
from airdesk_render.language.notify import Deadline
from airdesk_render.language.schedule import Schedule

MANIFEST = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: internal
{given}
tasks:
  report: {{operator: sql_query@1, connection: warehouse, sql: select 1}}
"""
DAILY = 'schedule: {cron: "30 6 * * *", timezone: Asia/Tokyo, start_date: 2026-12-01}\n'


def _squeezed(source: str) -> str:
    """The file on one line, as if all brackets were written without line breaks."""
    text = " ".join(source.split())
    return text.replace("( ", "(").replace(", )", ")").replace(",)", ")")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("schedule: manual", "schedule=None, catchup=False,"),
        (
            "schedule: {cron: '@daily', start_date: 2026-12-01}",
            (
                'schedule=CronTriggerTimetable("@daily", timezone="UTC"), '
                'start_date=pendulum.datetime(2026, 12, 1, tz="UTC"), catchup=False'
            ),
        ),
        (
            "schedule: {every: 2h, start_date: 2026-12-01T06:30, timezone: Asia/Tokyo}",
            (
                "schedule=DeltaTriggerTimetable(timedelta(hours=2)), "
                'start_date=pendulum.datetime(2026, 12, 1, 6, 30, tz="Asia/Tokyo")'
            ),
        ),
        (
            "schedule: {every: 90m, start_date: 2026-12-01, end_date: 2027-01-01T00:00:30}",
            'end_date=pendulum.datetime(2027, 1, 1, 0, 0, 30, tz="UTC")',
        ),
        (
            "schedule: {assets: orders}",
            'schedule=Asset("growth.orders", "x-airdesk://growth/orders"), catchup=False',
        ),
        (
            "schedule: {assets: [orders, risk.exposures]}",
            (
                'schedule=AssetAll(Asset("growth.orders", "x-airdesk://growth/orders"), '
                'Asset("risk.exposures", "x-airdesk://risk/exposures"))'
            ),
        ),
        ("schedule: {assets: {any: [orders]}}", 'schedule=Asset("growth.orders", '),
        (
            "schedule: {assets: {any: [orders, {all: [a, b]}]}}",
            (
                "schedule=AssetAny(Asset("
                '"growth.orders", "x-airdesk://growth/orders"), AssetAll(Asset("growth.a", '
            ),
        ),
        (
            'schedule: {cron: "0 6 * * *", start_date: 2026-12-01, assets: orders}',
            (
                'schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 6 * * *", '
                'timezone="UTC"), assets=Asset("growth.orders", "x-airdesk://growth/orders"))'
            ),
        ),
        (
            f'{DAILY}deadline: {{by: "07:00"}}',
            (
                "deadline=DeadlineAlert(reference=DeadlineReference.DAGRUN_LOGICAL_DATE, "
                "interval=timedelta(minutes=30), "
                'callback=AsyncCallback("asyncio.sleep", {"delay": 0}), name="by 07:00 Asia/Tokyo")'
            ),
        ),
        (
            "deadline: {within: 2h}",
            (
                "deadline=DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, "
                "interval=timedelta(hours=2), "
            ),
        ),
        (
            "max_active_tasks: 3\ndagrun_timeout: 1d",
            "max_active_tasks=3, dagrun_timeout=timedelta(",
        ),
    ],
)
def test_schedule(render, given, says):
    text = MANIFEST.format(given=given)
    assert says in _squeezed(render(text).files["growth/delays.py"].decode())


@pytest.mark.parametrize(
    ("schedule", "by", "seconds"),
    [
        ({"cron": "0 6 * * 1-5"}, "07:00", 3600),
        ({"cron": "5 6 * * *"}, "06:00", 86_100),
        ({"cron": "0 6 * * *"}, "06:00", 86_400),
        ({"cron": " 0  6 * * * "}, "06:30", 1800),
        ({"cron": "@weekly"}, "07:00", 25_200),
        ({"cron": "0 6,18 * * *"}, "07:00", None),
        ({"cron": "0 * * * *"}, "07:00", None),
        ({"cron": "*/5 6 * * *"}, "07:00", None),
        ({"cron": "@hourly"}, "07:00", None),
        ({"every": "1d"}, "07:00", 25_200),
        ({"every": "48h", "start_date": "2026-12-01T06:30"}, "07:00", 1800),
        ({"every": "2h"}, "07:00", None),
        ({"assets": "orders"}, "07:00", None),
        (None, "07:00", None),
    ],
)
def test_a_time_of_day_follows_each_run_by_the_same_time(schedule, by, seconds):
    given = None
    if schedule is not None:
        given = Schedule.model_validate({"start_date": "2026-12-01", **schedule})
    assert seconds_after_start(Deadline(by=by), given) == seconds
    assert seconds_after_start(Deadline(within="30m"), given) == 1800
