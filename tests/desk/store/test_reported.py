from __future__ import annotations

from datetime import timedelta

from airdesk.model import Run


def run(ended_at, run_id="r1", state="failed"):
    return Run(dag_id="growth.delays", run_id=run_id, state=state, ended_at=ended_at, url="u")


def test_history_is_not_reported(store, now, lease):
    assert store.reported.take(now=now, lease=lease) == now


def test_one_reports_at_a_time(store, now, lease):
    store.reported.take(now=now, lease=lease)
    assert store.reported.take(now=now, lease=lease) is None
    store.reported.give_back()
    assert store.reported.take(now=now, lease=lease) == now


def test_the_cursor_follows_but_looks_back_for_those_that_come_late(store, now, lease):
    store.reported.take(now=now, lease=lease)
    ended = now + timedelta(minutes=10)
    store.reported.done(run(ended))
    store.reported.give_back()
    since = store.reported.take(now=ended, lease=lease)
    assert now < since < ended
    assert not store.reported.is_new(run(ended))
    assert store.reported.is_new(run(ended - timedelta(seconds=30), "late"))


def test_a_run_that_was_cleared_and_ends_again_is_new(store, now, lease):
    store.reported.take(now=now, lease=lease)
    store.reported.done(run(now))
    assert store.reported.is_new(run(now + timedelta(minutes=5), state="success"))


def test_the_last_state_outlives_the_pruning(store, now, lease):
    store.reported.take(now=now, lease=lease)
    store.reported.done(run(now))
    assert store.reported.last_state("growth.delays") == "failed"
    store.reported.done(run(now + timedelta(days=3), "r2", "success"))
    assert store.reported.last_state("growth.delays") == "success"
    assert store.reported.last_state("growth.other") is None
