"""What Airflow takes from the central repository, and what it says about the rest."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from airdesk_render.check import check_manifest
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.render import render_dag
from airdesk_render.signing import sign
from airflow_dags import BODIES, signed, source
from airflow_stack import BIN, wait_for
from airflow_world import World

pytestmark = pytest.mark.xdist_group("airflow")

REFUSED = {
    "risk/unsigned.py": "carries no signature of the publisher",
    "risk/altered.py": "is not what the publisher signed",
    "risk/foreign.py": "is not what the publisher signed",
    "nowhere.py": "lies in no team's folder",
    "risk/stray.py": "growth.stray stands in risk/stray.py; its place is growth/stray.py",
    "risk/growth/use.py": "growth.use stands in risk/growth/use.py; its place is growth/use.py",
    "risk/borrowed.py": "names 'growth.api' as http_conn_id; only connections of risk",
    "risk/wrong_queue.py": "the team's own code of risk on internal data runs on team-risk",
    "risk/stubborn.py": "'retries' is 99; policy allows at most 3",
    "risk/endless.py": "'execution_timeout' is 5 days; policy allows at most 6 hours",
    "risk/foreign_owner.py": "belongs to x; its owner must be risk",
    "risk/open_to_all.py": "risk.open_to_all must have the access_control",
    "risk/unknown_operator.py": "uses LatestOnlyOperator, which is not in the catalogue",
}


def import_errors(world: World) -> dict[str, str]:
    answer = world.airflow.ask("GET", "/api/v2/importErrors?limit=100").json()
    return {error["filename"]: error["stack_trace"] for error in answer["import_errors"]}


@pytest.mark.parametrize(("file", "part"), REFUSED.items())
def test_refused_with_a_sentence(world: World, file: str, part: str) -> None:
    last_line = import_errors(world)[file].strip().splitlines()[-1]
    assert "Airdesk: " in last_line
    assert part in last_line


def test_what_was_not_signed_never_ran(world: World) -> None:
    assert set(import_errors(world)) == set(REFUSED)
    assert not world.marker.exists()


def test_files_beside_a_dag_are_signed_too(world: World) -> None:
    content = source("risk", "beside", BODIES["use"])
    script = {"risk/beside.files/0a1b/load.sh": b"echo load\n"}
    world.central.publish(signed(world.key, "risk", "beside", content, beside=script))
    path = "/api/v2/dags/risk.beside"
    wait_for("risk.beside", lambda: world.airflow.ask("GET", path).ok, seconds=90)
    world.central.publish({"risk/beside.files/0a1b/load.sh": b"echo other\n"})
    token = world.airflow.ask("GET", path).json()["file_token"]
    world.airflow.ask("PUT", f"/api/v2/parseDagFile/{token}").raise_for_status()
    wait_for("the refusal", lambda: "risk/beside.py" in import_errors(world), seconds=90)
    assert "is not what the publisher signed" in import_errors(world)["risk/beside.py"]
    world.central.remove("risk/beside.py", "risk/beside.py.sig", "risk/beside.files")
    wait_for("its end", lambda: "risk/beside.py" not in import_errors(world), seconds=90)


MANIFEST = """\
version: 1
dag_id: everything
description: One task of each managed operator
owners: [thu.tran]
data_class: internal
schedule: null
tasks:
  query: {operator: sql_query@1, connection: warehouse, sql: sql/rows.sql}
  check: {operator: sql_check@1, connection: warehouse, sql: select 1, upstream: [query]}
  shell: {operator: bash@1, command: date}
  call: {operator: python_function@1, file: py/score.py, function: score}
  http: {operator: http_request@1, connection: api, endpoint: v1/rows}
  post:
    {operator: slack_message@1, channel: C_GROWTH, text: Done, rows_from: query, upstream: [query]}
"""


def test_what_the_renderer_writes_is_taken(world: World) -> None:
    files = {
        "dags/everything.dag.yaml": MANIFEST,
        "dags/sql/rows.sql": "select 1\n",
        "dags/py/score.py": "def score():\n    return 1\n",
    }
    growth, path = Team("growth"), "dags/everything.dag.yaml"
    checked = check_manifest(MANIFEST, file=path, team=growth, policy=default_policy(), files=files)
    assert checked.manifest is not None, checked.findings
    rendered = render_dag(
        checked.manifest,
        team=growth,
        policy=default_policy(),
        manifest_path=path,
        files=files,
    )
    signature = sign(world.key, rendered.dag_id, rendered.files)
    world.central.publish({**rendered.files, "growth/everything.py.sig": signature})
    wait_for(
        "growth.everything",
        lambda: (
            world.airflow.ask("GET", "/api/v2/dags/growth.everything").ok
            or "growth/everything.py" in import_errors(world)
        ),
        seconds=90,
    )
    assert "growth/everything.py" not in import_errors(world)
    tasks = world.airflow.ask("GET", "/api/v2/dags/growth.everything/tasks").json()["tasks"]
    assert {task["queue"] for task in tasks} == {"default", "team-growth"}


def test_without_configuration_airflow_takes_any_file(tmp_path: Path, world: World) -> None:
    dags = tmp_path / "plain"
    dags.mkdir()
    (dags / "flat.py").write_bytes(source("growth", "delays", BODIES["use"]))
    (dags / "other.py").write_bytes(source("growth", "delays", BODIES["use"], dag_id="free"))
    env = {"PATH": world.airflow.env["PATH"], "HOME": str(tmp_path)}
    env |= {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    code = (
        "from airflow.dag_processing.dagbag import DagBag\n"
        f"bag = DagBag({str(dags)!r})\n"
        "print('FOUND', sorted(bag.dags), bag.import_errors)\n"
    )
    done = subprocess.run(
        [BIN / "python", "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert "FOUND ['free', 'growth.delays'] {}" in done.stdout
