"""Parts that are pure enough to be tested by themselves."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from airdesk_sandbox.gitlab.ci import progress
from airdesk_sandbox.gitlab.ci.changes import glob, settle
from airdesk_sandbox.gitlab.ci.cron import next_run
from airdesk_sandbox.gitlab.ci.trace import Trace
from airdesk_sandbox.gitlab.db import Database
from airdesk_sandbox.gitlab.models import Hook, Job
from airdesk_sandbox.gitlab.params import Params, nest
from airdesk_sandbox.gitlab.routing import Route, Router

SUNDAY = datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "expected"),
    [
        ("* * * * *", "UTC", "2026-11-22T09:31"),
        ("*/15 * * * *", "UTC", "2026-11-22T09:45"),
        ("0 6 * * 1-5", "Asia/Ho_Chi_Minh", "2026-11-22T23:00"),
        ("0 0 29 2 *", "UTC", "2028-02-29T00:00"),
        ("30 9 * * sun", "UTC", "2026-11-29T09:30"),
        ("0 12 1 * 1", "UTC", "2026-11-23T12:00"),
        ("5,10 8-9 * dec 7", "UTC", "2026-12-06T08:05"),
    ],
)
def test_when_a_schedule_is_due(cron, zone, expected):
    assert next_run(cron, zone, SUNDAY).strftime("%Y-%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    "cron", ["", "* * * *", "60 * * * *", "x * * * *", "*/0 * * * *", "0 0 31 2 *", "5-1 * * * *"]
)
def test_what_is_no_schedule(cron):
    with pytest.raises(ValueError):  # noqa: PT011  each has its own sentence
        next_run(cron, "UTC", SUNDAY)


def test_an_unknown_zone_is_no_schedule():
    with pytest.raises(ValueError, match="not a time zone"):
        next_run("* * * * *", "Mars/Olympus", SUNDAY)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("dags/**/*", "dags/a/b.yml", True),
        ("dags/**", "dags/a/b.yml", True),
        ("dags/*", "dags/a/b.yml", False),
        ("**/*.{yml,yaml}", "x.yaml", True),
        ("*.md", "docs/x.md", False),
        ("a?c", "abc", True),
        ("a.c", "abc", False),
    ],
)
def test_patterns_of_changes(pattern, path, fits):
    assert (glob(pattern).fullmatch(path) is not None) is fits


def test_changes_that_do_not_hold_take_their_rule_away():
    config = {"job": {"rules": [{"changes": ["a"], "when": "always"}]}, "stages": ["x"]}
    assert settle(config, ["b"])["job"]["rules"] == [{"when": "never"}]
    kept = settle(config, ["a"])["job"]["rules"]
    assert kept == [{"if": '"true" == "true"', "when": "always"}]
    assert settle(config, None)["job"]["rules"] == kept
    assert settle(config, [])["stages"] == ["x"]


def job(status, **more):
    values = {"name": "j", "stage": "s", "stage_index": 0, "when": "on_success"}
    return Job(status=status, allow_failure=False, needs=None, **{**values, **more})


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["created", "created"], "created"),
        (["pending", "created"], "pending"),
        (["running", "failed"], "running"),
        (["success", "created"], "running"),
        (["success", "waiting_for_resource"], "waiting_for_resource"),
        (["success", "success"], "success"),
        (["success", "failed"], "failed"),
        (["success", "canceled"], "canceled"),
        (["success", "manual", "created"], "manual"),
        (["skipped"], "skipped"),
    ],
)
def test_a_pipelines_status_follows_from_its_jobs(statuses, expected):
    assert progress.status_of([job(status) for status in statuses]) == expected


def test_failures_that_are_allowed_do_not_count():
    allowed = job("failed")
    allowed.allow_failure = True
    assert progress.status_of([allowed, job("success")]) == "success"


def test_secrets_are_masked_even_when_they_arrive_in_pieces(tmp_path):
    trace = Trace(tmp_path / "job" / "trace.log", ["secret-value", "secret"])
    trace.write(b"one secret-")
    trace.write(b"value\ntwo sec")
    trace.write(b"ret")
    trace.flush()
    trace.say("three secret-value")
    text = (tmp_path / "job" / "trace.log").read_text()
    assert text == "one [MASKED]\ntwo [MASKED]\nthree [MASKED]\n"


def test_encoded_paths_are_one_segment():
    router = Router([Route("GET", "/projects/:id/files/:path/raw", lambda _: None)])
    found = router.find("GET", "/projects/growth%2Fpipelines/files/dags%2Fa%20b.yml/raw")
    assert found is not None
    assert found[1] == {"id": "growth/pipelines", "path": "dags/a b.yml"}
    assert router.find("GET", "/projects/growth/pipelines/files/x/raw") is None


def test_parameters_nest_as_in_rails():
    assert nest([("a[]", "1"), ("a[]", "2"), ("b[c]", "3"), ("d", "4")]) == {
        "a": ["1", "2"],
        "b": {"c": "3"},
        "d": "4",
    }
    params = Params("ref=x&flag=false", b'{"ref": "y", "n": "7"}', "application/json")
    assert (params.text("ref"), params.flag("flag"), params.number("n")) == ("y", False, 7)
    assert params.texts("missing") == []


def test_state_of_an_older_version_gets_the_new_columns(tmp_path):
    old = sqlite3.connect(tmp_path / "gitlab.db")
    old.execute("CREATE TABLE hooks (id INTEGER PRIMARY KEY, project_id INTEGER, url VARCHAR)")
    old.execute("INSERT INTO hooks VALUES (1, 1, 'http://old.test')")
    old.commit()
    old.close()
    database = Database(tmp_path / "gitlab.db")
    database.create_tables()
    database.create_tables()
    with database.reading() as session:
        found = session.get_one(Hook, 1)
    database.close()
    assert (found.url, found.push_events, found.push_events_branch_filter) == (
        "http://old.test",
        True,
        "",
    )
    assert found.token is None
