from __future__ import annotations

import pytest
from airdesk.follow.merge_request import read_findings
from airdesk.model import FailedTask, Stage

FINDING = {"file": "dags/d.dag.yaml", "line": 1, "column": 1, "code": "x", "message": "Wrong."}


def test_each_stage_in_turn(way, world):
    assert way.look().stage is Stage.SUBMITTED
    way.open()
    assert way.look().stage is Stage.REVIEW
    world.gitlab.run_pipeline("success")
    world.gitlab.merge()
    assert way.look().stage is Stage.MERGED
    commit = world.gitlab.publish("growth.delays")
    view = way.look()
    assert (view.stage, view.central_commit) == (Stage.PUBLISHED, commit)
    world.airflow.parse("growth.delays")
    assert way.look().stage is Stage.PARSED
    view = way.run("success")
    assert (view.stage, view.rows.rows) == (Stage.RAN, (("UA",),))
    assert way.change.final


def test_findings_come_from_the_check_jobs_artifact(way, world):
    way.open()
    world.gitlab.run_pipeline("failed", [FINDING])
    view = way.look()
    assert [finding.code for finding in view.findings] == ["x"]
    world.gitlab.run_pipeline("running")
    assert way.look().findings == ()


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"not json",
        b"[]",
        b'{"findings": 3}',
        b'{"findings": [1, {"a": 2}]}',
        b"[" * 9999,
    ],
)
def test_a_team_may_write_anything_into_the_artifact(content):
    assert read_findings(content) == ()


@pytest.mark.parametrize("service", ["GitLab", "Airflow"])
def test_silence_takes_nothing_back_and_is_said(way, world, service):
    before = way.to_parsed()
    world.down.add(service)
    silent = way.look()
    assert silent.stage is Stage.PARSED
    if service == "Airflow":
        assert silent.problem.startswith("Airflow does not answer. The change is safe")
        assert silent.model_copy(update={"problem": None}) == before
    world.down.clear()
    assert way.look() == before


def test_silence_at_the_end_keeps_it_open_until_the_rows_are_there(way, world):
    way.to_parsed()
    world.airflow.trigger("thu.tran", "growth.delays", run_id="r1")
    world.airflow.end("r1", "success")
    world.down.add("Airflow")
    way.look()
    assert not way.change.final
    world.down.clear()
    assert way.look().rows is not None
    assert way.change.final


def test_what_is_withheld_says_why_and_goes_on_once_it_is_published(way, world):
    way.to_review()
    world.gitlab.merge()
    world.gitlab.publish("growth.delays", state="withheld", reason="Nobody approved it.")
    view = way.look()
    assert (view.stage, view.publication.reason) == (Stage.MERGED, "Nobody approved it.")
    world.gitlab.publish("growth.delays")
    assert way.look().stage is Stage.PUBLISHED


def test_a_decision_on_an_older_merge_does_not_count(way, world):
    world.gitlab.publish("growth.delays")
    way.to_review()
    world.gitlab.merge()
    assert way.look().stage is Stage.MERGED
    world.gitlab.publish("growth.delays")
    assert way.look().stage is Stage.PUBLISHED


def test_a_decision_on_a_later_commit_counts(way, world):
    way.to_review()
    world.gitlab.merge()
    world.gitlab.commit("growth/pipelines", "main", {"dags/other.dag.yaml": "x"})
    world.gitlab.publish("growth.delays")
    assert way.look().stage is Stage.PUBLISHED


def test_airflow_at_an_older_commit_has_not_parsed_it(way, world):
    world.airflow.parse("growth.delays")
    way.to_review()
    world.gitlab.merge()
    world.gitlab.publish("growth.delays")
    assert way.look().stage is Stage.PUBLISHED
    world.gitlab.publish("growth.other")
    world.airflow.parse("growth.delays")
    assert way.look().stage is Stage.PARSED


def test_an_import_error_is_shown_and_goes_away(way, world):
    way.to_review()
    world.gitlab.merge()
    world.gitlab.publish("growth.delays")
    world.airflow.import_errors["growth/delays.py"] = "SyntaxError"
    view = way.look()
    assert (view.stage, view.import_error) == (Stage.PUBLISHED, "SyntaxError")
    world.airflow.import_errors.clear()
    world.airflow.parse("growth.delays")
    assert way.look().import_error is None


def test_a_run_of_the_version_before_is_not_the_first_run(way, world):
    world.airflow.parse("growth.delays")
    world.airflow.trigger("thu.tran", "growth.delays", run_id="old")
    world.airflow.end("old", "success")
    assert way.to_parsed().run is None


def test_a_failed_run_says_where(way, world):
    way.to_parsed()
    world.airflow.failures = [FailedTask(task_id="report", try_number=1, log_tail="1/0")]
    view = way.run("failed")
    assert (view.run.state, view.failed.log_tail, view.rows) == ("failed", "1/0", None)


def test_personal_data_shows_neither_rows_nor_log(way, world):
    way.to_parsed(data_class="pii")
    assert way.run("success").rows is None
    world.airflow.failures = [FailedTask(task_id="report", try_number=1, log_tail="Thu, 1990")]
    way.store.changes.wake(way.id, now=world.now)
    view = way.run("failed", "r2")
    assert (view.failed.task_id, view.failed.log_tail) == ("report", "")


def test_run_again_after_the_end_the_newest_run_counts(way, world):
    way.to_parsed()
    way.run("failed")
    assert way.change.final
    world.airflow.trigger("thu.tran", "growth.delays", run_id="r2")
    way.store.changes.wake(way.id, now=world.now)
    view = way.look()
    assert (view.stage, view.run.run_id) == (Stage.PARSED, "r2")


def test_a_closed_merge_request_ends_it_and_reopening_goes_on(way, world):
    way.to_review()
    request = world.gitlab.request()
    request.merge_request = request.merge_request.model_copy(update={"state": "closed"})
    assert way.look().stage is Stage.CLOSED
    assert way.change.final
    request.merge_request = request.merge_request.model_copy(update={"state": "opened"})
    way.store.changes.wake_merge_request("growth", 1, now=world.now)
    assert way.look().stage is Stage.REVIEW


def test_a_change_that_could_not_be_opened_says_why(way, world):
    way.store.changes.close(way.id, "growth.delays exists already.", now=world.now)
    view = way.look()
    assert (view.stage, view.problem) == (Stage.CLOSED, "growth.delays exists already.")
    assert way.change.final


def test_what_hinders_an_ask_is_said(way, world):
    way.store.changes.hinder(way.id, "GitLab does not answer.", now=world.now)
    assert way.look().problem == "GitLab does not answer."
    way.store.changes.hinder(way.id, None, now=world.now)
    assert way.look().problem is None
