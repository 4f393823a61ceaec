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


def test_the_jobs_call_the_commands_as_they_are():
    called = []
    template = _load("airdesk.gitlab-ci.yml")
    for job in ("check", "render", "test"):
        for line in template[job]["script"]:
            told = line.replace("$rules", "--policy policy.yaml --catalogue operators")
            words = shlex.split(told.replace("$CI_COMMIT_SHA", "a" * 40))
            assert words[0] == "airdesk-render"
            given = parser().parse_args(words[1:])
            called.append(given.command)
    assert called == ["check", "render", "test"]


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


def test_findings_are_kept_when_the_check_fails():
    job = _load("airdesk.gitlab-ci.yml")["check"]
    assert job["artifacts"]["when"] == "always"
    assert "airdesk/findings.json" in job["artifacts"]["paths"]
    script = job["script"][0]
    assert "--report json=airdesk/findings.json" in script
    assert f"--report codequality={job['artifacts']['reports']['codequality']}" in script


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


@pytest.mark.parametrize(
    ("operators", "told"),
    [
        ("", "--policy .airdesk-platform/policy.yaml"),
        (
            "platform/operators",
            "--policy .airdesk-platform/policy.yaml --catalogue .airdesk-operators",
        ),
    ],
    ids=["policy alone", "shared operators too"],
)
def test_policy_and_operators_are_cloned_with_the_job_token(tmp_path, operators, told):
    """The before_script against repositories on disk: the token stays out of them."""
    work = tmp_path / "work"
    work.mkdir()
    for name, file in (("airdesk-ci", "policy.yaml"), ("operators", "README.md")):
        _project(tmp_path / f"server/platform/{name}.git", file)
    lines = _load("airdesk.gitlab-ci.yml")[".airdesk"]["before_script"]
    for _ in range(2):
        done = subprocess.run(
            ["bash", "-euc", "\n".join([*lines, 'echo "$rules"'])],
            cwd=work,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(tmp_path),
                "CI_SERVER_URL": f"file://{tmp_path}/server",
                "AIRDESK_PLATFORM_PROJECT": "platform/airdesk-ci",
                "AIRDESK_OPERATORS_PROJECT": operators,
                "CI_JOB_TOKEN": "the-job-token",
            },
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == f"{told}\n"
    assert (work / ".airdesk-platform/policy.yaml").is_file()
    assert (work / ".airdesk-operators/README.md").is_file() is bool(operators)
    for config in work.glob(".airdesk-*/.git/config"):
        assert "the-job-token" not in config.read_text()


def _project(folder: Path, file: str) -> None:
    folder.mkdir(parents=True)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@corp.test"]
    subprocess.run([*git, "init", "-q", folder], check=True)
    (folder / file).write_text("version: 1\n")
    subprocess.run([*git, "-C", folder, "add", "."], check=True)
    subprocess.run([*git, "-C", folder, "commit", "-qm", "first"], check=True)
