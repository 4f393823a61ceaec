"""Rendered DAGs in a real Airflow, run from a GitDagBundle."""

from __future__ import annotations

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


def test_code_runs_from_a_git_bundle(check, run_in_airflow):
    """The files beside a DAG are found in a bundle's checkout; its Python is no DAG file."""
    checked = check(STEPS, file="dags/steps.dag.yaml", files=FILES)
    assert [finding.code for finding in checked.findings] == ["jinja-not-allowed"]
    files = {**FILES, "dags/scripts/say.sh": "set -eu\necho said by script\n"}
    checked = check(STEPS, file="dags/steps.dag.yaml", files=files)
    assert checked.findings == ()
    rendered = render_dag(
        checked.manifest,
        team=Team("growth"),
        policy=default_policy(),
        manifest_path="dags/steps.dag.yaml",
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
