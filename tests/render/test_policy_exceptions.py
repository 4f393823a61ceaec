"""Exceptions: for whom they count, until when, and what they cannot lift."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.parsing import parse_manifest
from airdesk_render.policy import PolicyError

DAY = dt.date(2027, 3, 31)
LEAVE = {
    "name": "backfill",
    "rules": ["too-many-retries"],
    "team": "growth",
    "owner": "minh.le",
    "reason": "The supplier answers at the fifth try.",
    "until": DAY,
}
MANIFEST = {
    "version": 1,
    "dag_id": "orders_daily",
    "description": "Orders",
    "owners": ["thu.tran"],
    "data_class": "internal",
    "tasks": {
        "load": {"operator": "bash@1", "command": "ls", "retries": 5},
        "send": {"operator": "bash@1", "command": "ls", "retries": 6},
    },
}


@pytest.fixture
def judge(changed_policy, growth):
    """judge(manifest, today=…, **leave): codes with tasks, by a policy with that exception."""

    def run(manifest=None, *, today=DAY, **leave):
        policy = changed_policy(exceptions=[{**LEAVE, **leave}])
        parsed = parse_manifest(manifest or MANIFEST, default_catalogue()).manifest
        found = policy.violations(growth, parsed, today=today)
        return [(one.code, one.severity, one.task) for one in found]

    return run


def errors(*tasks):
    return [("too-many-retries", "error", task) for task in tasks]


def in_effect(*tasks):
    return [("exception-in-effect", "info", task) for task in tasks]


def test_in_effect_on_its_last_day(judge):
    assert judge() == in_effect("load", "send")


def test_expired_on_the_day_after(judge):
    found = judge(today=DAY + dt.timedelta(days=1))
    assert set(found) == {
        *errors("load", "send"),
        ("exception-expired", "warning", "load"),
        ("exception-expired", "warning", "send"),
    }


@pytest.mark.parametrize(
    ("leave", "lifted", "kept"),
    [
        ({"task": "load"}, ["load"], ["send"]),
        ({"dag": "orders_*"}, ["load", "send"], []),
        ({"dag": "refunds_*"}, [], ["load", "send"]),
        ({"team": "risk"}, [], ["load", "send"]),
        ({"team": "gro?th"}, ["load", "send"], []),
        ({"rules": ["task-timeout"]}, [], ["load", "send"]),
        ({"rules": ["task-timeout", "too-many-retries"], "most": 5}, ["load"], ["send"]),
    ],
    ids=str,
)
def test_for_whom(judge, leave, lifted, kept):
    assert set(judge(**leave)) == {*in_effect(*lifted), *errors(*kept)}


def test_a_limit_moves_in_what_is_rendered_too(changed_policy, growth):
    policy = changed_policy(exceptions=[{**LEAVE, "most": 5}])
    parsed = parse_manifest(MANIFEST, default_catalogue()).manifest
    tries = [
        policy.task_settings(growth, "internal", task).retries
        for task in parsed.tree.tasks.values()
    ]
    assert tries == [5, 5]


def test_a_time_moves_too(judge):
    task = {"operator": "bash@1", "command": "ls", "execution_timeout": "9h"}
    manifest = {**MANIFEST, "tasks": {"load": task, "send": {**task, "execution_timeout": "11h"}}}
    found = judge(manifest, rules=["task-timeout"], most="10h")
    assert set(found) == {*in_effect("load"), ("task-timeout", "error", "send")}


def test_too_little_is_not_lifted_by_a_limit(judge):
    task = {"operator": "bash@1", "command": "ls", "retry_delay": "1s"}
    manifest = {**MANIFEST, "tasks": {"load": task}}
    assert judge(manifest, rules=["retry-delay"], most="2h") == [("retry-delay", "error", "load")]
    assert judge(manifest, rules=["retry-delay"]) == in_effect("load")


def test_a_queue_on_leave_is_rendered(changed_policy, growth):
    policy = changed_policy(exceptions=[{**LEAVE, "rules": ["queue-not-allowed"]}])
    task = {"operator": "bash@1", "command": "ls", "queue": "ml"}
    parsed = parse_manifest({**MANIFEST, "tasks": {"load": task}}, default_catalogue()).manifest
    (load,) = parsed.tree.tasks.values()
    assert policy.task_settings(growth, "internal", load).queue == "ml"
    assert policy.task_settings(growth, "pii", load).queue == "sensitive"


def test_nothing_lifts_the_queue_of_data_about_people(changed_policy):
    with pytest.raises(PolicyError, match="Nothing lifts the rule 'queue-forced'"):
        changed_policy(exceptions=[{**LEAVE, "rules": ["queue-forced"]}])


def test_reviewers_see_it_in_the_findings(check, changed_policy):
    far = dt.date(2999, 1, 1)
    policy = changed_policy(exceptions=[{**LEAVE, "until": far}])
    manifest = {**MANIFEST, "tasks": {"load": MANIFEST["tasks"]["load"]}}
    checked = check(json.dumps(manifest), file="dags/orders_daily.dag.json", rules=policy)
    (finding,) = checked.findings
    assert checked.ok
    assert (finding.code, finding.severity) == ("exception-in-effect", "info")
    assert finding.path == ("tasks", "load", "retries")
    assert finding.message == (
        "Exception 'backfill' from too-many-retries counts until 2999-01-01: "
        "The supplier answers at the fifth try. minh.le answers for it."
    )
