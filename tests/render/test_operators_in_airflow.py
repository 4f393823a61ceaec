"""Managed operators in a real Airflow: each becomes its real class, and many really run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import yaml
from airdesk_render.catalogue import load_catalogue
from airdesk_render.check import check_manifest
from airdesk_render.cli import main
from airdesk_render.names import Team
from airdesk_render.operators.code import CONTEXT_NAMES
from airdesk_render.policy import default_policy
from airdesk_render.render import render_dag

pytestmark = pytest.mark.xdist_group("airflow")

SHARED = load_catalogue(Path(__file__).parent / "shared_operators")
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "a",
            "metadata": {"tags": ["parameters"]},
            "outputs": [],
            "source": "share = 0.5",
        },
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "b",
            "metadata": {},
            "outputs": [],
            "source": "print('share', share)\nassert share == 0.25",
        },
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
QUERY = {"operator": "sql_query@1", "connection": "warehouse"}
FILES = {
    "dags/scripts/load.sh": "echo loaded\n",
    "dags/py/score.py": "def score(day): return day\n",
    "dags/notebooks/churn.ipynb": json.dumps(NOTEBOOK),
    "dags/sql/customers.sql": "select id, region from customers",
    "dags/data/branches.csv": "id,name\n",
    "dags/spark/sessions.py": "print('spark')\n",
}


def _rendered(manifest: dict) -> dict[str, bytes]:
    file = f"dags/{manifest['dag_id']}.dag.yaml"
    common = {
        "team": Team("growth"),
        "policy": default_policy(),
        "files": FILES,
        "catalogue": SHARED,
    }
    checked = check_manifest(yaml.safe_dump(manifest, sort_keys=False), file=file, **common)
    assert checked.findings == ()
    assert checked.manifest is not None
    return render_dag(checked.manifest, manifest_path=file, **common).files


def _manifest(dag_id: str, tasks: dict, data_class: str = "internal") -> dict:
    return {
        "version": 1,
        "dag_id": dag_id,
        "description": "Operators at work",
        "owners": ["thu.tran"],
        "data_class": data_class,
        "params": {"mode": {"type": "string", "default": "full"}},
        "tasks": tasks,
    }


def _one_task_each(category: str, data_class: str) -> dict:
    """Every example of a category's operators, with what it refers to."""
    tasks: dict[str, dict] = {}
    for key, operator in SHARED.operators.items():
        if operator.category != category:
            continue
        for index, example in enumerate(operator.examples):
            task = json.loads(json.dumps({"operator": key, **example}))
            references: dict[str, tuple[str, ...]] = {}
            if not task.get("expand"):
                parsed = operator.model_validate(task)
                if data_class == "pii" and parsed.leaks():
                    continue
                references = dict(parsed.task_references())
            name = f"{operator.name()}_{index}"
            sources = references.pop("rows_from", ())
            for source in sources:
                tasks[source] = {**QUERY, "sql": "select 1 as orders"}
            for way in (way for ways in references.values() for way in ways):
                tasks[way] = {"operator": "empty@1", "upstream": [name]}
            tasks[name] = {**task, "upstream": list(sources)} if sources else task
    return tasks


def test_every_operator_becomes_its_class_in_airflow(tmp_path, capsys):
    folder = tmp_path / "rendered"
    categories = dict.fromkeys(one.category for one in SHARED.operators.values())
    for category in categories:
        for data_class in ("internal", "pii"):
            name = f"{category.lower().replace(' ', '_')}_{data_class}"
            manifest = _manifest(name, _one_task_each(category, data_class), data_class)
            for file, content in _rendered(manifest).items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
    shared = str(Path(__file__).parent / "shared_operators")
    assert main(["test", str(folder), "--catalogue", shared]) == 0, capsys.readouterr().out
    out = capsys.readouterr().out
    loaded = {line.split(":")[1].split()[0] for line in out.splitlines() if " on " in line}
    for operator in SHARED.operators.values():
        assert {
            path.replace(":", ".").rpartition(".")[2] for path in operator.airflow_classes
        } & loaded
    assert "DateTimeSensorAsync" not in loaded


def test_examples_of_a_shared_repository_load(tmp_path, capsys):
    shared, out = Path(__file__).parent / "shared_operators", tmp_path / "rendered"
    broken = tmp_path / "broken"
    shutil.copytree(shared, broken)
    file = broken / "operators/wait_for_weekday.operator.yaml"
    file.write_text(file.read_text().replace("argument: week_day", "argument: weekday"))
    assert main(["catalogue", "examples", str(broken), "--out", str(out)]) == 0
    assert "3 DAG(s)" in capsys.readouterr().out
    assert main(["test", str(out), "--catalogue", str(broken)]) == 1
    said = capsys.readouterr().out
    assert "ok   platform/geocode_1.py" in said
    assert "ok   platform/refresh_view_2.py" in said
    assert "week_day" in said.partition("platform/wait_for_weekday_1.py")[2]


