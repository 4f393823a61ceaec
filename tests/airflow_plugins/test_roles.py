"""What the roles of `roles.json` show to whom, asked of a real FAB."""

from __future__ import annotations

import pytest
from airflow_dags import BODIES
from airflow_world import World

pytestmark = pytest.mark.xdist_group("airflow")

OF_ONE_DAG = (
    "",
    "/details",
    "/dagRuns",
    "/dagRuns/{run}",
    "/dagRuns/{run}/taskInstances",
    "/dagRuns/{run}/taskInstances/ask/logs/1",
    "/dagRuns/{run}/taskInstances/ask/xcomEntries",
    "/dagRuns/{run}/taskInstances/ask/xcomEntries/return_value",
    "/tasks",
    "/dagVersions",
)
LISTS = (
    "/api/v2/dags",
    "/api/v2/dags/~/dagRuns",
    "/api/v2/dags/~/dagRuns/~/taskInstances",
    "/api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries",
    "/api/v2/dags/~/dagVersions",
    "/api/v2/dagStats",
    "/api/v2/dagWarnings",
    "/api/v2/dagTags",
    "/ui/dags",
    "/ui/dashboard/dag_stats",
    "/ui/dependencies",
    "/ui/dags/~/dagRuns/~/deadlines",
)
HOME = ("/ui/config", "/ui/auth/menus", "/ui/auth/me", "/ui/dags", "/ui/dashboard/dag_stats")


@pytest.fixture(scope="module")
def run_id(world: World) -> str:
    """A finished run of `growth.ask`, which left an XCom."""
    run_id = world.trigger("growth.ask")
    world.wait_for_end("growth.ask", run_id)
    return run_id


def paths_of(run_id: str) -> list[str]:
    paths = [f"/api/v2/dags/growth.ask{part.format(run=run_id)}" for part in OF_ONE_DAG]
    ui = ("/ui/grid/runs/growth.ask", "/ui/structure/structure_data?dag_id=growth.ask")
    return [*paths, "/api/v2/dagSources/growth.ask", *ui]


@pytest.mark.parametrize(
    ("user", "status"), [("thu.tran", 200), ("airdesk-bot", 200), ("lan.pham", 403)]
)
def test_who_sees_a_dag(world: World, run_id: str, user: str, status: int) -> None:
    seen = {
        path: world.airflow.ask("GET", path, user=user).status_code for path in paths_of(run_id)
    }
    assert seen == dict.fromkeys(seen, status)


def test_lists_show_only_the_own_team(world: World, run_id: str) -> None:
    for path in LISTS:
        answer = world.airflow.ask("GET", path, user="lan.pham")
        assert answer.status_code == 200, path
        assert not [name for name in BODIES if f'"growth.{name}"' in answer.text], path
    body = {"dag_ids": ["growth.ask"]}
    for path in ("/api/v2/dags/~/dagRuns/list", "/api/v2/dags/~/dagRuns/~/taskInstances/list"):
        assert "growth.ask" not in world.airflow.ask("POST", path, user="lan.pham", json=body).text


def test_home_page_opens_for_people(world: World) -> None:
    for user in ("thu.tran", "lan.pham"):
        assert {world.airflow.ask("GET", path, user=user).status_code for path in HOME} == {200}


def test_import_errors_are_for_the_bot_only(world: World) -> None:
    assert world.airflow.ask("GET", "/api/v2/importErrors", user="lan.pham").status_code == 403
    errors = world.airflow.ask("GET", "/api/v2/importErrors", user="airdesk-bot").json()
    assert errors["total_entries"] > 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v2/dags/growth.ask/dagRuns", {"logical_date": None}),
        ("PATCH", "/api/v2/dags/growth.ask", {"is_paused": True}),
        ("POST", "/api/v2/dags/growth.ask/clearTaskInstances", {"dry_run": True}),
        ("DELETE", "/api/v2/dags/growth.ask", None),
        ("POST", "/api/v2/variables", {"key": "x", "value": "y"}),
        ("POST", "/api/v2/connections", {"connection_id": "x", "conn_type": "http"}),
        ("GET", "/api/v2/connections", None),
        ("GET", "/api/v2/variables", None),
        ("GET", "/api/v2/config", None),
        ("GET", "/api/v2/assets", None),
        ("GET", "/api/v2/eventLogs", None),
        ("GET", "/auth/fab/v1/users", None),
        ("GET", "/auth/fab/v1/roles", None),
    ],
)
@pytest.mark.parametrize("user", ["airdesk-bot", "lan.pham"])
def test_neither_the_bot_nor_another_team_changes_anything(
    world: World, user: str, method: str, path: str, body: object
) -> None:
    assert world.airflow.ask(method, path, user=user, json=body).status_code == 403


def test_the_team_starts_its_own_dag(world: World) -> None:
    body = {"logical_date": None}
    answer = world.airflow.ask(
        "POST", "/api/v2/dags/growth.ask/dagRuns", user="thu.tran", json=body
    )
    assert answer.status_code == 200
    assert answer.json()["triggering_user_name"] == "thu.tran"
