"""`explain`: every value that counts, and who said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from airdesk_render.cli import main

MANIFEST = """\
version: 1
dag_id: totals
description: Totals by region
schedule: {cron: "@daily", start_date: 2026-12-01}
tags: [crm]
max_active_runs: 1
tasks:
  query:
    operator: sql_query@1
    connection: warehouse
    sql: select 1 as one
  clean:
    upstream: [query]
    tasks:
      shell:
        operator: bash@1
        command: ls
        retries: 3
"""
TEAM_DEFAULTS = """\
version: 1
owners: [minh.le]
data_class: internal
schedule: {timezone: Asia/Ho_Chi_Minh}
default_args: {retries: 2}
"""
FOLDER_DEFAULTS = """\
version: 1
operators:
  sql_query@1: {max_rows: 7, execution_timeout: 10m}
"""


@pytest.fixture
def repository(tmp_path) -> Path:
    folder = tmp_path / "dags/crm"
    folder.mkdir(parents=True)
    (folder / "totals.dag.yaml").write_text(MANIFEST)
    (folder / "defaults.yaml").write_text(FOLDER_DEFAULTS)
    (folder.parent / "defaults.yaml").write_text(TEAM_DEFAULTS)
    return tmp_path


def _explain(repository: Path, *arguments: str) -> int:
    options = ["--team", "growth", "--root", str(repository)]
    return main(["explain", "dags/crm/totals.dag.yaml", *arguments, *options])


def _values(repository: Path, capsys, *arguments: str) -> dict[str, dict]:
    _explain(repository, *arguments, "--format", "json")
    rows = json.loads(capsys.readouterr().out)["values"]
    return {".".join(map(str, row["path"])): row for row in rows}


def test_every_value_has_one_origin(repository, capsys):
    values = _values(repository, capsys)
    origins = {path: row["origin"] for path, row in values.items()}
    shell = "tasks.clean.tasks.shell"
    expected = {
        "dag_id": "manifest",
        "owners": "team",
        "schedule.cron": "manifest",
        "schedule.timezone": "team",
        "schedule.catchup": "policy",
        "access_control": "policy",
        "tags": "policy",
        "max_active_runs": "manifest",
        "tasks.query.max_rows": "folder",
        "tasks.query.execution_timeout": "folder",
        "tasks.query.retries": "team",
        "tasks.query.queue": "policy",
        "tasks.query.pool": "airflow",
        "tasks.clean.upstream": "manifest",
        f"{shell}.retries": "manifest",
        f"{shell}.queue": "policy",
    }
    assert {path: origins[path] for path in expected} == expected
    assert values["tasks.query.max_rows"] == {
        "path": ["tasks", "query", "max_rows"],
        "value": 7,
        "origin": "folder",
        "file": "dags/crm/defaults.yaml",
        "line": 3,
        "column": 27,
    }
    assert values["tasks.query.retries"]["note"] == "default_args"
    assert values[f"{shell}.queue"]["value"] == "team-growth"
    assert values["tags"]["value"] == ["crm", "growth", "internal"]


def test_what_policy_limits_is_told(repository, capsys):
    path = repository / "dags/crm/totals.dag.yaml"
    path.write_text(path.read_text().replace("max_active_runs: 1", "max_active_runs: 100"))
    row = _values(repository, capsys, "max_active_runs")["max_active_runs"]
    assert row["value"] < 100
    assert row["note"] == "limited; 100 was asked for in dags/crm/totals.dag.yaml:6"


def test_the_queue_of_pii_is_told(repository, capsys):
    path = repository / "dags/defaults.yaml"
    path.write_text(path.read_text().replace("internal", "pii"))
    row = _values(repository, capsys, "tasks.query.queue")["tasks.query.queue"]
    assert (row["value"], row["note"]) == ("sensitive", "by pii")


def test_text_names_file_line_and_column(repository, capsys):
    assert _explain(repository, "tasks.query") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "dags/crm/totals.dag.yaml"
    shown = {line.partition(":")[0]: line.partition(": ")[2].split(None, 1) for line in lines[2:]}
    assert shown["tasks.query.max_rows"] == ["7", "folder's defaults, dags/crm/defaults.yaml:3:27"]
    assert shown["tasks.query.retries"][1] == (
        "team's defaults, dags/defaults.yaml:5:25 (default_args)"
    )
    assert "tasks.query.pool" not in shown
    _explain(repository, "tasks.query", "--all")
    assert "tasks.query.pool: null" in capsys.readouterr().out
    _explain(repository)
    assert capsys.readouterr().out.startswith(
        "dags/crm/totals.dag.yaml runs every day at 00:00 (Asia/Ho_Chi_Minh)\n"
    )


def test_a_manifest_with_findings_is_explained_as_far_as_it_goes(repository, capsys):
    path = repository / "dags/crm/totals.dag.yaml"
    path.write_text(path.read_text().replace("sql_query@1", "sql_querry@1"))
    assert _explain(repository) == 1
    out = capsys.readouterr().out
    assert "tasks.query.connection: warehouse" in out
    assert "[unknown-operator]" in out
    path.write_text("a: [")
    assert _explain(repository) == 1
    assert "[yaml-syntax]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dags/crm/totals.dag.yaml", "tasks.querry", "--team", "growth"], "mean tasks.query?"),
        (["dags/crm/totals.dag.yaml"], "--team TEAM"),
        (["dags", "--team", "growth"], "holds 0 manifests"),
        (["nonsense-code", "--team", "growth"], "there is no nonsense-code"),
        ([], "name a manifest"),
    ],
)
def test_misuse_is_2(repository, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(repository)
    (repository / "dags/empty").mkdir()
    folder = ["dags/empty" if one == "dags" else one for one in arguments]
    assert main(["explain", *folder]) == 2
    assert words in capsys.readouterr().err


def test_codes_are_explained(capsys):
    assert main(["explain", "queue-forced"]) == 0
    assert "See docs/policy.md#queue-forced." in capsys.readouterr().out
    assert main(["explain", "cycle", "--format", "json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert (about["code"], about["docs"]) == ("cycle", "docs/findings.md#cycle")
