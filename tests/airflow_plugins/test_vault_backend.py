"""The secrets backend by itself, as in an API server that loaded no plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
from airdesk_airflow.clearance import cleared
from airdesk_airflow.vault_backend import AirdeskVaultBackend, ConnectionRefused

backend = AirdeskVaultBackend(url="http://127.0.0.1:9", mount_point="airflow", token="t")

def ask(conn_id):
    try:
        print("ANSWER", backend.get_conn_value(conn_id))
    except ConnectionRefused as refused:
        print("REFUSED", refused.status_code, refused)

ask("aws_default")
print("ANSWER", backend.get_variable("x"))
ask("growth.api")
with cleared("growth.other"):
    ask("growth.api")
with cleared("growth.api"):
    ask("growth.api")
ask("growth.api")
"""


def test_without_the_guard_it_reads_nothing(tmp_path: Path) -> None:
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True
    )
    said = [line for line in done.stdout.splitlines() if line.startswith(("ANSWER", "REFUSED"))]
    unguarded = "REFUSED 403 Airdesk: growth.api is read only for a running task"
    assert said[:2] == ["ANSWER None", "ANSWER None"]
    assert [line.startswith(unguarded) for line in said[2:]] == [True, True, False, True]
    assert said[4] == (
        "REFUSED 403 Airdesk: Vault does not answer, so growth.api cannot be read. "
        "Nothing was changed; retry the task when it is back."
    )
