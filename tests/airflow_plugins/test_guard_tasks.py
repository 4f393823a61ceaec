"""Real tasks that ask for what they may and may not have, and what their logs then say."""

from __future__ import annotations

import pytest
from airflow_world import PASSWORD, World

pytestmark = pytest.mark.xdist_group("airflow")


def test_managed_operator_gets_its_teams_connection(world: World) -> None:
    state, log = world.run("growth.fetch")
    assert state == "success", log
    assert f"reader:{PASSWORD}" in world.service.logins
    assert PASSWORD not in log


def test_free_code_gets_what_its_grant_allows(world: World) -> None:
    state, log = world.run("growth.use", connections=["growth.api"])
    assert state == "success", log
    assert f"RECEIVED growth.api {len(PASSWORD)}" in log
    state, log = world.run("growth.use", connections=["growth.managed_only"])
    assert state == "failed"
    assert "Airdesk: use runs free code (bash or Python)" in log


def test_another_teams_task_is_refused_with_a_sentence(world: World) -> None:
    state, log = world.run("risk.use", connections=["growth.api"])
    assert state == "failed"
    assert "Airdesk: risk may not use growth.api. Ask growth's owner to share it." in log
    assert PASSWORD not in log


def test_every_try_says_why(world: World) -> None:
    run_id = world.trigger("growth.retried", connections=["growth.appi"])
    world.wait_for_end("growth.retried", run_id)
    for number in (1, 2):
        log = world.log("growth.retried", run_id, number)
        assert "Airdesk: growth.appi does not exist in Vault. Did you mean growth.api?" in log


def test_granted_but_missing_in_vault(grants: World) -> None:
    grants.grant({"lake": {"dags": ["*"], "code": True}})
    state, log = grants.run("growth.use", connections=["growth.lake"])
    assert state == "failed"
    assert "Airdesk: growth.lake does not exist in Vault. Ask security to create it" in log


def test_sealed_vault_is_told_and_nothing_else_is_asked(grants: World) -> None:
    grants.vault.seal()
    state, log = grants.run("growth.fetch")
    assert state == "failed"
    assert "Airdesk: Vault is sealed, so growth.api cannot be read. Nothing was changed" in log
    grants.vault.unseal()
    assert grants.run("growth.fetch")[0] == "success"


def test_a_connection_in_airflows_own_database_is_no_way_round(world: World) -> None:
    body = {"connection_id": "risk.own", "conn_type": "http", "password": "in-the-metastore"}
    world.airflow.ask("POST", "/api/v2/connections", json=body).raise_for_status()
    state, log = world.run("risk.use", connections=["risk.own"])
    assert state == "failed"
    assert "Airdesk: risk.own does not exist in Vault" in log


def test_variables_are_not_offered(world: World) -> None:
    body = {"key": "shared", "value": "of-everybody"}
    world.airflow.ask("POST", "/api/v2/variables", json=body).raise_for_status()
    state, log = world.run("risk.use", variables=["shared"])
    assert state == "failed"
    assert "of-everybody" not in log


def test_xcoms_stay_within_the_team(world: World) -> None:
    run_id = world.trigger("growth.ask")
    world.wait_for_end("growth.ask", run_id)
    wanted = f"growth.ask/{run_id}/ask"
    state, log = world.run("growth.ask", xcoms=[wanted])
    assert state == "success", log
    assert "XCOM of-growth" in log
    state, log = world.run("risk.ask", xcoms=[wanted])
    assert state == "failed"
    assert "of-growth" not in log
    assert "Airdesk: risk may not ask for an XCom of growth.ask" in log
