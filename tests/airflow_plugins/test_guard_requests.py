"""Attacks on the execution API with a task's own token, with forged tokens and odd paths.

`world.token` makes what Airflow would give to a task: whoever runs code beside a task can get hold
of that task's token, so the guard must hold against any request that carries one.
"""

from __future__ import annotations

import socket
import time
import uuid

import pytest
from airflow_world import GONE_BY, PASSWORD, World

pytestmark = pytest.mark.xdist_group("airflow")

GROWTH = "growth.hold"


def refused(world: World, method: str, path: str, token: str | None, **more: object) -> str:
    answer = world.execution(method, path, token=token, **more)
    assert answer.status_code in {401, 403}, (method, path, answer.status_code, answer.text)
    assert PASSWORD not in answer.text
    return "" if method == "HEAD" else str(answer.json()["detail"]["message"])


@pytest.fixture(scope="module")
def risk(world: World) -> str:
    """The token of a running task of risk."""
    return world.token(world.hold("risk")["id"])


@pytest.fixture(scope="module")
def growth(world: World) -> str:
    """The token of a running task of growth, free code."""
    return world.token(world.hold("growth")["id"])


def test_own_things_work(world: World, growth: str) -> None:
    own = world.hold("growth")
    answer = world.execution("GET", "/execution/connections/growth.api", token=growth)
    assert (answer.status_code, answer.json()["password"]) == (200, PASSWORD)
    key = f"/execution/xcoms/{GROWTH}/{own['run_id']}/hold/mine"
    assert world.execution("POST", key, token=growth, json="x").status_code == 201
    assert world.execution("GET", key, token=growth).json()["value"] == "x"
    assert world.execution("DELETE", key, token=growth).status_code == 200
    count = world.execution(
        "GET", "/execution/dag-runs/count", token=growth, params={"dag_id": "growth.use"}
    )
    assert count.status_code == 200
    assert world.execution("GET", "/execution/health", token=None).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/dags/{GROWTH}", None),
        ("GET", f"/dag-runs/{GROWTH}/x", None),
        ("POST", f"/dag-runs/{GROWTH}/started-by-risk", {}),
        ("POST", f"/dag-runs/{GROWTH}/x/clear", None),
        ("GET", f"/dag-runs/{GROWTH}/x/state", None),
        ("GET", f"/dag-runs/{GROWTH}/previous?logical_date=2026-01-01T00:00:00Z", None),
        ("GET", f"/dag-runs/previous?dag_id={GROWTH}&logical_date=2026-01-01T00:00:00Z", None),
        ("GET", f"/dag-runs/count?dag_id={GROWTH}", None),
        ("GET", f"/dag-runs/count?dag_id=risk.hold&dag_id={GROWTH}", None),
        ("GET", f"/task-instances/count?dag_id={GROWTH}", None),
        ("GET", f"/task-instances/states?dag_id={GROWTH}", None),
        ("GET", f"/task-instances/breadcrumbs?dag_id={GROWTH}&run_id=x", None),
        ("GET", f"/task-instances/previous/{GROWTH}/hold", None),
        ("GET", f"/xcoms/{GROWTH}/x/hold/return_value", None),
        ("HEAD", f"/xcoms/{GROWTH}/x/hold/return_value", None),
        ("POST", f"/xcoms/{GROWTH}/x/hold/return_value", "poison"),
        ("DELETE", f"/xcoms/{GROWTH}/x/hold/return_value", None),
        ("GET", f"/xcoms/{GROWTH}/x/hold/return_value/item/0", None),
        ("GET", f"/xcoms/{GROWTH}/x/hold/return_value/slice", None),
        ("POST", "/xcoms/risk.use/x/use/return_value", "not even in the team"),
        ("GET", "/connections/growth.api", None),
        ("HEAD", "/connections/growth.api", None),
        ("GET", "/connections/git_default", None),
        ("GET", "/connections/risk.api", None),
        ("GET", "/variables/anything", None),
        ("GET", "/variables/keys", None),
        ("GET", "/variables/airdesk.why/zz", None),
        ("PUT", "/variables/anything", {"val": "x"}),
        ("DELETE", "/variables/anything", None),
        ("GET", "/assets/by-name?name=x", None),
        ("GET", "/asset-events/by-asset?name=x", None),
        ("GET", "/store/asset/by-name/value?name=x&key=y", None),
        ("PUT", "/store/asset/by-name/value?name=x&key=y", {"value": 1}),
        ("GET", "/connection-tests/7d0bc9f1-efcb-40b8-b878-9e8ebc638b27/connection", None),
        ("GET", "/openapi.json", None),
        ("GET", "/docs", None),
        ("GET", "/", None),
        ("OPTIONS", "/connections/growth.api", None),
        ("PATCH", "/connections/growth.api", None),
        ("TRACE", "/health", None),
    ],
)
def test_nothing_of_others(world: World, risk: str, method: str, path: str, body: object) -> None:
    more = {} if body is None else {"json": body}
    sentence = refused(world, method, f"/execution{path}", risk, **more)
    assert method == "HEAD" or sentence.startswith("Airdesk: ")


