from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from airdesk.store import AskKind, Store


@pytest.fixture
def put(store, now):
    def put(key="click-1", person="U_THU"):
        payload = {"change": "c1"}
        kind = AskKind.APPROVE_CHANGE
        return store.inbox.put(key=key, kind=kind, person=person, payload=payload, now=now)

    return put


def test_the_same_key_is_the_same_ask(store, put, now, lease):
    assert put()
    assert not put()
    assert store.inbox.waiting() == 1


def test_a_finished_ask_is_not_taken_up_again_and_its_key_stays_known(store, put, now, lease):
    put()
    store.inbox.finish(store.inbox.take(now=now, lease=lease).id, None)
    assert not put()
    assert store.inbox.take(now=now, lease=lease) is None


def test_a_postponed_ask_comes_back_and_counts_its_attempts(store, put, now, lease):
    put()
    ask = store.inbox.take(now=now, lease=lease)
    later = now + timedelta(seconds=4)
    store.inbox.postpone(ask.id, due_at=later, outcome="GitLab does not answer.")
    assert store.inbox.take(now=now, lease=lease) is None
    again = store.inbox.take(now=later, lease=lease)
    assert (again.id, again.attempts) == (ask.id, 2)


def test_linking_hurries_only_what_waits_for_that_person(store, put, now, lease):
    put("a", "U_THU")
    put("b", "U_MINH")
    for _ in range(2):
        ask = store.inbox.take(now=now, lease=lease)
        store.inbox.postpone(ask.id, due_at=now + timedelta(hours=1), outcome="")
    store.inbox.hurry("U_MINH", now=now)
    assert store.inbox.take(now=now, lease=lease).person == "U_MINH"
    assert store.inbox.take(now=now, lease=lease) is None


def test_each_ask_goes_to_one_of_many_takers(store, put, now, lease):
    for number in range(30):
        put(f"click-{number}")
    taken: list[str] = []
    lock = threading.Lock()

    def take() -> None:
        while (ask := store.inbox.take(now=now, lease=lease)) is not None:
            with lock:
                taken.append(ask.id)

    threads = [threading.Thread(target=take) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 30


def test_what_a_killed_process_had_taken_up_is_free_after_the_restart(sqlite_url, now, lease):
    first = Store.open(sqlite_url)
    payload, kind = {"change": "c1"}, AskKind.APPROVE_CHANGE
    first.inbox.put(key="k", kind=kind, person="U_THU", payload=payload, now=now)
    assert first.inbox.take(now=now, lease=lease) is not None
    first.close()  # the process that comes next finds its lease still standing
    again = Store.open(sqlite_url)
    assert again.inbox.take(now=now, lease=lease) is not None
    again.close()


def test_with_several_bots_a_lease_outlives_the_restart_of_another(postgres, now, lease):
    url = postgres.new_database()
    first, second = Store.open(url), Store.open(url)
    payload, kind = {"change": "c1"}, AskKind.APPROVE_CHANGE
    first.inbox.put(key="k", kind=kind, person="U_THU", payload=payload, now=now)
    assert first.inbox.take(now=now, lease=lease) is not None
    assert second.inbox.take(now=now, lease=lease) is None
    second.close()
    third = Store.open(url)
    assert third.inbox.take(now=now, lease=lease) is None
    assert third.inbox.take(now=now + 2 * lease, lease=lease) is not None
    first.close()
    third.close()
