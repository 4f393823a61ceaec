"""`write_manifest` writes as a person would."""

from __future__ import annotations

import datetime as dt

from airdesk_render.manifest import write_manifest
from airdesk_render.reading import read


def test_the_usual_order_and_blocks():
    text = write_manifest(
        {
            "tasks": {
                "report": {
                    "upstream": ["a", "b"],
                    "sql": "select 1\nfrom t\n",
                    "max_rows": 5,
                    "connection": "warehouse",
                    "operator": "sql_query@1",
                }
            },
            "notify": {"slack": "#growth-data", "events": ["failure"]},
            "schedule": {"cron": "0 6 * * 1-5", "start_date": "2026-12-01"},
            "owners": ["thu.tran"],
            "dag_id": "delays",
            "description": "Chậm: ngày hôm qua",
            "version": 1,
        }
    )
    assert text == (
        "version: 1\n"
        "dag_id: delays\n"
        'description: "Chậm: ngày hôm qua"\n'
        "owners: [thu.tran]\n"
        "schedule:\n"
        "  cron: 0 6 * * 1-5\n"
        "  start_date: 2026-12-01\n"
        "notify:\n"
        '  slack: "#growth-data"\n'
        "  events: [failure]\n"
        "tasks:\n"
        "  report:\n"
        "    operator: sql_query@1\n"
        "    connection: warehouse\n"
        "    sql: |\n"
        "      select 1\n"
        "      from t\n"
        "    max_rows: 5\n"
        "    upstream: [a, b]\n"
    )


def test_written_manifests_are_right(check, delays, everything):
    assert check(write_manifest(read(delays).data)).findings == ()
    text, files = everything
    again = write_manifest(read(text).data)
    assert check(again, file="dags/everything.dag.yaml", files=files).findings == ()


def test_dates_may_be_given_as_dates():
    text = write_manifest({"schedule": {"cron": "@daily", "start_date": dt.date(2026, 12, 1)}})
    assert read(text).data["schedule"]["start_date"] == "2026-12-01"


def test_texts_that_yaml_would_misread_come_back():
    odd = (
        *(
            "|",
            "?0",
            "yes",
            "on",
            "null",
            "1",
            "1e3",
            "0x1",
            "2026-12-01",
            "a: b",
            "# a",
            "- a",
            "{a",
        ),
        *(" a", "a ", "a\n", "\na", "a\n\n", " a\nb", "a\n b", "a\tb\nc", "@a", "*a", "&a", "!a"),
        *("%a", "", "~", "é", "'", '"', "\\", "a" * 300, "a " * 100, "---", "...", "a\r\nb"),
    )
    for value in odd:
        data = {"description": value, "tasks": {"a": {"sql": value, "x": [value, {"y": value}]}}}
        document = read(write_manifest(data))
        assert (document.problems, document.data) == ([], data), repr(value)
