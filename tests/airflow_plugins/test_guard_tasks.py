"""Real tasks that ask for connections, and what their logs then say."""

from __future__ import annotations

from airflow_world import PASSWORD, World


def test_managed_operator_gets_its_teams_connection(world: World) -> None:
    state, log = world.run("growth.fetch")
    assert state == "success", log
    assert f"reader:{PASSWORD}" in world.service.logins
    assert PASSWORD not in log
