"""The pipelines: valid GitLab CI, holding no secret, calling the commands as they are."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from airdesk_render.cli import parser

FOLDER = Path(__file__).parents[2] / "render/ci"
TEMPLATES = (
    "airdesk.gitlab-ci.yml",
    "operators.gitlab-ci.yml",
    "publisher.gitlab-ci.yml",
    "team.gitlab-ci.yml",
)


def _load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_gitlab_would_take_it(name):
    done = subprocess.run(
        [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci",
         FOLDER / name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def _calls(job: dict[str, Any]) -> list[list[str]]:
    """The words of each call of airdesk-render in a job's script, as a shell would see them."""
    text = "\n".join(job["script"]).replace("\\\n", " ")
    told = text.replace("$rules", "--policy policy.yaml --catalogue operators")
    told = told.replace('"$CI_COMMIT_SHA"', "a" * 40).replace("|| [ $? -eq 1 ]", "")
    lines = [line.strip() for line in told.split("\n")]
    return [shlex.split(line)[1:] for line in lines if line.startswith("airdesk-render ")]


def test_the_jobs_call_the_commands_as_they_are():
    template = _load("airdesk.gitlab-ci.yml")
    called = {}
    for job in ("check", "diff", "secrets", "render", "test"):
        (words,) = _calls(template[job])
        given = parser().parse_args(words)
        called[job] = given.command
        if job != "secrets":
            assert (given.policy, given.catalogue) == ("policy.yaml", "operators")
    assert called == {job: job for job in called}


def test_every_report_is_kept_whatever_the_job_found():
    template = _load("airdesk.gitlab-ci.yml")
    for job in ("check", "diff", "secrets", "test"):
        assert template[job]["artifacts"]["when"] == "always"
        kept = template[job]["artifacts"]
        fed = {*kept.get("paths", ()), *kept.get("reports", {}).values()}
        (words,) = _calls(template[job])
        written = {word.rpartition("=")[2] for word in words if "=airdesk/" in word}
        if "--junit" in words:
            written.add(words[words.index("--junit") + 1])
        assert written == fed
    assert "airdesk/findings.json" in template["check"]["artifacts"]["paths"]
    assert "airdesk/behaviour.json" in template["diff"]["artifacts"]["paths"]


def test_what_is_cached_is_what_render_writes_and_knows():
    job = _load("airdesk.gitlab-ci.yml")["render"]
    given = parser().parse_args(_calls(job)[0])
    assert job["cache"]["paths"] == [given.out, given.state]
    assert given.out in job["artifacts"]["paths"]


def test_each_job_ends_early_runs_where_it_should_and_holds_no_one_up():
    template = _load("airdesk.gitlab-ci.yml")
    assert template["default"]["interruptible"] is True
    assert template["diff"]["needs"] == template["secrets"]["needs"] == []
    for job in ("diff", "secrets"):
        assert ".airdesk-for-merge-requests" in template[job]["extends"]
    for job in ("render", "test"):
        assert ".airdesk-if-dags-change" in template[job]["extends"]
    assert "rules" not in template["check"], "the bot waits for its findings"


def test_a_team_includes_a_version():
    (included,) = _load("team.gitlab-ci.yml")["include"]
    assert re.fullmatch(r"v[0-9]+", included["ref"])
    starter = FOLDER.parent / "airdesk_render/starter/gitlab-ci.yml"
    assert starter.read_bytes() == (FOLDER / "team.gitlab-ci.yml").read_bytes()


def test_shared_operators_are_checked_and_loaded_by_the_commands_as_they_are():
    template = _load("operators.gitlab-ci.yml")
    lines = [line for job in ("check", "load") for line in template[job]["script"]]
    words = [shlex.split(line) for line in lines if line.startswith("airdesk-render")]
    given = [parser().parse_args(row[1:]) for row in words]
    assert [(one.command, getattr(one, "what", None)) for one in given] == [
        ("catalogue", "check"),
        ("catalogue", "examples"),
        ("test", None),
    ]


def test_a_team_pipeline_holds_no_secret():
    for name in ("airdesk.gitlab-ci.yml", "operators.gitlab-ci.yml", "team.gitlab-ci.yml"):
        words = set(re.findall(r"\$\{?(\w+)", (FOLDER / name).read_text(encoding="utf-8")))
        secrets = {word for word in words if re.search("TOKEN|KEY|PASSWORD|SECRET", word)}
        assert secrets <= {"CI_JOB_TOKEN"}


def test_the_publisher_is_alone_and_never_for_merge_requests():
    template = _load("publisher.gitlab-ci.yml")
    assert template["publish"]["resource_group"] == "publish"
    first = template["workflow"]["rules"][0]
    assert first == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', "when": "never"}
