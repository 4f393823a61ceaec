from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.store.attempts import LIFETIME
from sqlalchemy import text


@pytest.fixture
def at_slack(store, now):
    secret = store.attempts.issue("U_THU", "C_GROWTH", now=now)
    store.attempts.to_slack(secret, browser="cookie", state="s1", nonce="n1", now=now)
    return secret


def test_a_whole_walk(store, at_slack, now):
    proved = store.attempts.back_from_slack("s1", browser="cookie", now=now)
    assert (proved.slack_user_id, proved.channel, proved.nonce) == ("U_THU", "C_GROWTH", "n1")
    store.attempts.to_gitlab(proved.id, state="s2", verifier="v")
    assert store.attempts.back_from_gitlab("s2", browser="cookie", now=now).verifier == "v"


def test_each_state_works_once(store, at_slack, now):
    proved = store.attempts.back_from_slack("s1", browser="cookie", now=now)
    assert store.attempts.back_from_slack("s1", browser="cookie", now=now) is None
    store.attempts.to_gitlab(proved.id, state="s2", verifier="v")
    assert store.attempts.back_from_gitlab("s2", browser="cookie", now=now) is not None
    assert store.attempts.back_from_gitlab("s2", browser="cookie", now=now) is None


def test_a_used_link_does_not_start_again(store, at_slack, now):
    store.attempts.back_from_slack("s1", browser="cookie", now=now)
    assert (
        store.attempts.to_slack(at_slack, browser="cookie", state="s3", nonce="n", now=now) is None
    )


@pytest.mark.parametrize(
    ("state", "browser", "after"),
    [
        ("other", "cookie", timedelta()),
        ("s1", "another browser", timedelta()),
        ("s1", "", timedelta()),
        ("s1", "cookie", LIFETIME + timedelta(seconds=1)),
    ],
)
def test_no_way_on_for_others(store, at_slack, now, state, browser, after):
    assert store.attempts.back_from_slack(state, browser=browser, now=now + after) is None


def test_slacks_state_is_no_use_at_gitlabs_step(store, at_slack, now):
    assert store.attempts.back_from_gitlab("s1", browser="cookie", now=now) is None


def test_what_a_browser_carries_is_not_in_the_database(store, at_slack):
    with store.database.read() as session:
        stored = str(session.execute(text("select * from link_attempts")).all())
    assert at_slack not in stored
    assert "cookie" not in stored
    assert "'s1'" not in stored
