"""`airdesk-render test`: what it says of rendered files that are right, changed, or broken."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from airdesk_render.cli import main
from airdesk_render.loading import LoadedDag, load
from airdesk_render.policy import default_policy
from airdesk_render.verdicts import judge
from airdesk_render.verdicts.import_errors import faults_of, provider_package

SHAPES = """\
version: 1
dag_id: shapes
description: Groups, mapping, setup and assets
owners: [thu.tran]
data_class: internal
schedule: {assets: {any: [{all: [orders, customers]}, risk.exposures]}}
max_active_runs: 1
tasks:
  prepare: {operator: bash@1, command: echo prepare, setup: true}
  clean:
    description: Repairs
    upstream: [prepare]
    tasks:
      dedupe: {operator: bash@1, command: echo, expand: {command: [echo a, echo b]}}
      deep:
        tasks:
          repair:
            operator: sql_execute@1
            connection: warehouse
            sql: delete from orders where id < 0
            upstream: [dedupe]
            outlets: [orders_clean]
  clear: {operator: bash@1, command: echo clear, teardown_of: [prepare], upstream: [clean]}
"""
SHAPES = SHAPES.replace("{operator: bash@1, command: echo, expand", "{operator: bash@1, expand")

HIVE = """\
version: 1
dag_id: hive
description: SQL that PostgreSQL would not take
owners: [thu.tran]
data_class: internal
tasks:
  daily:
    operator: hive@1
    connection: hive
    sql: insert overwrite table daily select `region` from events where day = '{{ ds }}'
