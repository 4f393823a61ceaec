"""`/airflow waiting` in sentences."""

from __future__ import annotations

import pytest
from airdesk.actions.waiting_queue import Queue, Waiting, WaitsFor
from airdesk_bot.views.waiting import MOST_LINES, waiting_message


@pytest.fixture
def one(changes):
    request = changes["waiting"].merge_request

    def make(for_what=WaitsFor.APPROVAL, **more):
        base = {"team": "growth", "what": request.title, "request": request, "iid": request.iid}
        return Waiting(for_what=for_what, **{"whom": "a lead of growth", **base, **more})

    return make


def test_each_kind_is_a_sentence(one, check_card, shown):
    reason = "!7 lacks the approval of a lead."
    found = [
        one(is_yours=True),
        one(WaitsFor.CORRECTION, whom="Thu Tran"),
        one(WaitsFor.PUBLICATION, request=None, what="growth.delays", why=reason),
        one(WaitsFor.AUTHOR, request=None, whom="its author", why="The link has ended."),
        one(WaitsFor.AUTHOR),
        one(WaitsFor.REBASE, whom="Thu Tran"),
        one(WaitsFor.MERGE),
        one(WaitsFor.MACHINE, whom=""),
    ]
    card = waiting_message(Queue(tuple(found)))
    check_card(card)
    text = shown(card)
    assert "*Waits for you*\n🟡 <http" in text
    assert "by Thu Tran waits for you to approve it." in text
    assert "has a red pipeline; Thu Tran must correct it." in text
    assert "*growth.delays* is merged (`!7`), but not published: !7 lacks the approval" in text
    assert "waits for its author: The link has ended." in text
    assert "by Thu Tran is a draft." in text
    assert "clashes with what was merged meanwhile; Thu Tran must rebase it." in text
    assert "is approved; a lead of growth can merge it." in text
    assert "*At work without you*\n🔵" in text
    assert card.text == "1 thing waits for you, 6 for others."


def test_an_empty_queue_says_so_and_a_silent_service_too(check_card, shown):
    assert "Nothing waits" in shown(waiting_message(Queue(())))
    card = waiting_message(Queue((), "GitLab does not answer."))
    check_card(card)
    assert "Nothing waits" not in shown(card)
    assert "⚠️ GitLab does not answer." in shown(card)


def test_long_queues_and_nasty_titles_keep_slacks_limits(one, check_card, shown):
    nasty = "<!channel> `x` *b* " * 40
    card = waiting_message(Queue(tuple(one(what=nasty, why=nasty) for _ in range(60))))
    check_card(card)
    assert f"…and {60 - MOST_LINES} more" in shown(card) or "…" in shown(card)