@pytest.mark.parametrize(
    ("method", "part", "body"),
    [
        ("PUT", "task-instances/{id}/heartbeat", {"hostname": "x", "pid": 1}),
        ("PATCH", "task-instances/{id}/run", {"state": "running"}),
        ("PATCH", "task-instances/{id}/state", {"state": "failed", "end_date": GONE_BY}),
        ("PUT", "task-instances/{id}/rtif", {}),
        ("PATCH", "task-instances/{id}/skip-downstream", {"tasks": []}),
        ("GET", "task-reschedules/{id}/start_date", None),
        ("GET", "hitlDetails/{id}", None),
        ("GET", "store/ti/{id}/key", None),
        ("DELETE", "store/ti/{id}", None),
    ],
)
def test_no_other_task(world: World, risk: str, method: str, part: str, body: object) -> None:
    path = "/execution/" + part.format(id=world.hold("growth")["id"])
    assert "not its own" in refused(world, method, path, risk, json=body)


def test_starting_another_teams_run_left_nothing_behind(world: World, risk: str) -> None:
    refused(world, "POST", f"/execution/dag-runs/{GROWTH}/by-risk", risk, json={})
    answer = world.airflow.ask("GET", f"/api/v2/dags/{GROWTH}/dagRuns/by-risk")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "report",
    [
        {"state": "deferred", "classpath": "os.system", "next_method": "x"},
        {
            "state": "success",
            "end_date": GONE_BY,
            "task_outlets": [
                {"name": "growth.a", "uri": "x-airdesk://growth/a", "type": "Asset"},
            ],
        },
    ],
)
def test_a_task_reports_no_state_that_reaches_others(
    world: World, risk: str, report: object
) -> None:
    path = f"/execution/task-instances/{world.hold('risk')['id']}/state"
    assert refused(world, "PATCH", path, risk, json=report).startswith("Airdesk: ")


@pytest.mark.parametrize(
    "path",
    [
        "/execution//connections/growth.api",
        "//execution/connections/growth.api",
        "/Execution/connections/growth.api",
        "/EXECUTION/connections/growth.api",
        "/%65xecution/connections/growth.api",
        "/execution/connections/growth%2Eapi",
        "/execution/connections%2Fgrowth.api",
        "/execution/./connections/growth.api",
        "/execution/x/../connections/growth.api",
        "/x/../execution/connections/growth.api",
        "/execution/connections/growth.api/",
        "/execution/connections/growth.api%00",
        "/execution/connections/growth.api;x=1",
        "/execution/connections/risk.x%2F..%2F..%2Fgrowth%2Fapi",
        "/execution/v1/connections/growth.api",
        "/execution/2026-06-30/connections/growth.api",
        "/execution/xcoms/risk.hold%2F..%2Fgrowth.hold/x/hold/return_value",
        "/api/v2/../../execution/connections/growth.api",
        "/airdesk/v1/../../execution/connections/growth.api",
        "/execution/connections/growth.api?connection_id=risk.api",
    ],
)
def test_odd_paths_lead_nowhere(world: World, risk: str, path: str) -> None:
    answer = world.execution("GET", path, token=risk)
    assert answer.status_code in {307, 401, 403, 404}, answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Airflow-API-Version": "2025-04-28"},
        {"Airflow-API-Version": "2026-06-30"},
        {"X-Forwarded-Prefix": "/execution"},
        {"X-HTTP-Method-Override": "GET"},
        {"X-Original-URL": "/execution/health"},
    ],
)
def test_headers_change_nothing(world: World, risk: str, headers: dict[str, str]) -> None:
    refused(world, "GET", "/execution/connections/growth.api", risk, headers=headers)


