"""Files of defaults: what they fill in, where each value comes from, and what is wrong in them."""

from __future__ import annotations

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.effective import Origin, effective_of

MANIFEST = """\
version: 1
dag_id: delays
description: x
schedule: {cron: "0 6 * * *"}
default_args:
  retries: 2
tasks:
  a:
    operator: bash@1
    command: ls
    retry_delay: 2m
  g:
    tasks:
      q: {operator: sql_query@1, sql: select 1}
"""
TEAM = """\
version: 1
owners: [thu.tran]
data_class: internal
tags: [team]
schedule: {start_date: 2026-12-01, timezone: Asia/Ho_Chi_Minh}
notify: {slack: "#team", events: [failure]}
default_args: {retries: 1, execution_timeout: 10m, retry_delay: 1m}
operators:
  sql_query@1: {connection: warehouse, max_rows: 5, retries: 3}
  bash@1: {execution_timeout: 5m, retries: 3}
"""
FOLDER = """\
version: 1
tags: [folder]
default_args: {retry_delay: 3m}
operators:
  sql_query@1: {max_rows: 7}
"""
FILE = "dags/sales/delays.dag.yaml"
FILES = {"dags/defaults.yaml": TEAM, "dags/sales/defaults.yaml": FOLDER}


def _effective(manifest=MANIFEST, files=FILES, file=FILE):
    return effective_of(manifest, file, files, default_catalogue())


def test_the_nearest_counts_and_mappings_are_filled_key_by_key():
    data = _effective().data
    assert data["owners"] == ["thu.tran"]
    assert data["tags"] == ["folder"]
    assert data["schedule"] == {
        "cron": "0 6 * * *",
        "start_date": "2026-12-01",
        "timezone": "Asia/Ho_Chi_Minh",
    }
    assert data["default_args"] == {
        "retries": 2,
        "retry_delay": "3m",
        "execution_timeout": "10m",
    }
    assert data["tasks"]["g"]["tasks"]["q"] == {
        "operator": "sql_query@1",
        "sql": "select 1",
        "max_rows": 7,
        "connection": "warehouse",
    }
    assert data["tasks"]["a"] == {
        "operator": "bash@1",
        "command": "ls",
        "retry_delay": "2m",
        "execution_timeout": "5m",
    }


def test_each_value_knows_where_it_was_written():
    origins = _effective().origins
    assert origins["dag_id",] == Origin("manifest", FILE, 2, 9)
    assert origins["owners",] == Origin("team", "dags/defaults.yaml", 2, 9)
    assert origins["tags",] == Origin("folder", "dags/sales/defaults.yaml", 2, 7)
    assert origins["schedule", "cron"] == Origin("manifest", FILE, 4, 18)
    assert origins["schedule", "timezone"] == Origin("team", "dags/defaults.yaml", 5, 46)
    assert origins["default_args", "retries"] == Origin("manifest", FILE, 6, 12)
    assert origins["default_args", "retry_delay"].layer == "folder"
    assert origins["tasks", "g", "tasks", "q", "connection"] == Origin(
        "team", "dags/defaults.yaml", 9, 29
    )
    assert origins["tasks", "g", "tasks", "q", "max_rows"].layer == "folder"
    assert origins["tasks", "a", "retry_delay"].layer == "manifest"


def test_the_defaults_of_others_do_not_count():
    files = {
        "dags/other/defaults.yaml": FOLDER,
        "dags/sales/defaults.yaml/x": "",
        "defaults.yaml": "x",
    }
    effective = _effective(files=files)
    assert effective.layers == ()
    assert effective.data == _effective(files={}).data


def test_nothing_is_filled_into_what_is_given_or_missing_on_purpose():
    manifest = MANIFEST.replace('schedule: {cron: "0 6 * * *"}', "schedule: manual\nnotify: []")
    data = _effective(manifest).data
    assert (data["schedule"], data["notify"]) == ("manual", [])
    assert "schedule" not in _effective(MANIFEST.replace("schedule", "x")).data
    mapped = MANIFEST.replace("sql: select 1}", "sql: select 1, expand: {max_rows: [1, 2]}}")
    assert "max_rows" not in _effective(mapped).data["tasks"]["g"]["tasks"]["q"]


