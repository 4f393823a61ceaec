"""Rendered DAGs in a real Airflow: loaded by `airdesk-render test`, and run from a GitDagBundle."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from airdesk_render.cli import main
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.render import render_dag

STEPS = """\
version: 1
dag_id: steps
description: Code of a team, really run
owners: [thu.tran]
data_class: internal
params:
  name: {type: string, default: "o'neil"}
tasks:
  shell:
    operator: bash@1
    command: |
      set -eu
      echo 'day {{ macros.ds_add(ds, 0) | length }}' >/dev/null
      echo "hello {{ params.name }}"
  script:
    operator: bash@1
    file: scripts/say.sh
    upstream: [shell]
  str:
    operator: python_function@1
    file: py/score.py
    function: score
    arguments: {word: "{{ params.name }}", weights: [1, 2.5], nested: {a: [null, true]}}
    upstream: [script]
"""

FILES = {
    "dags/scripts/say.sh": "set -eu\necho 'said by {{ run_id[:0] }}script'\n",
    "dags/py/score.py": """\
# This file mentions airflow and DAG, so that Airflow would import it, were it a .py there.
from dataclasses import dataclass


@dataclass
class Score:
    word: str


def score(word, weights, nested):
    return {"word": Score(word).word, "sum": sum(weights), "nested": nested, "file": __name__}
""",
}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, everything, delays) -> Path:
    """A repository with two manifests, rendered by the command."""
    folder = tmp_path_factory.mktemp("repository")
    text, files = everything
    sources = {"dags/everything.dag.yaml": text, "dags/delays.dag.yaml": delays, **files}
    _write(folder, {name: content.encode() for name, content in sources.items()})
    out = folder / "rendered"
    code = main(
        [
            *("render", "dags", "--team", "growth", "--commit", "0" * 40, "--root", str(folder)),
            *("--out", str(out), "--summary", str(folder / "rendered.json")),
        ]
    )
    assert code == 0
    summary = json.loads((folder / "rendered.json").read_text())
    assert [dag["dag_id"] for dag in summary["dags"]] == ["growth.delays", "growth.everything"]
    return out


def test_everything_loads(rendered, tmp_path, capsys, monkeypatch):
    # What surrounds the command must not lead its Airflow elsewhere.
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/nonexistent")
    monkeypatch.setenv("AIRDESK_VERIFY_KEY", "/nonexistent")
    junit = tmp_path / "junit.xml"
    assert main(["test", str(rendered), "--junit", str(junit)]) == 0
    text = capsys.readouterr().out
    assert "ok   growth/delays.py (delays, 0 6 * * 1-5)" in text
    assert "post: SlackAPIPostOperator on normal after not_empty" in text
    assert "script: BashOperator on team-growth after check, shell" in text
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")
    assert not (tmp_path / "elsewhere").exists()


def test_what_policy_does_not_want_is_told(rendered, tmp_path, capsys):
    folder = tmp_path / "changed"
    shutil.copytree(rendered, folder)
    source = (folder / "growth/delays.py").read_text()
    (folder / "growth/delays.py").write_text(
        source.replace('queue="normal"', 'queue="team-risk"')
        .replace('"team-growth"', '"team-risk"')
        .replace('"owner": "growth"', '"owner": "root"')
        .replace('"retries": 1', '"retries": 50')
    )
    (folder / "growth/broken.py").write_text("import nothing_of_that_name\n")
    (folder / "growth/cycle.py").write_text(
        source.replace("growth.delays", "growth.cycle").replace(
            "    not_empty >> post", "    not_empty >> post >> report"
        )
    )
    (folder / "growth/other.py").write_text(source)
    (folder / "growth/nothing.py").write_text("# airflow dag\n")
    junit = tmp_path / "junit.xml"
    assert main(["test", str(folder), "--junit", str(junit)]) == 1
    text = capsys.readouterr().out
    for sentence in (
        "Task 'report' runs on queue 'team-risk', not 'normal'.",
        "Task 'report' belongs to 'root'.",
        "Task 'report' is tried again 50 times.",
        "Its access_control is not the one of policy.",
        "No module named 'nothing_of_that_name'",
        "Cycle detected",
        "FAIL growth/nothing.py",
        "ok   growth/everything.py",
    ):
        assert sentence in text, text
    suite = ElementTree.parse(junit).getroot()[0]
    assert suite.get("failures") == "5"


def test_without_airflow_it_says_so(rendered, tmp_path, capsys):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    assert main(["test", str(rendered), "--python", str(bare)]) == 2
    assert "Airflow is not installed here" in capsys.readouterr().err
    assert main(["test", str(rendered), "--python", str(tmp_path / "none")]) == 2
    assert main(["test", str(tmp_path / "none")]) == 2


def test_code_runs_from_a_git_bundle(check, run_in_airflow):
    """The files beside a DAG are found in a bundle's checkout; its Python is no DAG file."""
    checked = check(STEPS, file="dags/steps.dag.yaml", files=FILES)
    assert [finding.code for finding in checked.findings] == ["jinja-not-allowed"] * 2
    manifest_text = STEPS.replace(" | length", "")
    files = {**FILES, "dags/scripts/say.sh": "set -eu\necho said by script\n"}
    checked = check(manifest_text, file="dags/steps.dag.yaml", files=files)
    assert checked.findings == ()
    rendered = render_dag(
        checked.manifest,
        team=Team("growth"),
        policy=default_policy(),
        manifest_path="dags/steps.dag.yaml",
        source_commit="0" * 40,
        files=files,
    )
    result = run_in_airflow(rendered.files, "growth.steps")
    assert result["import_errors"] == {}
    assert result["dags"] == ["growth.steps"]
    assert result["tasks"] == {
        "shell": ["success", "hello o'neil"],
        "script": ["success", "said by script"],
        "str": [
            "success",
            {"word": "o'neil", "sum": 3.5, "nested": {"a": [None, True]}, "file": "score"},
        ],
    }