def test_functions_may_name_what_airflows_context_has(tmp_path):
    code = (
        "from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS as keys; "
        "print('KEYS', *sorted(keys))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"AIRFLOW_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {*done.stdout.splitlines()[-1].split()[1:]} == CONTEXT_NAMES


PREPARE = """\
create schema if not exists ops;
create table ops.orders (id integer primary key, region text, amount numeric, day date);
create table ops.copies (id integer primary key, region text);
insert into ops.copies values (1, 'old');
"""
WORK = {
    "prepare": {"operator": "sql_execute@1", "connection": "warehouse", "sql": PREPARE},
    "fill": {
        "operator": "sql_execute@1",
        "connection": "warehouse",
        "sql": "insert into ops.orders values (1, %(region)s, 10, '{{ ds }}');\n"
        "insert into ops.orders values (2, 'south', 5, '{{ ds }}')",
        "parameters": {"region": "no'rth"},
        "upstream": ["prepare"],
    },
    "count": {
        "operator": "sql_query@1",
        "connection": "warehouse",
        "sql": "select count(*) as orders from ops.orders where amount >= %(least)s",
        "parameters": {"least": 5},
        "upstream": ["fill"],
    },
    "columns": {
        "operator": "sql_quality@1",
        "connection": "warehouse",
        "table": "ops.orders",
        "where": "day = '{{ ds }}'",
        "columns": {
            "id": {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}},
            "amount": {"min": {"geq_to": 0}, "max": {"leq_to": 10}},
        },
        "upstream": ["fill"],
    },
    "table": {
        "operator": "sql_quality@1",
        "connection": "warehouse",
        "table": "ops.orders",
        "checks": {"enough": {"check": "count(*) = 2"}, "paid": {"check": "amount > 0"}},
        "upstream": ["fill"],
    },
    "too_few": {
        "operator": "sql_quality@1",
        "connection": "warehouse",
        "table": "ops.orders",
        "checks": {"enough": {"check": "count(*) > 1000"}},
        "retries": 0,
        "upstream": ["fill"],
    },
    "copy": {
        "operator": "sql_transfer@1",
        "connection": "warehouse",
        "to_connection": "archive",
        "sql": "select id, region from ops.orders order by id",
        "table": "ops.copies",
        "before": "delete from ops.copies where id > 1",
        "columns": ["id", "region"],
        "merge_on": ["id"],
        "batch_rows": 100,
        "upstream": ["fill"],
    },
    "there": {
        "operator": "wait_for_sql@1",
        "connection": "warehouse",
        "sql": "select count(*) from ops.orders",
        "upstream": ["fill"],
    },
    "soon": {"operator": "wait@1", "duration": "1s"},
    "midnight": {"operator": "wait_until@1", "time": "00:00"},
    "way": {
        "operator": "branch@1",
        "cases": [
            {"rows_from": "count", "column": "orders", "at_least": 3, "then": ["large"]},
            {"value": "{{ params.mode }}", "equals": "full", "then": ["full.first"]},
        ],
        "otherwise": ["small"],
        "upstream": ["count"],
    },
    "large": {"operator": "empty@1", "upstream": ["way"]},
    "small": {"operator": "empty@1", "upstream": ["way"]},
    "full": {
        "upstream": ["way"],
        "tasks": {
            "first": {"operator": "empty@1"},
            "second": {"operator": "empty@1", "upstream": ["first"]},
        },
    },
    "meet": {
        "operator": "empty@1",
        "trigger_rule": "none_failed_min_one_success",
        "upstream": ["large", "small", "full"],
    },
    "stop": {
        "operator": "short_circuit@1",
        "conditions": [{"rows_from": "count", "greater_than": 100}],
        "upstream": ["count"],
    },
    "stopped": {"operator": "empty@1", "upstream": ["stop"]},
    "locate": {
        "operator": "python_function@1",
        "file": "python/geocode.py",
        "shared": True,
        "function": "locate",
        "expand": {"arguments": [{"region": "north"}, {"region": "south"}]},
    },
    "geocode": {"operator": "geocode@1", "connection": "maps", "table": "ops.{{ params.mode }}"},
    "notebook": {
        "operator": "notebook@1",
        "file": "notebooks/churn.ipynb",
        "parameters": {"share": 0.25},
    },
}
NOT_SUCCESS = {
    "too_few": "failed",
    "large": "skipped",
    "small": "skipped",
    "stopped": "skipped",
}


def test_operators_at_work(run_in_airflow, postgres, tmp_path):
    url = postgres.replace("postgresql:", "postgres:")
    result = run_in_airflow(
        _rendered(_manifest("work", WORK)),
        "growth.work",
        **{"AIRFLOW_CONN_GROWTH.WAREHOUSE": url, "AIRFLOW_CONN_GROWTH.ARCHIVE": url},
    )
    assert result["import_errors"] == {}
    states = {task: state for task, (state, _) in result["tasks"].items()}
    assert states == {task: NOT_SUCCESS.get(task, "success") for task in states}, result["log"][
        -6000:
    ]
    assert {*WORK} - {"full"} <= set(states)
    returned = {task: value for task, (_, value) in result["tasks"].items()}
    assert returned["count"]["rows"] == [[2]]
    assert returned["geocode"] == {"table": "ops.full", "batch": 100, "precision": "street"}
    with psycopg.connect(postgres) as connection:
        rows = connection.execute("select id, region from ops.copies order by id").fetchall()
    assert rows == [(1, "no'rth"), (2, "south")]
    kept = list((tmp_path / "home/notebooks/growth.work").rglob("notebook.ipynb"))
    assert len(kept) == 1
    assert "share 0.25" in kept[0].read_text()
