"""Who may answer an approval: the people it names, by their name in the directory."""

from __future__ import annotations

import subprocess
import sys

import pytest

QUESTION = """\
from types import SimpleNamespace
from airdesk_airflow.auth_manager import AirdeskFabAuthManager
from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager

manager = object.__new__(AirdeskFabAuthManager)
assert isinstance(manager, FabAuthManager)
approver = SimpleNamespace(username="minh.le", get_id=lambda: "7")
other = SimpleNamespace(username="thu.tran", get_id=lambda: "minh.le")
for user in (approver, other):
    print(manager.is_authorized_hitl_task(assigned_users={"minh.le"}, user=user))
"""


@pytest.mark.xdist_group("airflow")
def test_approvers_are_people_of_the_directory(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", QUESTION],
        env={"AIRFLOW_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[-2:] == ["True", "False"]
