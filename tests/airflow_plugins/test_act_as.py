"""The bot starts runs, and the person answers for them."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from airflow_world import World

pytestmark = pytest.mark.xdist_group("airflow")

BOT = "airdesk-bot"
ACT_AS = "/airdesk/v1/act-as"


def start(
    world: World, person: str, dag_id: str, *, user: str = BOT, **body: object
) -> requests.Response:
    path = f"{ACT_AS}/{person}/dags/{dag_id}/runs"
    return world.airflow.ask("POST", path, user=user, json={"run_id": new_id(), **body})


def new_id() -> str:
    return f"airdesk__{uuid.uuid4().hex[:8]}"


def test_a_run_is_started_once_and_in_the_persons_name(world: World) -> None:
    run_id = new_id()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: start(world, "thu.tran", "growth.use", run_id=run_id), range(4))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["run_id"] for answer in answers} == {run_id}
    run = world.airflow.ask("GET", f"/api/v2/dags/growth.use/dagRuns/{run_id}").json()
    assert (run["run_type"], run["triggering_user_name"]) == ("manual", "thu.tran")
    logs = world.airflow.ask("GET", f"/api/v2/eventLogs?run_id={run_id}&event=trigger_dag_run")
    entries = logs.json()["event_logs"]
    assert [(entry["owner"], entry["extra"]) for entry in entries] == [
        ("thu.tran", '{"asked_by": "airdesk-bot"}')
    ]
    assert world.wait_for_end("growth.use", run_id) == "success"
    again = start(world, "thu.tran", "growth.use", run_id=run_id)
    assert again.json() == {"dag_id": "growth.use", "run_id": run_id, "state": "success"}


def test_conf_reaches_the_run_and_is_checked(world: World) -> None:
    run_id = new_id()
    start(world, "thu.tran", "growth.use", run_id=run_id, conf={"connections": ["growth.api"]})
    run = world.airflow.ask("GET", f"/api/v2/dags/growth.use/dagRuns/{run_id}").json()
    assert run["conf"]["connections"] == ["growth.api"]
    assert start(world, "thu.tran", "growth.use", run_id="../x").status_code == 422


def test_the_persons_own_rights_decide(world: World) -> None:
    answer = start(world, "lan.pham", "growth.use")
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "lan.pham may not start growth.use. Only its team may.",
    )
    for person, rights in (("thu.tran", True), ("lan.pham", False)):
        seen = world.airflow.ask("GET", f"{ACT_AS}/{person}/dags/growth.use", user=BOT).json()
        assert seen == {"can_read": rights, "can_trigger": rights}
    assert start(world, BOT, "growth.use").status_code == 403


def test_unknown_people_and_dags(world: World) -> None:
    for person, dag_id, part in (
        ("nobody", "growth.use", "Airflow does not know nobody."),
        ("thu.tran", "growth.nothing", "Airflow does not know growth.nothing"),
    ):
        answer = start(world, person, dag_id)
        assert answer.status_code == 404
        assert part in answer.json()["detail"]


def test_nobody_but_the_bot_acts_for_others(world: World) -> None:
    for user in ("thu.tran", "lan.pham", "admin"):
        assert start(world, "thu.tran", "growth.use", user=user).status_code == 403
    path = f"{world.airflow.url}{ACT_AS}/thu.tran/dags/growth.use/runs"
    assert requests.post(path, json={"run_id": new_id()}, timeout=10).status_code == 401
    task = world.token(world.hold("growth")["id"])
    headers = {"Authorization": f"Bearer {task}"}
    answer = requests.post(path, json={"run_id": new_id()}, headers=headers, timeout=10)
    assert answer.status_code in {401, 403}


def test_no_run_before_the_dag_begins(world: World) -> None:
    answer = start(world, "thu.tran", "growth.later")
    assert answer.status_code == 409
    assert "begins on 2099-01-01" in answer.json()["detail"]


def refresh(world: World, bundle: str, user: str) -> requests.Response:
    return world.airflow.ask("POST", f"/airdesk/v1/bundles/{bundle}/refresh", user=user)


def test_the_bot_and_nobody_else_has_a_bundle_refreshed(world: World) -> None:
    for user in ("thu.tran", "lan.pham", "admin"):
        assert refresh(world, "central", user).status_code == 403
    path = f"{world.airflow.url}/airdesk/v1/bundles/central/refresh"
    assert requests.post(path, timeout=10).status_code == 401
    assert refresh(world, "central", BOT).status_code == 202
    assert refresh(world, "nothing", BOT).status_code == 404


def test_the_bots_own_rights_would_not_refresh(world: World) -> None:
    """Airflow's own endpoint wants the right to edit the DAG, which the bot does not have."""
    token = world.airflow.ask("GET", "/api/v2/dags/growth.use", user=BOT).json()["file_token"]
    answer = world.airflow.ask("PUT", f"/api/v2/parseDagFile/{token}", user=BOT)
    assert answer.status_code == 403
