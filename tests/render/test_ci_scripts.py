"""The shell of the pipelines, run against repositories on disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from airdesk_render.policy import default_policy_text

FILE = Path(__file__).parents[2] / "render/ci/airdesk.gitlab-ci.yml"
TEMPLATE = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SETUP = TEMPLATE[".airdesk"]["before_script"]
GROWTH = Path(__file__).parent / "corpus/good/growth/dags"
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@corp.test", "-c", "init.defaultBranch=main"]
SHELLS = [shell for shell in ("bash", "dash") if shutil.which(shell)]


def _git(*arguments: str | Path) -> str:
    done = subprocess.run([*GIT, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _commit(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    _git("-C", folder, "add", ".")
    _git("-C", folder, "commit", "-qm", "work")
    return _git("-C", folder, "rev-parse", "HEAD")


@pytest.fixture
def server(tmp_path):
    """Projects as a GitLab would serve them, `file://` in place of https."""
    for name in ("platform/airdesk-ci", "platform/operators", "growth/pipelines"):
        folder = tmp_path / f"server/{name}.git"
        folder.mkdir(parents=True)
        _git("init", "-q", folder)
        _commit(folder, **{"policy.yaml": "version: 1\n"})
    return tmp_path / "server"


@pytest.fixture(params=SHELLS)
def run(request, tmp_path, server):
    """Run the setup and then more lines, with the variables of a job."""

    def shell(*lines: str, at: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        given: dict[str, Any] = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "CI_SERVER_URL": f"file://{server}",
            "CI_PROJECT_PATH": "growth/pipelines",
            "CI_JOB_TOKEN": "the-job-token",
            "AIRDESK_PLATFORM_PROJECT": "platform/airdesk-ci",
            "AIRDESK_OPERATORS_PROJECT": "",
            "AIRDESK_TEAM": "",
            **variables,
        }
        return subprocess.run(
            [request.param, "-euc", "\n".join([*SETUP, *lines])],
            cwd=at,
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )

    return shell


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


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
def test_policy_and_operators_are_cloned_with_the_job_token(run, work, operators, told):
    for _ in range(2):
        done = run('echo "$rules"', at=work, AIRDESK_OPERATORS_PROJECT=operators)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == told
    assert (work / ".airdesk-platform/policy.yaml").is_file()
    assert (work / ".airdesk-operators/policy.yaml").is_file() is bool(operators)
    assert "the-job-token" not in done.stdout + done.stderr
    assert not list(work.glob(".airdesk-*/.git"))


def test_a_policy_that_cannot_be_read_ends_the_job(run, work):
    done = run("echo went on", at=work, AIRDESK_PLATFORM_PROJECT="platform/nothing")
    assert done.returncode != 0
    assert "went on" not in done.stdout


@pytest.mark.parametrize(
    ("variables", "team"),
    [
        ({}, "growth"),
        ({"AIRDESK_TEAM": "risk"}, "risk"),
        (
            {
                "CI_PROJECT_PATH": "lan.pham/pipelines",
                "CI_MERGE_REQUEST_PROJECT_PATH": "growth/pipelines",
            },
            "growth",
        ),
    ],
    ids=["the project's", "told", "a fork's target"],
)
def test_the_team_is_the_one_whose_repository_it_is(run, work, variables, team):
    done = run('echo "$team"', at=work, **variables)
    assert done.stdout.splitlines()[-1] == team


def test_every_section_is_closed(run, work):
    done = run("section a B", "section_end a", at=work)
    for mark in ("airdesk_setup", "a"):
        # the carriage return behind each mark, as Python reads it
        assert done.stdout.count(f":{mark}[collapsed=true]\n\x1b[0K") == 1
        assert done.stdout.count(f":{mark}\n\x1b[0K") == 1


def _request(base: str, **more: str) -> dict[str, str]:
    return {
        "CI_MERGE_REQUEST_PROJECT_PATH": "growth/pipelines",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        **more,
    }


@pytest.mark.parametrize("place", ["shallow", "fork", "whole"])
def test_the_base_is_there_whatever_the_clone_holds(run, tmp_path, server, place):
    """One commit of the branch, a fork that never heard of main's newest, a whole clone."""
    team = server / "growth/pipelines.git"
    old = _git("-C", team, "rev-parse", "HEAD")
    _git("-C", team, "config", "uploadpack.allowAnySHA1InWant", "true")  # as GitLab has it
    source = team
    if place == "fork":
        source = tmp_path / "fork"
        _git("clone", "-q", team, source)
    base = _commit(team, **{"a.txt": "1\n"}) if place != "fork" else old
    _git("-C", source, "switch", "-qc", "topic")
    head = _commit(source, **{"b.txt": "2\n"})
    _git("-C", source, "switch", "-q", "main")
    if place == "fork":
        base = _commit(team, **{"a.txt": "1\n"})
    depth = [] if place == "whole" else ["--depth", "1"]
    _git("clone", "-q", *depth, "-b", "topic", f"file://{source}", tmp_path / "job")
    done = run(
        "find_base",
        'echo "$base"; git diff --name-only "$base" HEAD | wc -l; git rev-parse HEAD',
        at=tmp_path / "job",
        **_request(base),
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()[-3:]
    assert (told[0], told[2]) == (base, head)


def test_where_the_base_cannot_be_had_the_target_stands_in(run, tmp_path, server):
    team = server / "growth/pipelines.git"
    tip = _git("-C", team, "rev-parse", "HEAD")
    _git("-C", team, "switch", "-qc", "topic")
    _commit(team, **{"b.txt": "2\n"})
    _git("-C", team, "switch", "-q", "main")
    _git("clone", "-q", "--depth", "1", "-b", "topic", f"file://{team}", tmp_path / "job")
    done = run("find_base", 'echo "$base"', at=tmp_path / "job", **_request("f" * 40))
    assert done.stdout.splitlines()[-1] == tip


def test_merged_results_are_compared_with_the_targets_tip(run, tmp_path, server):
    team = server / "growth/pipelines.git"
    old = _git("-C", team, "rev-parse", "HEAD")
    tip = _commit(team, **{"a.txt": "1\n"})
    _git("clone", "-q", f"file://{team}", tmp_path / "job")
    given = _request(old, CI_MERGE_REQUEST_TARGET_BRANCH_SHA=tip)
    done = run("find_base", 'echo "$base"', at=tmp_path / "job", **given)
    assert done.stdout.splitlines()[-1] == tip


def test_a_later_pipeline_renders_only_what_changed(run, tmp_path, server):
    """Two jobs in fresh checkouts, the second with what the first left in the cache."""
    _commit(server / "platform/airdesk-ci.git", **{"policy.yaml": default_policy_text()})
    operators = server / "platform/operators.git"
    _git("-C", operators, "mv", "policy.yaml", "README.md")
    _commit(operators)
    counts = []
    for number in (1, 2):
        job = tmp_path / f"job{number}"
        shutil.copytree(GROWTH, job / "dags", copy_function=shutil.copy)
        if number == 2:
            for path in TEMPLATE["render"]["cache"]["paths"]:
                _take(tmp_path / "job1" / path, job / path)
            with (job / "dags/signup_funnel.dag.yaml").open("a") as manifest:
                manifest.write("# a remark\n")
        done = run(
            *TEMPLATE["render"]["script"],
            at=job,
            PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin",
            CI_COMMIT_SHA="a" * 40,
            AIRDESK_OPERATORS_PROJECT="platform/operators",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        counts.append(re.search(r"Rendering (\d+) of \d+ manifest\(s\), (\d+) anew", done.stdout))
    assert [(found[1], found[2]) for found in counts] == [("7", "7"), ("7", "1")]


def _take(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, copy_function=shutil.copy)
    else:
        shutil.copy(source, target)
