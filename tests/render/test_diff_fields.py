"""Every field of the language is compared: who adds one has to say here how its change is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from airdesk_render.behaviour import Rules, compare, side_of
from airdesk_render.behaviour.kinds import is_kind
from airdesk_render.catalogue import default_catalogue
from airdesk_render.language.group import TaskGroup
from airdesk_render.language.notify import Deadline, Notify
from airdesk_render.language.params import Param
from airdesk_render.language.schedule import Schedule
from airdesk_render.language.task import TaskCommon
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import load_policy
from airdesk_render.policy.loading import default_policy_text
from pydantic import BaseModel

BASE = """\
version: 1
dag_id: one
description: All fields
doc_md: Long
owners: [thu.tran]
tags: [a]
data_class: internal
schedule:
  cron: "0 6 * * *"
  timezone: Asia/Ho_Chi_Minh
  start_date: 2026-12-01
  end_date: 2027-12-01
  catchup: false
deadline: {by: "07:00"}
max_active_runs: 2
max_active_tasks: 2
dagrun_timeout: 2h
params:
  word: {type: string, default: abc, title: T, description: D, section: S, nullable: false,
    minLength: 1, maxLength: 9, pattern: "[a-z]*"}
  day: {type: string, default: "2026-12-01", format: date}
  number: {type: integer, default: 1, minimum: 1, maximum: 9, enum: [1, 2]}
  names: {type: array, default: [a], items: string}
notify:
  slack: "#growth"
  events: [failure]
tasks:
  first:
    operator: http_request@1
    connection: api
    endpoint: v1
  group:
    description: G
    upstream: [first]
    tasks:
      inner:
        operator: bash@1
        command: echo one
  last:
    operator: bash@1
    command: echo two
    upstream: [group]
    #options
  clean:
    operator: bash@1
    command: echo three
    upstream: [last]
