from __future__ import annotations

from datetime import timedelta

from airdesk.model import ChangeView, Stage
from airdesk.store import AskKind


def view_of(change, **more):
    values = {
        "change_id": change.id,
        "team": "growth",
        "dag_name": "delays",
        "title": change.draft.title,
        "author_slack": "U_THU",
        "stage": Stage.REVIEW,
    }
    return ChangeView(**{**values, **more})


def submit(store, draft, now, origin="view-1"):
    return store.changes.submit(draft, author="U_THU", channel="C", origin=origin, now=now)


def test_the_same_origin_is_the_same_change_with_one_ask(store, draft, now):
    first, second = submit(store, draft, now), submit(store, draft, now)
    assert first == second
    assert store.inbox.waiting() == 1


def test_the_ask_opens_the_change(store, draft, now, lease):
    change = submit(store, draft, now)
    ask = store.inbox.take(now=now, lease=lease)
    assert (ask.kind, ask.payload) == (AskKind.OPEN_CHANGE, {"change": change.id})
    assert change.branch == f"airdesk/delays-{change.id}"


def test_nobody_gets_a_change_that_somebody_looks_at(store, draft, now, lease):
    change = submit(store, draft, now)
    assert store.changes.take(now=now, lease=lease).id == change.id
    assert store.changes.take(now=now, lease=lease) is None


def test_a_lease_runs_out(store, draft, now, lease):
    submit(store, draft, now)
    store.changes.take(now=now, lease=lease)
    assert store.changes.take(now=now + lease + timedelta(seconds=1), lease=lease) is not None


def test_what_was_seen_reads_back(store, draft, now, lease):
    change = submit(store, draft, now)
    taken = store.changes.take(now=now, lease=lease)
    view = view_of(change, problem="GitLab does not answer.")
    later = now + timedelta(seconds=5)
    store.changes.save(taken, view, final=False, due_at=later, now=now)
    kept = store.changes.get(change.id)
    assert (kept.view, kept.stage, kept.final) == (view, Stage.REVIEW, False)
    assert store.changes.take(now=now, lease=lease) is None
    assert store.changes.take(now=later, lease=lease) is not None


def test_a_wake_up_while_looking_is_not_lost(store, draft, now, lease):
    change = submit(store, draft, now)
    taken = store.changes.take(now=now, lease=lease)
    store.changes.wake(change.id, now=now)
    far = now + timedelta(hours=1)
    store.changes.save(taken, view_of(change), final=True, due_at=far, now=now)
    assert store.changes.take(now=now, lease=lease).id == change.id


def test_an_ended_change_is_left_alone_until_it_is_woken(store, draft, now, lease):
    change = submit(store, draft, now)
    taken = store.changes.take(now=now, lease=lease)
    store.changes.save(taken, view_of(change), final=True, due_at=now, now=now)
    assert store.changes.take(now=now, lease=lease) is None
    store.changes.wake(change.id, now=now)
    assert store.changes.take(now=now, lease=lease) is not None


def test_a_webhook_wakes_the_change_of_its_merge_request(store, draft, now, lease):
    change = submit(store, draft, now)
    store.changes.opened(change.id, 7, now=now)
    taken = store.changes.take(now=now, lease=lease)
    far = now + timedelta(hours=1)
    store.changes.save(taken, view_of(change), final=False, due_at=far, now=now)
    assert store.changes.wake_merge_request("growth", 7, now=now)
    assert not store.changes.wake_merge_request("risk", 7, now=now)
    assert store.changes.take(now=now, lease=lease).merge_request == 7


def test_a_change_before_its_merge_holds_its_name(store, draft, now, lease):
    change = submit(store, draft, now)
    assert store.changes.unmerged("growth", "delays").id == change.id
    taken = store.changes.take(now=now, lease=lease)
    merged = view_of(change, stage=Stage.MERGED)
    store.changes.save(taken, merged, final=False, due_at=now, now=now)
    assert store.changes.unmerged("growth", "delays") is None


def test_only_the_asked_teams_changes_are_listed(store, draft, now):
    submit(store, draft, now)
    assert store.changes.following(["risk"], limit=9) == []
    assert len(store.changes.following(["growth", "risk"], limit=9)) == 1