"""


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, everything, delays) -> Path:
    """A repository with four manifests, rendered by the command."""
    folder = tmp_path_factory.mktemp("repository")
    text, files = everything
    manifests = {"everything": text, "delays": delays, "shapes": SHAPES, "hive": HIVE}
    _write(folder, {f"dags/{name}.dag.yaml": one for name, one in manifests.items()})
    _write(folder, files)
    out = folder / "rendered"
    given = ["render", "dags", "--team", "growth", "--root", str(folder), "--out", str(out)]
    assert main(given) == 0
    return out


@pytest.mark.xdist_group("airflow")
def test_what_is_right_loads_with_all_that_airflow_knows(rendered, tmp_path, capsys, monkeypatch):
    # What surrounds the command must not lead its Airflow elsewhere.
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/nonexistent")
    monkeypatch.setenv("AIRDESK_VERIFY_KEY", "/nonexistent")
    junit = tmp_path / "junit.xml"
    assert main(["test", str(rendered), "--junit", str(junit), "--format", "json"]) == 0
    assert not (tmp_path / "elsewhere").exists()
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["policies"] is True
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("4", "0")
    dags = {
        dag["dag_id"]: LoadedDag.model_validate(
            {**dag, "tasks": [{**task, "sql": [], "problems": []} for task in dag["tasks"]]}
        )
        for file in report["files"]
        for dag in file["dags"]
    }
    assert dags["growth.delays"].schedule == "0 6 * * 1-5"
    assert dags["growth.delays"].timezone == "Asia/Ho_Chi_Minh"
    shapes = dags["growth.shapes"]
    assert shapes.schedule == "assets"
    assert shapes.assets == {
        "any": [{"all": ["growth.orders", "growth.customers"]}, "risk.exposures"]
    }
    groups = {(group.group_id, group.parent, group.tooltip) for group in shapes.groups}
    assert groups == {("clean", "", "Repairs"), ("clean.deep", "clean", "")}
    tasks = {task.task_id: task for task in shapes.tasks}
    assert tasks["prepare"].setup
    assert tasks["clear"].teardown
    assert tasks["clean.dedupe"].mapped == ("bash_command",)
    assert tasks["clean.dedupe"].upstream == ("prepare",)
    repair = tasks["clean.deep.repair"]
    assert (repair.group, repair.upstream) == ("clean.deep", ("clean.dedupe",))
    assert repair.outlets == ("growth.orders_clean",)
    assert repair.connections == ("growth.warehouse",)


BROKEN = {
    "growth/broken.py": "\n\nimport nothing_of_that_name\n",
    "growth/provider.py": "from airflow.providers.apache.nothing.operators.x import Y\n",
    "growth/nothing.py": "# airflow dag\n",
    "growth/ends.py": "import os\nos._exit(3)\n",
    "growth/leaves.py": "raise SystemExit('no more')\n",
    "growth/syntax.py": "def (\n",
    "nobody.py": "from airflow.sdk import DAG\ndag = DAG('nobody')\n",
}


@pytest.fixture(scope="module")
def changed(rendered, tmp_path_factory) -> Path:
    """Rendered files that somebody changed, and files that nobody rendered."""
    folder = tmp_path_factory.mktemp("changed") / "rendered"
    shutil.copytree(rendered, folder)
    source = (folder / "growth/delays.py").read_text()
    (folder / "growth/delays.py").write_text(
        source.replace('queue="default"', 'queue="team-risk"')
        .replace('"queue": "default"', '"queue": "team-risk"')
        .replace('"owner": "growth"', '"owner": "root"')
        .replace('"team-growth":', '"team-risk":')
    )
    _write(folder, BROKEN)
    _write(
        folder,
        {
            "growth/cycle.py": source.replace("growth.delays", "growth.cycle").replace(
                "    not_empty >> post", "    not_empty >> post >> report"
            ),
            "growth/again.py": source,
            "growth/other/delays.py": source,
            "growth/templates.py": source.replace("growth.delays", "growth.templates").replace(
                "{{ ds }}", "{{ dss }}"
            ),
            "growth/sql.py": source.replace("growth.delays", "growth.sql").replace(
                "from flights", "form flights form"
            ),
        },
    )
    return folder


@pytest.mark.xdist_group("airflow")
def test_each_file_is_told_what_is_wrong_with_it(changed, tmp_path, capsys):
    junit = tmp_path / "junit.xml"
    assert main(["test", str(changed), "--junit", str(junit), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    faults = {
        file["file"]: {(fault["code"], fault["task"]) for fault in file["faults"]}
        for file in report["files"]
    }
    sentences = {
        file["file"]: " ".join(fault["message"] for fault in file["faults"])
        for file in report["files"]
    }
    good = ("growth/everything.py", "growth/shapes.py", "growth/hive.py")
    assert all(faults[file] == set() for file in good)
    assert faults["growth/broken.py"] == {("import-error", "")}
    assert sentences["growth/broken.py"].startswith("line 3: there is no Python module")
    assert faults["growth/provider.py"] == {("missing-provider", "")}
    assert "apache-airflow-providers-apache-nothing" in sentences["growth/provider.py"]
    assert faults["growth/nothing.py"] == {("dag-count", "")}
    assert "ended the process" in sentences["growth/ends.py"]
    assert "no more" in sentences["growth/leaves.py"]
    assert "line 1" in sentences["growth/syntax.py"]
    assert faults["growth/cycle.py"] == {("cycle", "")}
    assert ("airflow-place", "") in faults["growth/again.py"]
    assert faults["growth/templates.py"] == {
        ("template-error", "report"),
        ("template-error", "post"),
    }
    assert "'dss' is undefined" in sentences["growth/templates.py"]
    assert ("sql-syntax", "report") in faults["growth/sql.py"]
    assert "after templates" in sentences["growth/sql.py"]
    assert ("airflow-rights", "") in {(code, "") for code, _ in faults["growth/delays.py"]}
    assert "team-risk" in sentences["growth/delays.py"]
    suite = ElementTree.parse(junit).getroot()[0]
    assert int(suite.get("failures")) == len(faults) - len(good)


@pytest.mark.xdist_group("airflow")
def test_without_the_policies_folders_ids_and_rights_are_compared(changed):
    """As in an Airflow without Airdesk's plugins; two processes share the files."""
    seen: list[tuple[int, int]] = []
    loaded = load(changed, progress=lambda done, total: seen.append((done, total)), processes=2)
    assert loaded.policies is False
    assert sorted(seen) == [(count, len(loaded.files)) for count in range(1, len(loaded.files) + 1)]
    verdicts = {one.file: one for one in judge(loaded, default_policy())}
    codes = {file: {fault.code for fault in one.faults} for file, one in verdicts.items()}
    assert codes["growth/everything.py"] == set()
    assert codes["growth/again.py"] == {"dag-place", "duplicate-dag"}
    assert codes["growth/delays.py"] == {"dag-rights", "duplicate-dag"}
    assert "growth/other/delays.py" in str(verdicts["growth/delays.py"].faults)
    assert codes["nobody.py"] == {"dag-place"}


@pytest.mark.xdist_group("airflow")
def test_dates_and_dialects(rendered, tmp_path, capsys):
    only = tmp_path / "only"
    _write(only, {"growth/hive.py": (rendered / "growth/hive.py").read_text()})
    dialects = tmp_path / "dialects.yaml"
    dialects.write_text("hive: postgres\n")
    given = ["test", str(only), "--date", "2026-02-03T04:05", "--dialects", str(dialects)]
    assert main(given) == 1
    text = capsys.readouterr().out
    assert "This is not SQL of PostgreSQL" in text
    loaded = load(only, date="2026-02-03T04:05:00+00:00")
    assert "day = '2026-02-03'" in loaded.dags[0].tasks[0].sql[0].sql


