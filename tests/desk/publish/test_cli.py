"""What the publisher's job log and its exit code say when something is not as it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_render.signing import new_key

AIRDESK = Path(sys.executable).with_name("airdesk")


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AIRDESK, *words],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def variables() -> dict[str, str]:
    return {
        "AIRDESK_GITLAB_URL": "http://127.0.0.1:9",  # the discard port: nobody answers
        "AIRDESK_PUBLISHER_TOKEN": "glpat-of-the-publisher",
        "AIRDESK_SIGNING_KEY": new_key()[0].decode(),
    }


def test_a_missing_variable_is_named(variables):
    del variables["AIRDESK_PUBLISHER_TOKEN"]
    done = run("publish", "--team", "growth", **variables)
    assert done.returncode == 1
    assert done.stderr == "airdesk: Set the environment variable AIRDESK_PUBLISHER_TOKEN.\n"


def test_a_key_that_is_none_is_told(variables):
    for wrong in ("/nowhere/key.pem", "-----BEGIN PRIVATE KEY-----\nx\n"):
        done = run("publish", "--team", "growth", **{**variables, "AIRDESK_SIGNING_KEY": wrong})
        assert done.returncode == 1
        assert "AIRDESK_SIGNING_KEY is neither" in done.stderr
        assert "Traceback" not in done.stderr


def test_gitlab_down_is_one_sentence(variables):
    done = run("publish", "--team", "growth", **variables)
    assert done.returncode == 1
    assert "GitLab does not answer. Run this again later." in done.stderr
    assert "Traceback" not in done.stderr
    assert "glpat" not in done.stderr


def test_a_team_that_is_none_is_wrong_usage():
    done = run("publish", "--team", "../risk")
    assert done.returncode == 2
    assert "is not a team name" in done.stderr


def test_airflow_down_is_one_sentence():
    done = run(
        *("ensure-roles", "--airflow-url", "http://127.0.0.1:9", "--team", "growth"),
        AIRDESK_AIRFLOW_ADMIN_USER="admin",
        AIRDESK_AIRFLOW_ADMIN_PASSWORD="x",
    )
    assert done.returncode == 1
    assert done.stderr == "airdesk: Airflow does not answer. Run this again later.\n"
