"""The platform's rules where nobody can go past them: a real Airflow that parses hostile files."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from airdesk_render.catalogue import default_catalogue
from airdesk_render.check import check_manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy, default_policy_text, load_policy
from airdesk_render.render import render_dag

pytestmark = pytest.mark.xdist_group("airflow")

GROWTH = Team("growth")
LEAVE = {
    "rules": ["too-many-retries"],
    "team": "growth",
    "owner": "minh.le",
    "reason": "The supplier answers at the fifth try.",
}
CHANGES = {
    "rules": {
        "use": {
            "connections": {"allow": ["*"], "deny": ["secret*"]},
            "images": {"allow": ["registry.corp.example/*"], "deny": ["*:latest"]},
        },
        "tasks": {"weight_rule": {"force": "absolute"}},
        "dags": {"most_tasks": 40, "most_mapped": 4, "hours": {"allow": ["04:00-22:00"]}},
    },
    "exceptions": [
        {**LEAVE, "name": "now", "dag": "on_leave", "until": "2999-01-01"},
        {**LEAVE, "name": "over", "dag": "leave_over", "until": "2026-01-01"},
    ],
}
HEAD = {
    "version": 1,
    "description": "To be looked at",
    "owners": ["thu.tran"],
    "data_class": "internal",
    "schedule": {"cron": "0 6 * * *", "start_date": "2026-12-01"},
}
QUERY = {"operator": "sql_query@1", "connection": "warehouse", "sql": "select 1"}
POD = {"operator": "kubernetes_pod@1", "image": "registry.corp.example/growth/scoring:1.4"}
HTTP = {"operator": "http_request@1", "connection": "api", "endpoint": "v1"}
FILES = {
    "dags/scripts/load.sh": "echo load\n",
    "dags/py/score.py": "def score(day):\n    return day\n",
    "dags/notebooks/churn.ipynb": json.dumps(
        {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ),
    "dags/spark/sessions.py": "print(1)\n",
    "dags/data/branches.csv": "a,b\n",
    "dags/sql/customers.sql": "select id, region from customers\n",
}


def filled(base, other):
    if isinstance(base, dict) and isinstance(other, dict):
        return base | {key: filled(base.get(key), value) for key, value in other.items()}
    return other


def policy_text() -> str:
    return json.dumps(filled(yaml.safe_load(default_policy_text()), CHANGES), default=str)


def rendered(name: str, tasks: dict, policy: Policy, **head: object) -> dict[str, str]:
    """A manifest's files; it must be without errors."""
    file = f"dags/{name}.dag.json"
    text = json.dumps({**HEAD, "dag_id": name, **head, "tasks": tasks})
    checked = check_manifest(text, file=file, team=GROWTH, policy=policy, files=FILES)
    assert checked.ok, checked.findings
    assert checked.manifest is not None
    dag = render_dag(checked.manifest, team=GROWTH, policy=policy, manifest_path=file, files=FILES)
    return {
        path: content.decode() if isinstance(content, bytes) else content
        for path, content in dag.files.items()
    }


def every_operator() -> dict[str, dict]:
    """The first example of each operator that stands alone."""
    tasks = {
        key.replace("@", "_v"): {"operator": key, **one.examples[0]}
        for key, one in default_catalogue().operators.items()
        if key not in ("branch@1", "short_circuit@1")
    }
    for task in tasks.values():
        if "file" in task:
            task["file"] = task["file"].removeprefix("dags/")
    return tasks


SMALL = {"load": QUERY}
MAPPED = {"fetch": {**{k: v for k, v in HTTP.items() if k != "endpoint"},
          "expand": {"endpoint": ["a", "b"]}}}  # fmt: skip
