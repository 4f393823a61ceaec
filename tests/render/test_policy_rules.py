"""Each rule of the policy, broken once: the code, and where in the manifest it is broken."""

from __future__ import annotations

import json

import pytest
from airdesk_render.policy import Sort, field_hint, violations_of_value

HEAD = {
    "version": 1,
    "dag_id": "delays",
    "description": "Which carriers ran late",
    "owners": ["thu.tran"],
    "data_class": "internal",
}
BASH = {"operator": "bash@1", "command": "ls"}
QUERY = {"operator": "sql_query@1", "connection": "warehouse", "sql": "select 1"}
DAILY = {"cron": "0 6 * * *", "start_date": "2026-12-01"}
TASK = ("tasks", "load")


def manifest(task=None, **head):
    return json.dumps({**HEAD, "tasks": {"load": BASH if task is None else task}, **head})


def said(check, text, rules=None):
    found = check(text, **({"rules": rules} if rules is not None else {})).findings
    return [(finding.code, finding.path) for finding in found]


BUILT_IN = {
    "retries": (manifest({**BASH, "retries": 9}), "too-many-retries", (*TASK, "retries")),
    "shared retries": (
        manifest(default_args={"retries": 9}),
        "too-many-retries",
        ("default_args", "retries"),
    ),
    "retry_delay": (manifest({**BASH, "retry_delay": "1s"}), "retry-delay", (*TASK, "retry_delay")),
    "max_retry_delay": (
        manifest({**BASH, "max_retry_delay": "1d"}),
        "retry-delay",
        (*TASK, "max_retry_delay"),
    ),
    "execution_timeout": (
        manifest({**BASH, "execution_timeout": "7h"}),
        "task-timeout",
        (*TASK, "execution_timeout"),
    ),
    "pool": (manifest({**BASH, "pool": "risk"}), "pool-not-allowed", (*TASK, "pool")),
    "pool_slots": (
        manifest({**BASH, "pool": "growth", "pool_slots": 9}),
        "too-many-slots",
        (*TASK, "pool_slots"),
    ),
    "priority_weight": (
        manifest({**BASH, "priority_weight": 101}),
        "priority-too-high",
        (*TASK, "priority_weight"),
    ),
    "instances": (
        manifest({**BASH, "max_active_tis_per_dagrun": 65}),
        "too-many-active-tasks",
        (*TASK, "max_active_tis_per_dagrun"),
    ),
    "queue": (manifest({**BASH, "queue": "sensitive"}), "queue-not-allowed", (*TASK, "queue")),
    "shared queue": (
        manifest(default_args={"queue": "bigdata"}),
        "queue-not-allowed",
        ("default_args", "queue"),
    ),
    "pii queue": (
        manifest({**QUERY, "queue": "default"}, data_class="pii"),
        "queue-forced",
        (*TASK, "queue"),
    ),
    "executor": (
        manifest({**BASH, "executor": "KubernetesExecutor"}),
        "executor-not-allowed",
        (*TASK, "executor"),
    ),
    "many tasks": (
        manifest(tasks={f"t{number}": BASH for number in range(51)}),
        "too-many-tasks",
        ("tasks",),
    ),
    "active runs": (manifest(max_active_runs=17), "too-many-active-runs", ("max_active_runs",)),
    "active tasks": (manifest(max_active_tasks=65), "too-many-active-tasks", ("max_active_tasks",)),
    "run timeout": (manifest(dagrun_timeout="3d"), "run-timeout", ("dagrun_timeout",)),
    "often": (
        manifest(schedule={**DAILY, "cron": "*/2 * * * *"}),
        "too-often",
        ("schedule", "cron"),
    ),
    "every": (
        manifest(schedule={"every": "1m", "start_date": "2026-12-01"}),
        "too-often",
        ("schedule", "every"),
    ),
    "early catchup": (
        manifest(schedule={**DAILY, "start_date": "2019-12-31", "catchup": True}),
        "catchup-not-allowed",
        ("schedule", "catchup"),
    ),
    "frequent catchup": (
        manifest(schedule={**DAILY, "cron": "*/30 * * * *", "catchup": True}),
        "catchup-not-allowed",
        ("schedule", "catchup"),
    ),
    "other class": (manifest(tags=["x", "pii"]), "tag-reserved", ("tags", 1)),
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_policy(check, name):
    text, code, path = BUILT_IN[name]
    assert said(check, text) == [(code, path)]


def rules(**parts):
    return {"rules": parts}


CHANGED = {
    "operator": (
        rules(use={"operators": {"allow": ["sql_*"]}}),
        manifest(),
        "operator-not-allowed",
        (*TASK, "operator"),
    ),
    "denied operator": (
        rules(use={"operators": {"allow": ["*"], "deny": ["bash@*"]}}),
        manifest(),
        "operator-not-allowed",
        (*TASK, "operator"),
    ),
    "connection": (
        rules(use={"connections": {"allow": ["*"], "deny": ["ware*"]}}),
        manifest(QUERY),
        "connection-not-allowed",
        (*TASK, "connection"),
    ),
    "data class": (
        {"data_classes": ["public", "pii"]},
        manifest(),
        "data-class",
        ("data_class",),
    ),
    "forced": (
        rules(tasks={"retries": {"force": 2}}),
        manifest({**BASH, "retries": 1}),
        "forced-value",
        (*TASK, "retries"),
    ),
    "forced runs": (
        rules(dags={"max_active_runs": {"force": 1}}),
        manifest(max_active_runs=2),
        "forced-value",
        ("max_active_runs",),
    ),
    "choice": (
        rules(tasks={"weight_rule": {"allow": ["downstream", "upstream"]}}),
        manifest({**BASH, "weight_rule": "absolute"}),
        "value-not-allowed",
        (*TASK, "weight_rule"),
    ),
    "forbidden": (
        {"forbidden_options": {"depends_on_past": "Runs stand apart here."}},
        manifest({**BASH, "depends_on_past": True}),
        "forbidden-option",
        (*TASK, "depends_on_past"),
    ),
    "forbidden of an operator": (
        {"forbidden_options": {"bash@*:command": "Scripts lie in files."}},
        manifest(),
        "forbidden-option",
        (*TASK, "command"),
    ),
    "forbidden of a DAG": (
        {"forbidden_options": {"catchup": "Missed runs are started by hand."}},
        manifest(schedule={**DAILY, "catchup": False}),
        "forbidden-option",
        ("schedule", "catchup"),
    ),
    "no catchup": (
        rules(dags={"catchup": {"force": False}}),
        manifest(schedule={**DAILY, "catchup": True}),
        "catchup-not-allowed",
        ("schedule", "catchup"),
    ),
    "hours": (
        rules(dags={"hours": {"allow": ["07:00-22:00"]}}),
        manifest(schedule=DAILY),
        "outside-hours",
        ("schedule", "cron"),
    ),
    "dag_id": (
        rules(naming={"dag_id": {"pattern": "(load|report)_.*", "say": "Begin with load_."}}),
        manifest(),
        "dag-naming",
        ("dag_id",),
    ),
    "task_id": (
        rules(naming={"task_id": {"pattern": "[a-z]{5,}", "say": "Five letters or more."}}),
        manifest(),
        "task-naming",
        TASK,
    ),
    "tag": (
        rules(naming={"tags": {"allow": ["daily", "team:*"]}}),
        manifest(tags=["daily", "mine"]),
        "tag-not-allowed",
        ("tags", 1),
    ),
    "no tag": (
        rules(naming={"tags_required": ["cost:*"]}),
        manifest(tags=["daily"]),
        "tag-missing",
        ("tags",),
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_policy(check, changed_policy, name):
    parts, text, code, path = CHANGED[name]
    assert said(check, text, changed_policy(**parts)) == [(code, path)]
    assert said(check, text) == []


def test_mapping_over_too_many_values(check, changed_policy):
    endpoints = [f"v1/rows/{number}" for number in range(5)]
    task = {"operator": "http_request@1", "connection": "api", "expand": {"endpoint": endpoints}}
    few = changed_policy(rules={"dags": {"most_mapped": 4}})
    assert said(check, manifest(task), few) == [("too-many-mapped", (*TASK, "expand"))]


def test_a_team_of_its_own(check, changed_policy):
    mine = changed_policy(
        rules={"use": {"operators": {"allow": ["*"], "deny": ["http_*"]}}},
        teams={
            "gro*": {"tasks": {"retries": {"most": 8}}, "use": {"operators": {"deny": ["bash@*"]}}},
            "growth": {"use": {"code_queues": {"allow": ["gpu"]}}, "dags": {"most_tasks": 1}},
            "risk": {"tasks": {"retries": {"most": 1}}},
        },
    )
    http = {"operator": "http_request@1", "connection": "api", "endpoint": "v1"}
    tasks = {"a": {**QUERY, "retries": 8}, "b": {**BASH, "queue": "gpu"}, "c": http}
    assert set(said(check, manifest(tasks=tasks), mine)) == {
        ("operator-not-allowed", ("tasks", "b", "operator")),
        ("operator-not-allowed", ("tasks", "c", "operator")),
        ("too-many-tasks", ("tasks",)),
    }


def test_the_sentence_against_a_queue_says_where_the_task_runs(check):
    (finding,) = check(manifest({**QUERY, "queue": "sensitive"})).findings
    assert "'queue' 'sensitive' is not yours to choose" in finding.message
    assert "runs on default. Leave 'queue' out." in finding.message
    assert finding.suggestion is None


def test_nothing_is_said_of_a_queue_while_the_data_class_is_wrong(check):
    found = said(check, manifest({**QUERY, "queue": "sensitive"}, data_class="pi"))
    assert found == [("wrong-value", ("data_class",))]


def test_the_queue_that_policy_chooses_may_be_said(check):
    assert said(check, manifest({**BASH, "queue": "team-growth"})) == []
    assert said(check, manifest({**QUERY, "queue": "sensitive"}, data_class="pii")) == []


def test_a_form_asks_field_by_field(policy, growth):
    code = Sort("bash@1", "code")

    def judged(option, value, data_class="internal"):
        found = violations_of_value(policy, growth, data_class, code, option, value)
        return [one.code for one in found]

    assert judged("retries", 3) == []
    assert judged("retries", 4) == ["too-many-retries"]
    assert judged("execution_timeout", "8h") == ["task-timeout"]
    assert judged("queue", "default", "pii") == ["queue-forced"]
    assert judged("run_as_user", "root") == ["forbidden-option"]
    hint = field_hint(policy, growth, "internal", code, "retries")
    assert (hint.editable, hint.default, hint.most) == (True, 1, 3)
    queue = field_hint(policy, growth, "pii", code, "queue")
    assert (queue.editable, queue.default) == (False, "sensitive")
    assert "nothing overrides it" in queue.reason
    assert field_hint(policy, growth, "internal", code, "pool").choices[1] == "growth"
    assert not field_hint(policy, growth, "internal", code, "host").editable
