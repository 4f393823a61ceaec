from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.actions.report_runs import report_runs
from airdesk.errors import Unavailable
from airdesk.model import FailedTask
from airdesk.publications import Publications

LEASE = timedelta(seconds=60)


@pytest.fixture
def told():
    return []


@pytest.fixture
def report(world, store, told):
    publications = Publications(code_host=world.host(), central_project="platform/central")

    def report(tell=None):
        since = store.reported.take(now=world.now, lease=LEASE)
        try:
            publications.refresh()
            return report_runs(
                since=since,
                reported=store.reported,
                workflows=world.airflow,
                publication_of=publications.of_dag,
                tell=tell or told.append,
            )
        finally:
            store.reported.give_back()

    report()
    return report


@pytest.fixture
def run(way, world):
    way.to_parsed()
    numbers = iter(range(99))

    def run(state, dag_id="growth.delays"):
        run_id = f"r{next(numbers)}"
        world.later(10)
        world.airflow.dags.setdefault(dag_id, world.airflow.dags["growth.delays"])
        world.airflow.trigger("thu.tran", dag_id, run_id=run_id)
        world.airflow.end(run_id, state)
        return run_id

    return run


def test_a_failure_is_told_once(report, run, told, world):
    world.airflow.failures = [FailedTask(task_id="report", try_number=1, log_tail="1/0")]
    run("failed")
    assert report() == 1
    assert report() == 0
    (failure,) = told
    assert (failure.channel, failure.failed[0].log_tail) == ("#growth-data", "1/0")
    assert failure.key == "run:growth.delays:r0:#growth-data"


def test_success_is_told_only_as_recovery(report, run, told):
    run("success")
    report()
    assert told == []
    run("failed")
    run("success")
    run("success")
    report()
    assert [(each.run.run_id, each.run.state) for each in told] == [
        ("r1", "failed"),
        ("r2", "success"),
    ]


def test_what_nobody_wants_to_hear_is_not_told(report, run, told, world):
    world.gitlab.publish("growth.delays", notify=[{"slack": "#growth-data", "events": ["success"]}])
    run("failed")
    world.gitlab.publish("growth.delays", notify=[])
    run("failed")
    assert report() == 2
    assert told == []


def test_each_channel_hears_what_it_asked_for(report, run, told, world):
    world.gitlab.publish(
        "growth.delays",
        notify=[
            {"slack": "#growth-data", "events": ["failure"]},
            {"slack": "#board", "events": ["success"]},
            {"slack": "#on-call", "events": ["failure", "recovery"]},
        ],
    )
    run("failed")
    run("success")
    report()
    assert [(each.run.run_id, each.channel) for each in told] == [
        ("r0", "#growth-data"),
        ("r0", "#on-call"),
        ("r1", "#board"),
        ("r1", "#on-call"),
    ]


def test_dags_of_others_are_passed_over(report, run, told):
    run("failed", "example_dag")
    run("failed", "growth.unpublished")
    assert report() == 2
    assert told == []


def test_after_a_crash_between_telling_and_noting_the_key_is_the_same(report, run, told):
    run("failed")

    class KilledError(BaseException):
        pass

    def tell_and_die(each):
        told.append(each)
        raise KilledError

    with pytest.raises(KilledError):
        report(tell_and_die)
    report()
    assert len({each.key for each in told}) == 1


def test_silence_loses_nothing(report, run, told, world):
    run("failed")
    world.down.add("Airflow")
    with pytest.raises(Unavailable):
        report()
    world.down.clear()
    report()
    assert len(told) == 1


def test_personal_data_is_told_without_log(report, run, told, world):
    world.gitlab.publish("growth.delays", data_class="pii")
    world.airflow.failures = [FailedTask(task_id="report", try_number=1, log_tail="Thu, 1990")]
    run("failed")
    report()
    assert told[0].failed[0].log_tail == ""