def test_an_absolute_request_target_changes_nothing(world: World, risk: str) -> None:
    target = f"{world.airflow.url}/execution/connections/growth.api"
    with socket.create_connection(("127.0.0.1", world.airflow.port), timeout=10) as wire:
        lines = (f"GET {target} HTTP/1.1", "Host: x", f"Authorization: Bearer {risk}")
        wire.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert PASSWORD.encode() not in answer


def test_forged_tokens(world: World, risk: str) -> None:
    growth_task = world.hold("growth")["id"]
    now = int(time.time())
    header, claims, signature = world.token(growth_task).split(".")
    forged = {
        "none at all": None,
        "another key": world.token(growth_task, key="k" * 64),
        "no signature": f"{header}.{claims}.",
        "algorithm none": "eyJhbGciOiJub25lIn0." + claims + ".",
        "another's signature": f"{header}.{claims}." + risk.split(".")[2],
        "changed claims": f"{header}.{risk.split('.')[1]}.{signature}",
        "over": world.token(growth_task, exp=now - 3600, iat=now - 7200, nbf=now - 7200),
        "another audience": world.token(growth_task, aud="urn:airflow.apache.org:api"),
        "no task": world.token("not-a-uuid"),
        "of a person": world.airflow.token("thu.tran", "thu.tran-demo"),
    }
    for what, token in forged.items():
        answer = world.execution("GET", "/execution/connections/growth.api", token=token)
        assert answer.status_code == 401, (what, answer.text)
    for unknown in (world.token(str(uuid.uuid4())), world.token(growth_task, scope="workload")):
        refused(world, "GET", "/execution/connections/growth.api", unknown)


def test_a_task_that_ended_gets_nothing(world: World) -> None:
    run_id = world.trigger("growth.use")
    world.wait_for_end("growth.use", run_id)
    path = f"/api/v2/dags/growth.use/dagRuns/{run_id}/taskInstances/use"
    token = world.token(world.airflow.ask("GET", path).json()["id"])
    sentence = refused(world, "GET", "/execution/connections/growth.api", token)
    assert "is not running" in sentence


def test_grants_decide(grants: World, growth: str, risk: str) -> None:
    path = "/execution/connections/growth.api"
    open_to_code = {"dags": ["*"], "code": True}
    for grant, token, part in (
        ({**open_to_code, "until": GONE_BY}, growth, "ended on 01 Jan 2026"),
        ({"dags": ["growth.other"], "code": True}, growth, "its grant names growth.other"),
        ({"dags": ["*"]}, growth, "runs free code"),
        ({**open_to_code, "unless": 1}, growth, "are not understood"),
        (open_to_code, risk, "risk may not use growth.api"),
    ):
        grants.grant({"api": grant})
        assert part in refused(grants, "GET", path, token)
    grants.grant({})
    assert "nobody has granted" in refused(grants, "GET", path, growth)
    grants.vault.remove("grants/growth")
    assert "nobody has granted" in refused(grants, "GET", path, growth)
    grants.grant({"api": {"dags": ["risk.hold"], "code": True}})
    assert grants.execution("GET", path, token=risk).json()["password"] == PASSWORD
    grants.vault.seal()
    assert "Vault is sealed" in refused(grants, "GET", path, growth)


def test_only_tasks_reach_connections_of_teams(world: World) -> None:
    body = {"connection_id": "growth.api", "conn_type": "http"}
    answer = world.airflow.ask("POST", "/api/v2/connections/test", json=body)
    assert PASSWORD not in answer.text
    assert world.airflow.ask("GET", "/api/v2/connections/growth.api").status_code == 404