GROUPED = {
    "begin": {"operator": "bash@1", "command": "ls", "setup": True},
    "inner": {
        "tasks": {
            "list": {
                "operator": "s3_list@1",
                "connection": "lake",
                "bucket": "growth-landing",
                "prefix": "p",
            },
            "deep": {"tasks": {"fetch": {**MAPPED["fetch"], "outlets": ["orders_listed"]}}},
        },
        "upstream": ["begin"],
    },
    "end": {
        "operator": "bash@1",
        "command": "ls",
        "teardown_of": ["begin"],
        "upstream": ["inner"],
        "max_active_tis_per_dagrun": 2,
        "retry_exponential_backoff": True,
        "depends_on_past": True,
    },
}
TAMPERED = {
    # name: (tasks, head, what is replaced in the rendered file, code, part of the sentence)
    "wrong_queue": (SMALL, {"data_class": "pii"}, ('"sensitive"', '"default"'), "queue-forced",
        "task load of growth.wrong_queue: A task on pii data runs on queue sensitive"),
    "code_queue": ({"load": {"operator": "bash@1", "command": "ls"}}, {},
        ('"team-growth"', '"default"'), "queue-not-allowed", "the team's own code of growth"),
    "mapped_queue": (MAPPED, {"data_class": "pii"}, ('"sensitive"', '"bigdata"'), "queue-forced",
        "task fetch of growth.mapped_queue"),
    "tag_of_another": (SMALL, {"data_class": "pii"}, ('"pii"]', '"internal", "pii"]'),
        "tag-reserved", "tells internal data by the tag 'internal'"),
    "no_class": (SMALL, {}, ('"internal"]', "]"), "airflow-data-class", "carries no tag"),
    "no_team_tag": (SMALL, {}, ('["growth", "internal"]', '["internal"]'), "airflow-data-class",
        "carries no tag"),
    "stubborn": (SMALL, {}, ('"retries": 1', '"retries": 9'), "too-many-retries", "at most 3"),
    "stubborn_mapped": (MAPPED, {}, ('task_id="fetch"', 'task_id="fetch", retries=9'),
        "too-many-retries", "task fetch"),
    "endless": (SMALL, {}, ('"execution_timeout": timedelta(minutes=30)',
        '"execution_timeout": timedelta(days=5)'), "task-timeout", "5 days"),
    "for_ever": (SMALL, {}, ('"execution_timeout": timedelta(minutes=30)',
        '"execution_timeout": None'), "task-timeout", "may run for ever"),
    "foreign_pool": (SMALL, {}, ('task_id="load"', 'task_id="load", pool="risk"'),
        "pool-not-allowed", "pool 'risk'"),
    "foreign_executor": (SMALL, {}, ('task_id="load"', 'task_id="load", executor="LocalExecutor"'),
        "executor-not-allowed", "'LocalExecutor'"),
    "not_forced": (SMALL, {}, ('"weight_rule": "absolute"', '"weight_rule": "downstream"'),
        "forced-value", "'weight_rule' is absolute"),
    "foreign_owner": (SMALL, {}, ('"owner": "growth"', '"owner": "risk"'), "airflow-rights",
        "its owner must be growth"),
    "open_to_all": (SMALL, {}, ('"team-growth":', '"Public":'), "airflow-rights", "access_control"),
    "borrowed": (SMALL, {}, ("growth.warehouse", "risk.warehouse"), "airflow-connection",
        "names 'risk.warehouse' as conn_id"),
    "of_nobody": (SMALL, {}, ("growth.warehouse", "warehouse"), "airflow-connection",
        "'warehouse'"),
    "kept_back": (SMALL, {}, ("growth.warehouse", "growth.secrets"), "connection-not-allowed",
        "connection 'secrets'"),
    "redirected": (SMALL, {}, ('task_id="load"',
        'task_id="load", hook_params={"host": "evil.example"}'), "airflow-credential",
        "must not choose hook_params"),
    "redirected_mapped": (MAPPED, {}, ('"allow_redirects": False', '"allow_redirects": True'),
        "airflow-credential", "must not choose extra_options"),
    "image": ({"score": POD}, {}, ("scoring:1.4", "scoring:latest"), "image-not-allowed",
        "scoring:latest"),
    "elsewhere": ({"score": POD}, {}, ("registry.corp.example", "docker.io"), "image-not-allowed",
        "docker.io"),
    "as_root": (SMALL, {}, ('task_id="load"', 'task_id="load", run_as_user="root"'),
        "airflow-reach", "sets run_as_user"),
    "calls_back": (SMALL, {}, ('task_id="load"', 'task_id="load", on_failure_callback=print'),
        "airflow-reach", "sets on_failure_callback"),
    "dag_calls_back": (SMALL, {}, ("catchup=False", "catchup=False, on_success_callback=print"),
        "airflow-reach", "sets on_success_callback"),
    "late": (SMALL, {"deadline": {"within": "2h"}}, ('"asyncio.sleep"', '"asyncio.wait_for"'),
        "airflow-reach", "calls asyncio.wait_for when it is late"),
    "defers": ({"wait": {"operator": "wait_for_http@1", "connection": "api", "endpoint": "v1"}},
        {}, ("deferrable=False", "deferrable=True"), "airflow-reach", "defers"),
    "own_hook": ({"run": {"operator": "ssh_command@1", "connection": "etl", "command": "ls"}}, {},
        ('task_id="run"', 'task_id="run", ssh_hook=object()'), "airflow-reach",
        "brings its own ssh_hook"),
    "from_a_task": ({"load": QUERY, **MAPPED}, {},
        ('http_conn_id="growth.api"', "http_conn_id=load.output"), "airflow-connection",
        "as http_conn_id; only connections of growth may stand there"),
    "all_from_a_task": ({"load": QUERY, **MAPPED}, {},
        ('.expand(endpoint=["a", "b"])', ".expand_kwargs(load.output)"), "airflow-reach",
        "takes all its arguments from elsewhere"),
    "pokes": ({"wait": {"operator": "wait@1", "duration": "1h"}}, {}, ('"reschedule"', '"poke"'),
        "airflow-reach", "a sensor's mode is reschedule"),
    "others_asset": ({"load": {**QUERY, "outlets": ["orders"]}}, {},
        ('"growth.orders"', '"risk.orders"'), "airflow-asset", "may update assets of growth only"),
    "others_address": ({"load": {**QUERY, "outlets": ["orders"]}}, {},
        ("//growth/orders", "//risk/orders"), "airflow-asset", "may update assets of growth only"),
    "often": (SMALL, {}, ('"0 6 * * *"', '"* * * * *"'), "too-often", "after 1 minute"),
    "at_night": (SMALL, {}, ('"0 6 * * *"', '"0 2 * * *"'), "outside-hours", "02:00"),
    "many_runs": (SMALL, {}, ("max_active_runs=1", "max_active_runs=99"), "too-many-active-runs",
        "at most 16"),
    "many_values": (MAPPED, {}, ('["a", "b"]', "[str(n) for n in range(9)]"), "too-many-mapped",
        "9 instances"),
    "leave_over": (SMALL, {}, ('"retries": 1', '"retries": 5'), "too-many-retries", "at most 3"),
    "moved": (SMALL, {}, ('"growth.moved"', '"risk.moved"'), "airflow-place", "its place is"),
    "subclassed": (SMALL, {}, ('        task_id="load",', '        task_id="load",'),
        "airflow-operator", "uses Mine, which is not in the catalogue"),
    "not_offered": (SMALL, {}, ("", ""), "airflow-operator", "uses LatestOnlyOperator"),
}  # fmt: skip
EXTRA = {
    "subclassed": "\n\nclass Mine(SQLExecuteQueryOperator):\n    pass\n\n\nwith dag:\n"
    '    Mine(task_id="mine", conn_id="growth.warehouse", sql="select 1")\n',
    "not_offered": "\n\nfrom airflow.providers.standard.operators.latest_only import "
    'LatestOnlyOperator\n\nwith dag:\n    LatestOnlyOperator(task_id="other")\n',
}


