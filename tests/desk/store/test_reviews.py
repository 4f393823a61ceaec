"""Open merge requests: looked at one by one, by one at a time, and no wake-up lost."""

from __future__ import annotations

from datetime import timedelta

from airdesk.store import Store

MINUTE = timedelta(minutes=1)


def test_a_review_is_taken_once_and_kept(store, now, lease):
    store.reviews.notice("growth", 1, now=now)
    store.reviews.notice("risk", 1, now=now + MINUTE)
    review = store.reviews.take(now=now, lease=lease)
    assert (review.team, review.iid, review.told) == ("growth", 1, None)
    assert store.reviews.take(now=now, lease=lease) is None
    store.reviews.put_back(review, told="pipeline 1 job 2", due_at=now + 2 * MINUTE, now=now)
    assert store.reviews.take(now=now, lease=lease) is None
    assert store.reviews.take(now=now + MINUTE, lease=lease).team == "risk"
    again = store.reviews.take(now=now + 2 * MINUTE, lease=lease)
    assert (again.team, again.told, again.changed_at) == ("growth", "pipeline 1 job 2", now)


def test_a_lease_runs_out(store, now, lease):
    store.reviews.notice("growth", 1, now=now)
    assert store.reviews.take(now=now, lease=lease) is not None
    assert store.reviews.take(now=now + 2 * lease, lease=lease) is not None


def test_a_wake_up_meanwhile_is_not_lost(store, now, lease):
    store.reviews.notice("growth", 1, now=now)
    review = store.reviews.take(now=now, lease=lease)
    store.reviews.notice("growth", 1, now=now)
    store.reviews.put_back(review, told="x", due_at=now + MINUTE, now=now)
    assert store.reviews.take(now=now, lease=lease).told == "x"


def test_what_is_closed_is_forgotten_unless_it_moved_meanwhile(store, now, lease):
    store.reviews.notice("growth", 1, now=now)
    review = store.reviews.take(now=now, lease=lease)
    store.reviews.notice("growth", 1, now=now)
    store.reviews.forget(review)
    review = store.reviews.take(now=now, lease=lease)
    assert review is not None
    store.reviews.forget(review)
    store.reviews.forget(review)
    store.reviews.put_back(review, told="x", due_at=now, now=now)
    assert store.reviews.take(now=now + MINUTE, lease=lease) is None


def test_one_searches_for_all_now_and_then(store, now):
    assert store.reviews.begin_search(every=MINUTE, now=now)
    assert not store.reviews.begin_search(every=MINUTE, now=now + MINUTE / 2)
    assert store.reviews.begin_search(every=MINUTE, now=now + MINUTE)


def test_only_unknown_ones_are_added(store, now, lease):
    store.reviews.notice("growth", 1, now=now)
    review = store.reviews.take(now=now, lease=lease)
    store.reviews.put_back(review, told="x", due_at=now + MINUTE, now=now)
    found = [("growth", 1), ("growth", 2), ("risk", 1), ("risk", 1)]
    assert store.reviews.add_unknown(found, now=now) == 2
    assert store.reviews.add_unknown(found, now=now) == 0
    taken = [store.reviews.take(now=now, lease=lease) for _ in range(3)]
    assert {(one.team, one.iid) for one in taken if one} == {("growth", 2), ("risk", 1)}


def test_leases_of_a_process_that_died_are_freed(sqlite_url, now, lease):
    first = Store.open(sqlite_url)
    first.reviews.notice("growth", 1, now=now)
    assert first.reviews.take(now=now, lease=lease) is not None
    first.close()
    second = Store.open(sqlite_url)
    assert second.reviews.take(now=now, lease=lease) is not None
    second.close()
