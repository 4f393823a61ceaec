from __future__ import annotations

import pytest
from airdesk.actions.team_status import team_status
from airdesk.publications import Publications


@pytest.fixture
def status(world, store, members):
    def status(slack_user_id="U_THU", dag_name=None):
        return team_status(
            members(slack_user_id),
            dag_name=dag_name,
            changes=store.changes,
            publications=Publications(code_host=world.host(), central_project="platform/central"),
            workflows=world.airflow,
        )

    return status


def test_changes_and_dags_of_the_persons_teams(way, world, status):
    way.to_parsed()
    found = status()
    assert [view.dag_name for view in found.changes] == ["delays"]
    assert [(dag.dag_id, run) for dag, run in found.dags] == [("growth.delays", None)]
    way.run("failed")
    assert status().dags[0][1].state == "failed"
    assert status().changes == ()


def test_nothing_of_other_teams(way, status):
    way.to_parsed()
    found = status("U_LAN")
    assert (found.changes, found.dags) == ((), ())
    assert status("U_LAN", dag_name="growth.delays").dags == ()


@pytest.mark.parametrize("name", ["delays", "growth.delays"])
def test_one_dag_by_either_name(way, status, name):
    way.to_parsed()
    assert len(status(dag_name=name).dags) == 1
    assert status(dag_name="other").dags == ()


@pytest.mark.parametrize("service", ["GitLab", "Airflow"])
def test_silence_is_not_read_as_health(way, world, status, service):
    way.to_parsed()
    world.down.add(service)
    found = status()
    assert found.unavailable.startswith(f"{service} does not answer")
    assert found.changes