"""
PERMISSIVE = (
    default_policy_text()
    .replace("code_queues: {allow: []}", 'code_queues: {allow: ["*"]}', 1)
    .replace("executors: {allow: []}", 'executors: {allow: ["*"]}', 1)
)

OF_MANIFEST = {
    "version": None,
    "dag_id": ("dag_id: one", "dag_id: two"),
    "description": ("All fields", "Other"),
    "doc_md": ("doc_md: Long", "doc_md: Short"),
    "owners": ("[thu.tran]", "[minh.le]"),
    "tags": ("tags: [a]", "tags: [b]"),
    "data_class": ("data_class: internal", "data_class: public"),
    "schedule": ("0 6 * * *", "0 5 * * *"),
    "deadline": ('"07:00"', '"08:00"'),
    "max_active_runs": ("max_active_runs: 2", "max_active_runs: 3"),
    "max_active_tasks": ("max_active_tasks: 2", "max_active_tasks: 3"),
    "dagrun_timeout": ("2h", "3h"),
    "params": ("default: abc", "default: abd"),
    "notify": ("#growth", "#other"),
    "default_args": ("tasks:\n  first", "default_args: {retries: 2}\ntasks:\n  first"),
    "tasks": ("echo one", "echo 1"),
}
OF_SCHEDULE = {
    "cron": ("0 6 * * *", "0 5 * * *"),
    "every": ('cron: "0 6 * * *"', "every: 1d"),
    "assets": ("  catchup: false", "  catchup: false\n  assets: orders"),
    "timezone": ("Asia/Ho_Chi_Minh", "Asia/Tokyo"),
    "start_date": ("start_date: 2026-12-01", "start_date: 2026-12-02"),
    "end_date": ("end_date: 2027-12-01", "end_date: 2027-12-02"),
    "catchup": ("catchup: false", "catchup: true"),
}
OF_PARAM = {
    "type": ("number: {type: integer", "number: {type: number"),
    "default": ("default: abc", "default: abd"),
    "title": ("title: T", "title: U"),
    "description": ("description: D", "description: E"),
    "section": ("section: S", "section: R"),
    "nullable": ("nullable: false", "nullable: true"),
    "minimum": ("minimum: 1", "minimum: 0"),
    "maximum": ("maximum: 9", "maximum: 8"),
    "minLength": ("minLength: 1", "minLength: 2"),
    "maxLength": ("maxLength: 9", "maxLength: 8"),
    "pattern": ("[a-z]*", "[a-y]*"),
    "format": ("format: date", "format: multiline"),
    "enum": ("enum: [1, 2]", "enum: [1, 3]"),
    "items": ("default: [a], items: string", "default: [], items: integer"),
}
OF_GROUP = {
    "tasks": ("echo one", "echo 1"),
    "description": ("description: G", "description: H"),
    "upstream": ("    upstream: [first]\n", ""),
}
OF_DEADLINE = {"by": ('"07:00"', '"08:00"'), "within": ('by: "07:00"', "within: 2h")}
OF_NOTIFY = {"slack": ("#growth", "#other"), "events": ("[failure]", "[success]")}
OPTIONS = {
    "trigger_rule": "all_done",
    "retries": "3",
    "retry_delay": "3m",
    "retry_exponential_backoff": "true",
    "max_retry_delay": "40m\n    retry_exponential_backoff: true",
    "execution_timeout": "10m",
    "pool": "shared_one",
    "pool_slots": "2",
    "priority_weight": "2",
    "weight_rule": "upstream",
    "queue": "team-growth-2",
    "executor": "Other",
    "depends_on_past": "true",
    "wait_for_downstream": "true",
    "max_active_tis_per_dagrun": "2",
    "outlets": "[late]",
    "doc_md": "Why",
}
OF_TASK = {
    **{name: ("#options", f"{name}: {value}") for name, value in OPTIONS.items()},
    "upstream": ("upstream: [group]", "upstream: [first]"),
    "expand": ("    command: echo two\n", '    expand: {command: ["echo two"]}\n'),
    "setup": ("#options", "setup: true"),
    "teardown_of": ("    upstream: [last]", "    teardown_of: [last]"),
}
TABLES: dict[type[BaseModel], dict[str, tuple[str, str] | None]] = {
    Manifest: {**OF_MANIFEST},
    Schedule: {**OF_SCHEDULE},
    Param: {**OF_PARAM},
    TaskGroup: {**OF_GROUP},
    Deadline: {**OF_DEADLINE},
    Notify: {**OF_NOTIFY},
    TaskCommon: {**OF_TASK},
}
PREPARED = {
    "teardown_of": ("    #options", "    setup: true"),
    "max_retry_delay": ("#options", "retry_exponential_backoff: true"),
    "assets": ('by: "07:00"', "within: 2h"),
}
"""What some fields need to be there on both sides."""


@pytest.mark.parametrize("shape", TABLES, ids=lambda shape: shape.__name__)
def test_each_field_has_a_case(shape: type[BaseModel]) -> None:
    assert TABLES[shape].keys() == shape.model_fields.keys()


CASES = [
    pytest.param(shape, name, id=f"{shape.__name__}-{name}")
    for shape, table in TABLES.items()
    for name, case in table.items()
    if case is not None
]


@pytest.mark.parametrize(("shape", "name"), CASES)
def test_a_change_of_each_field_is_told(
    shape: type[BaseModel], name: str, tmp_path: Path, growth: Team
) -> None:
    case = TABLES[shape][name]
    assert case is not None
    old, new = case
    base = BASE.replace(*PREPARED.get(name, ("", "")))
    if name == "max_retry_delay":
        old = "retry_exponential_backoff: true"
    assert old in base
    policy = load_policy(PERMISSIVE)
    rules = Rules(growth, policy, default_catalogue())
    stem = {"dag_id": "two"}.get(name, "one")
    for side, text, file in (("old", base, "one"), ("new", base.replace(old, new, 1), stem)):
        (tmp_path / side / "dags").mkdir(parents=True)
        (tmp_path / side / f"dags/{file}.dag.yaml").write_text(text)
    report = compare(
        side_of(str(tmp_path / "old"), tmp_path),
        side_of(str(tmp_path / "new"), tmp_path),
        old_rules=rules,
        new_rules=rules,
        at=dt.datetime(2026, 12, 4, tzinfo=dt.UTC),
    )
    assert [dag.status for dag in report.dags] in (["changed"], ["renamed"]), report.dags
    kinds = [change.kind for change in report.dags[0].changes]
    assert kinds
    assert all(map(is_kind, kinds)), kinds
