from __future__ import annotations


def test_intending_twice_tells_that_the_first_may_have_been_sent(store, now):
    assert store.messages.intend("k", "C", now=now) is None
    known = store.messages.intend("k", "C", now=now)
    assert (known.ts, known.intended_at) == (None, now)


def test_what_was_sent_is_known_by_its_key(store, now):
    store.messages.intend("k", "C", now=now)
    store.messages.sent("k", channel="C2", ts="1.2", digest="d")
    known = store.messages.get("k")
    assert (known.channel, known.ts, known.digest) == ("C2", "1.2", "d")
    assert store.messages.get("other") is None
