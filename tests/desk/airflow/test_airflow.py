"""The Airflow client and `airdesk ensure-roles` against a real Airflow."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from airdesk.clients.airflow import AirflowWorkflows
from airdesk.errors import Refused, Unavailable

pytestmark = pytest.mark.xdist_group("desk-airflow")


@pytest.fixture(scope="module")
def bot(airflow, accounts):
    client = AirflowWorkflows(airflow.url, *accounts["bot"])
    yield client
    client.close()


@pytest.fixture(scope="module")
def runs(airflow, bot):
    """A run of each DAG, started as Thu through Airdesk's endpoint, at its end."""
    for dag_id in ("growth.good", "growth.bad"):
        airflow.wait(lambda dag_id=dag_id: bot.dag(dag_id), dag_id)
        bot.trigger("thu.tran", dag_id, run_id="airdesk__1")

    def ended(dag_id):
        found = bot.runs(dag_id, limit=1)
        return found[0] if found and found[0].ended_at else None

    return {
        dag_id: airflow.wait(lambda dag_id=dag_id: ended(dag_id), f"the end of {dag_id}")
        for dag_id in ("growth.good", "growth.bad")
    }


def test_roles_are_ensured_once(ensure, accounts):
    again = ensure()
    assert again.returncode == 0
    assert again.stdout.splitlines() == [
        "AirdeskBase: stands",
        "AirdeskBot: stands",
        "team-growth: stands",
        "team-risk: stands",
    ]


def test_a_role_that_was_changed_is_corrected(airflow, ensure, accounts):
    extra = {"action": {"name": "can_read"}, "resource": {"name": "Audit Logs"}}
    standing = airflow.admin.get("/auth/fab/v1/roles/AirdeskBase").json()["actions"]
    airflow.admin.patch(
        "/auth/fab/v1/roles/AirdeskBase",
        json={"name": "AirdeskBase", "actions": [*standing[1:], extra]},
    )
    lines = ensure().stdout.splitlines()
    assert lines[0].startswith("AirdeskBase: changed (+ ")
    assert lines[0].endswith("- can_read on Audit Logs)")
    after = airflow.admin.get("/auth/fab/v1/roles/AirdeskBase").json()["actions"]
    assert {str(entry) for entry in after} == {str(entry) for entry in standing}


def test_a_dag_is_read(runs, bot, airflow):
    dag = bot.dag("growth.good")
    assert (dag.is_paused, dag.is_stale) == (False, False)
    assert dag.url == f"{airflow.url}/dags/growth.good"
    assert bot.dag("growth.unknown") is None


def test_a_run_tells_its_person_and_times(runs, airflow):
    run = runs["growth.good"]
    assert (run.state, run.run_id, run.triggered_by) == ("success", "airdesk__1", "thu.tran")
    assert run.started_at < run.ended_at
    assert run.url == f"{airflow.url}/dags/growth.good/runs/airdesk__1"


def test_rows_of_a_report(runs, bot):
    rows = bot.rows(runs["growth.good"], "report")
    assert rows.columns == ("carrier", "delay", "note")
    assert rows.rows == (("AA", "1.5", ""), ("UA", "2", "x"))
    assert rows.total == 16
    assert bot.rows(runs["growth.good"], "nothing") is None


def test_a_failed_run_explains_itself(runs, bot):
    assert runs["growth.bad"].state == "failed"
    [failed] = bot.failed_tasks(runs["growth.bad"])
    assert (failed.task_id, failed.try_number) == ("divide", 1)
    assert "division by zero" in failed.explanation
    assert "postgresql://etl:***@db/flights" in failed.log_tail
    assert "s3cret" not in failed.log_tail


def test_finished_runs_come_oldest_first(runs, bot):
    every = bot.finished_runs(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert {run.dag_id for run in every} == {"growth.good", "growth.bad"}
    assert list(every) == sorted(every, key=lambda run: run.ended_at)
    last = every[-1]
    assert list(bot.finished_runs(since=last.ended_at)) == [last]


def test_import_errors_are_found_by_file(runs, bot, airflow):
    error = airflow.wait(lambda: bot.import_error("growth/broken.py"), "the import error")
    assert "nothing_of_that_name" in error
    assert bot.import_error("growth/good.py") is None


def test_triggering_twice_gives_the_same_run(runs, bot):
    again = bot.trigger("thu.tran", "growth.good", run_id="airdesk__1")
    assert (again.run_id, again.state) == ("airdesk__1", "success")
    assert len(bot.runs("growth.good", limit=10)) == 1


def test_a_person_of_another_team_is_refused(runs, bot):
    with pytest.raises(Refused):
        bot.trigger("lan.pham", "growth.good", run_id="airdesk__2")
    assert len(bot.runs("growth.good", limit=10)) == 1


def test_unknown_people_and_dags_are_refused(runs, bot):
    with pytest.raises(Refused):
        bot.trigger("nobody", "growth.good", run_id="airdesk__3")
    with pytest.raises(Refused):
        bot.trigger("thu.tran", "growth.unknown", run_id="airdesk__3")


def test_a_token_that_airflow_no_longer_takes_is_replaced(runs, bot):
    bot.api.configuration.access_token = "worn.out.token"  # not a secret
    bot._expires = float("inf")
    assert bot.dag("growth.good") is not None


def test_a_wrong_password_is_the_operators_matter(airflow, accounts):
    stranger = AirflowWorkflows(airflow.url, "airdesk-bot", "wrong")
    with pytest.raises(Unavailable, match="own account"):
        stranger.dag("growth.good")
    stranger.close()


def test_no_airflow_at_all_is_unavailable():
    with pytest.raises(Unavailable, match="does not answer"):
        AirflowWorkflows("http://127.0.0.1:9", "a", "b").dag("growth.good")


def test_a_refresh_shows_a_new_file_at_once(airflow, accounts, bot):
    """By itself this Airflow would look for new files after five minutes."""
    airflow.wait(lambda: bot.dag("growth.good"), "growth.good")
    folder = airflow.home / "dags" / "growth"
    text = (folder / "good.py").read_text().replace("growth.good", "growth.later")
    (folder / "later.py").write_text(text)
    began = time.monotonic()
    bot.refresh("central")
    airflow.wait(lambda: bot.dag("growth.later"), "growth.later")
    assert time.monotonic() - began < 30
    with pytest.raises(Refused, match="no active DAG bundle named nothing"):
        bot.refresh("nothing")