BY_ASSETS = """\
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, Param

with DAG("growth.by_assets", schedule=[Asset("growth.a")], params={"n": Param(3)}):
    BashOperator(task_id="dated", bash_command="echo {{ ds }}")
    BashOperator(task_id="plain", bash_command="echo {{ params.n + 1 }} {{ run_id }}")
    BashOperator(task_id="cannot", bash_command="echo {{ params.none }} {{ 1 / 0 }}")
    BashOperator(task_id="reads", bash_command="{{ conn.warehouse.password }}{{ var.value.x }}")
    BashOperator(task_id="pulls", bash_command="{{ ti.xcom_pull('plain')['a'] | length }}")
    BashOperator.partial(task_id="many").expand(bash_command=["echo {{ nobody }}"])
"""


@pytest.mark.xdist_group("airflow")
def test_templates_are_filled_in_without_connections(tmp_path):
    _write(tmp_path, {"growth/by_assets.py": BY_ASSETS})
    (dag,) = load(tmp_path).dags
    problems = {task.task_id: [one.message for one in task.problems] for task in dag.tasks}
    assert problems == {
        "dated": [
            "'ds' is undefined (in a run that assets start; those have no dates in Airflow 3)"
        ],
        "plain": [],
        "cannot": problems["cannot"],
        "reads": [],
        "pulls": [],
        "many": ["'nobody' is undefined"],
    }
    assert len(problems["cannot"]) == 1


def test_without_airflow_it_says_so(rendered, tmp_path, capsys):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    assert main(["test", str(rendered), "--python", str(bare)]) == 2
    assert "Airflow is not installed here" in capsys.readouterr().err
    assert main(["test", str(rendered), "--python", str(tmp_path / "none")]) == 2
    assert main(["test", str(tmp_path / "none")]) == 2
    assert main(["test", str(rendered), "--date", "soon"]) == 2
    assert main(["test", str(rendered), "--dialects", str(tmp_path / "none")]) == 2


ERRORS = {
    "ModuleNotFoundError: No module named 'airflow.providers.apache.hive.operators'": (
        "missing-provider",
        "apache-airflow-providers-apache-hive",
    ),
    "ImportError: cannot import name 'X' from 'airflow.providers.http.operators.http' (/a/b.py)": (
        "missing-provider",
        "apache-airflow-providers-http has no X",
    ),
    "ModuleNotFoundError: No module named 'pandas'": ("import-error", "'pandas'"),
    "AirflowDagCycleException: Cycle detected in Dag: a": ("cycle", "Cycle detected"),
    "AirflowClusterPolicyViolation: something else": ("policy-violation", "something else"),
    "ValueError: first\n  second\nthird": ("import-error", "ValueError: first second third"),
    "": ("import-error", "no reason"),
}


@pytest.mark.parametrize("error", ERRORS, ids=range(len(ERRORS)))
def test_import_errors_are_cut_to_what_helps(error):
    code, words = ERRORS[error]
    traceback = (
        "Traceback (most recent call last):\n"
        '  File "/venv/airflow/x.py", line 700, in parse\n'
        "    loader.exec_module(new_module)\n"
        '  File "/tmp/rendered/growth/a.py", line 12, in <module>\n'
        "    from somewhere import something\n"
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    )
    plain = error.startswith("Airflow")
    (fault,) = faults_of(error if plain else traceback + error, "growth/a.py")
    assert fault.code == code
    assert words in fault.message
    assert "/venv" not in fault.message
    assert plain or "line 12" in fault.message


def test_each_sentence_of_a_policy_is_a_fault():
    error = (
        "AirflowClusterPolicyViolation: Airdesk: growth.a has odd rights. [airflow-rights]\n"
        "Airdesk: task load of growth.a runs on team-risk. [queue-not-allowed]"
    )
    faults = faults_of(error, "growth/a.py")
    assert [(fault.code, fault.task) for fault in faults] == [
        ("airflow-rights", ""),
        ("queue-not-allowed", "load"),
    ]


def test_packages_of_providers():
    assert provider_package("airflow.providers.cncf.kubernetes.operators.pod") == (
        "apache-airflow-providers-cncf-kubernetes"
    )
    assert provider_package("airflow.providers.google") == "apache-airflow-providers-google"