def tampered(name: str, policy: Policy) -> dict[str, str]:
    tasks, head, (old, new), *_ = TAMPERED[name]
    files = rendered(name, tasks, policy, **head)
    path = f"growth/{name}.py"
    source = files[path]
    assert old in source, f"{name}: {old} is not in\n{source}"
    source = source.replace(old, new)
    if name in EXTRA:
        source = source.replace("with DAG(", "with (dag := DAG(", 1).replace("\n):\n", "\n)):\n", 1)
        source += EXTRA[name]
    return {**files, path: source}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """What Airflow made of all files: {"dags": [...], "errors": {file: text}}."""
    folder = tmp_path_factory.mktemp("ruled")
    (folder / "policy.yaml").write_text(policy_text())
    policy = load_policy(policy_text())
    files = rendered("every_operator", every_operator(), policy)
    files |= rendered("people", {"load": QUERY, **MAPPED}, policy, data_class="pii")
    files |= rendered("manual", SMALL, policy, schedule="manual")
    files |= rendered("grouped", GROUPED, policy, schedule={"assets": ["orders", "risk.exposures"]})
    files |= rendered(
        "on_leave", {"load": {**QUERY, "retries": 5}}, policy, deadline={"within": "2h"}
    )
    for name in TAMPERED:
        files |= tampered(name, policy)
    for path, content in files.items():
        target = folder / "dags" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("parse_with_policy.py"), folder / "dags"],
        env={**_environment(folder), "AIRDESK_POLICY": str(folder / "policy.yaml")},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(lines[0].removeprefix("RESULT "))


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "AIRDESK_"))
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "120",
    }


@pytest.mark.parametrize("name", TAMPERED)
def test_refused_with_a_sentence_and_its_code(parsed, name):
    code, words = TAMPERED[name][3:]
    text = parsed["errors"].get(f"growth/{name}.py", "")
    sentences = [line for line in text.splitlines() if "Airdesk: " in line]
    assert any(words in line for line in sentences), text
    assert any(f"[{code}]" in line for line in sentences), sentences


def test_what_keeps_the_rules_is_taken(parsed):
    good = {"growth.every_operator", "growth.people", "growth.manual", "growth.on_leave"}
    good |= {"growth.grouped"}
    errors = {file: text[-800:] for file, text in parsed["errors"].items()}
    assert set(parsed["dags"]) == good, {
        file: text for file, text in errors.items() if file.split("/")[1][:-3] not in TAMPERED
    }


def test_today_is_between_the_two_exceptions():
    ends = [dt.date.fromisoformat(one["until"]) for one in CHANGES["exceptions"]]
    assert ends[1] < dt.datetime.now(dt.UTC).date() < ends[0]
