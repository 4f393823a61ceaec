"""The platform's pipeline in a team's repository, run by gitlab-ci-local as a runner would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from airdesk_render.policy import default_policy_text

CI = Path(__file__).parents[3] / "render/ci"
MANIFEST = """\
version: 1
dag_id: delays
description: Which carriers ran late yesterday
owners: [thu.tran]
data_class: internal
schedule: manual
tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: select carrier from flights
"""
TOKEN = "glpat-" + "Ab3dEf6hIj9lMn2pQr5t"


@pytest.fixture(scope="module")
def team(site, tools):
    """A team's repository that includes version v1 from the platform's project."""
    template = (CI / "airdesk.gitlab-ci.yml").read_text()
    platform = site.project(
        {"airdesk.gitlab-ci.yml": template, "policy.yaml": default_policy_text()},
        visibility="internal",
    )
    platform.branches.create({"branch": "v1", "ref": "main"})
    included = yaml.safe_load((CI / "team.gitlab-ci.yml").read_text())
    included["include"][0]["project"] = platform.path_with_namespace
    project = site.project({".gitlab-ci.yml": yaml.safe_dump(included), "README.md": "# Team\n"})
    project.variables.create(
        {"key": "AIRDESK_PLATFORM_PROJECT", "value": platform.path_with_namespace}
    )
    return project


def ask(tools, project, branch, files):
    """The pipeline of a new merge request: its jobs by name, and their logs."""
    tools.commit(project, branch, files)
    request = project.mergerequests.create(
        {"source_branch": branch, "target_branch": "main", "title": branch}
    )
    pipeline = tools.pipeline(project, ref=f"refs/merge-requests/{request.iid}/head")
    return pipeline, tools.jobs(project, pipeline), tools.traces(project, pipeline)


def test_a_good_manifest_goes_all_the_way(team, tools):
    pipeline, jobs, logs = ask(tools, team, "good", {"dags/delays.dag.yaml": MANIFEST})
    statuses = {name: job.status for name, job in jobs.items()}
    assert statuses == dict.fromkeys(("check", "diff", "secrets", "render", "test"), "success"), (
        logs
    )
    assert pipeline.status == "success"
    report = json.loads(jobs["diff"].artifact("airdesk/behaviour.json"))
    name = team.path_with_namespace.partition("/")[0]
    assert [(dag["dag_id"], dag["status"]) for dag in report["dags"]] == [
        (f"{name}.delays", "added")
    ]
    assert b"### " in jobs["diff"].artifact("airdesk/behaviour.md")
    assert json.loads(jobs["check"].artifact("airdesk/findings.json")) == {"findings": []}
    assert b"<testsuites" in jobs["test"].artifact("airdesk/junit.xml")
    assert name.encode() in jobs["render"].artifact(f"airdesk/rendered/{name}/delays.py")


def test_what_is_wrong_or_secret_stops_it_and_the_difference_is_still_told(team, tools):
    files = {
        "dags/broken.dag.yaml": MANIFEST.replace("delays", "broken").replace("version: 1", ""),
        "dags/load.sh": f"curl -H 'PRIVATE-TOKEN: {TOKEN}' https://x\n",
    }
    pipeline, jobs, logs = ask(tools, team, "bad", files)
    assert pipeline.status == "failed"
    assert {name: job.status for name, job in jobs.items()} == {
        "check": "failed",
        "diff": "success",
        "secrets": "failed",
        "render": "skipped",
        "test": "skipped",
    }
    assert json.loads(jobs["check"].artifact("airdesk/findings.json"))["findings"]
    assert "dags/load.sh:1: error [secret]" in logs["secrets"]
    assert not any(TOKEN in log for log in logs.values())
    report = json.loads(jobs["diff"].artifact("airdesk/behaviour.json"))
    assert [dag["status"] for dag in report["dags"]] == ["broken"]


def test_where_no_dag_changes_nothing_is_rendered(team, tools):
    pipeline, jobs, _ = ask(tools, team, "words", {"README.md": "# Our team\n"})
    assert set(jobs) == {"check", "diff", "secrets"}
    assert pipeline.status == "success"