def test_a_manifest_with_defaults_is_right_and_is_not_changed_by_the_next(check):
    for _ in range(2):
        checked = check(MANIFEST, file=FILE, files=FILES)
        assert checked.findings == ()
        assert checked.manifest is not None
        query = checked.manifest.tree.tasks["g.q"]
        assert query.model_dump(include={"connection", "max_rows"}) == {
            "connection": "warehouse",
            "max_rows": 7,
        }
    assert check(MANIFEST, file=FILE, files={"dags/defaults.yaml": TEAM}).manifest.tags == ("team",)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("timezone: Asia/Ho_Chi_Minh", "timezone: «Asia/Saigonn", "unknown-timezone"),
        ('slack: "#team"', "slack: «team", "wrong-value"),
        ("owners: [thu.tran]", "owners: [thu.tran, «Thu Tran]", "wrong-value"),
        ("connection: warehouse", "connection: «Warehouse", "wrong-value"),
        ("max_rows: 5", "max_rows: «500", "out-of-range"),
        ("max_rows: 5", "«max_row: 5", "unknown-field"),
        ("max_rows: 5", "«upstream: [a]", "unknown-field"),
        ("max_rows: 5", "«conn_id: x", "forbidden-option"),
        ("sql_query@1:", "«sql_qery@1:", "unknown-operator"),
        ("tags: [team]", "«dag_id: x", "unknown-field"),
        ("execution_timeout: 10m", "execution_timeout: «99h", "task-timeout"),
        ("execution_timeout: 10m", "«execution_timout: 10m", "unknown-field"),
        ("version: 1\n", "version: «2\n", "wrong-value"),
        ("data_class: internal", "data_class: «intern", "wrong-value"),
    ],
)  # fmt: skip
def test_findings_in_defaults_stand_there(finds, old, new, code):
    assert old in TEAM
    # What the file cannot give any longer, the manifest says itself.
    given = "max_rows: 2" if "onnection" in new else "connection: w"
    manifest = MANIFEST.replace("sql: select 1", f"sql: select 1, {given}")
    marked = TEAM.replace(old, new)
    finding = finds(manifest, code, file=FILE, files={"dags/defaults.yaml": marked})
    assert finding.file == "dags/defaults.yaml"


def test_defaults_that_cannot_be_read_are_told_once_and_nothing_is_missed(check):
    files = {"dags/defaults.yaml": TEAM.replace("tags: [team]", "tags: [team")}
    checked = check(MANIFEST, file=FILE, files=files)
    assert {one.file for one in checked.findings} == {"dags/defaults.yaml"}
    assert not checked.ok


def test_two_files_in_one_folder(check):
    files = {"dags/defaults.yaml": TEAM, "dags/defaults.json": '{"version": 1, "owners": ["a"]}'}
    checked = check(MANIFEST, file=FILE, files=files)
    assert [(one.code, one.file) for one in checked.findings] == [
        ("duplicate-defaults", "dags/defaults.json")
    ]
    empty = check(MANIFEST, file=FILE, files={"dags/defaults.yaml": "- 1\n"})
    assert ("not-a-manifest", "dags/defaults.yaml") in [
        (one.code, one.file) for one in empty.findings
    ]


def test_jinja_and_sql_of_defaults_stand_there(finds):
    team = TEAM.replace(
        "{execution_timeout: 5m, retries: 3}",
        "\n    command: |\n      set -e\n      echo {{ «conn.x }}\n",
    )
    manifest = MANIFEST.replace("    command: ls\n", "")
    finding = finds(manifest, "jinja-not-allowed", file=FILE, files={"dags/defaults.yaml": team})
    assert finding.path == ("tasks", "a", "command")


def test_defaults_that_are_no_text(check):
    class Files(dict):
        def __getitem__(self, name):
            raise KeyError(name)

        def get(self, name, default=None):
            return default

    checked = check(MANIFEST, file=FILE, files=Files({"dags/defaults.yaml": ""}))
    assert [(one.code, one.file) for one in checked.findings] == [
        ("not-utf8", "dags/defaults.yaml")
    ]
