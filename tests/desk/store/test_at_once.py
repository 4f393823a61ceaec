"""Several threads, as several replicas would, do the same at the same moment."""

from __future__ import annotations

import threading

import pytest
from airdesk.store import AskKind


@pytest.fixture
def at_once():
    def at_once(call, count=8):
        results, failures = [], []
        together = threading.Barrier(count)

        def one() -> None:
            together.wait(10)
            try:
                results.append(call())
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        return results

    return at_once


def test_one_delivery_is_one_ask(store, now, at_once):
    def put():
        kind, payload = AskKind.RUN_CHANGE, {"change": "c1"}
        return store.inbox.put(key="k", kind=kind, person="U", payload=payload, now=now)

    assert sorted(at_once(put)) == [False] * 7 + [True]


def test_one_submission_is_one_change(store, draft, now, at_once):
    def submit():
        return store.changes.submit(draft, author="U", channel="C", origin="o", now=now).id

    assert len(set(at_once(submit))) == 1
    assert store.inbox.waiting() == 1


def test_one_of_many_looks_at_a_change(store, draft, now, lease, at_once):
    store.changes.submit(draft, author="U", channel="C", origin="o", now=now)
    taken = at_once(lambda: store.changes.take(now=now, lease=lease))
    assert sum(change is not None for change in taken) == 1


def test_one_of_many_reports_runs(store, now, lease, at_once):
    taken = at_once(lambda: store.reported.take(now=now, lease=lease))
    assert sum(since is not None for since in taken) == 1
