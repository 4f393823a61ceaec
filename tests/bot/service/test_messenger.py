"""Messages are posted once, updated in place, and find their way where the channel is closed."""

from __future__ import annotations

import pytest
from airdesk.errors import Unavailable
from airdesk_bot.channels import NoWayInError
from airdesk_bot.messenger import UnsendableError
from airdesk_bot.views.card import Card


@pytest.fixture
def services(bot):
    made = bot.services()
    yield made
    made.quickly.close()
    made.store.close()


@pytest.fixture
def messenger(services):
    return services.messenger


def card(text):
    return Card(text=text, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}])


def posted(slack, user="U_THU", channel="C_GROWTH"):
    return [message["text"] for message in slack.messages(user, channel) if message.get("app")]


def test_one_key_is_one_message(messenger, slack):
    for text in ("one", "one", "two"):
        messenger.put("k", card(text), channel="C_GROWTH")
    assert posted(slack) == ["two"]


def test_a_channel_may_be_named(messenger, slack):
    messenger.put("k", card("hello"), channel="#growth-data")
    assert posted(slack) == ["hello"]


def test_the_same_card_is_not_sent_again(messenger, services, monkeypatch):
    messenger.put("k", card("one"), channel="C_GROWTH")

    def unexpected(**_arguments):
        raise AssertionError("asked Slack")

    monkeypatch.setattr(services.web, "chat_update", unexpected)
    monkeypatch.setattr(services.web, "chat_postMessage", unexpected)
    messenger.put("k", card("one"), channel="C_GROWTH")


def test_what_may_have_been_sent_is_looked_up(messenger, services, slack):
    messenger.put("k", card("one"), channel="C_GROWTH")
    services.store.messages.intend("lost", "C_GROWTH", now=services.clock())
    _post_with_key(services, "lost", "sent before the crash")
    messenger.put("lost", card("after the crash"), channel="C_GROWTH")
    assert posted(slack) == ["one", "after the crash"]


def test_another_apps_message_with_our_key_is_not_ours(messenger, services, slack):
    services.store.messages.intend("k", "C_GROWTH", now=services.clock())
    slack.post("post", user="U_THU", channel="C_GROWTH", text="k")
    messenger.put("k", card("ours"), channel="C_GROWTH")
    assert posted(slack) == ["ours"]


def test_a_reply_that_may_have_been_sent_is_looked_up_in_its_thread(messenger, services, slack):
    messenger.put("root", card("root"), channel="C_GROWTH")
    root = services.store.messages.get("root").ts
    services.store.messages.intend("reply", "C_GROWTH", now=services.clock())
    _post_with_key(services, "reply", "first", thread_ts=root)
    messenger.put("reply", card("reply"), channel="C_GROWTH", thread_ts=root)
    assert posted(slack) == ["root", "reply"]


def test_a_deleted_card_is_posted_again(messenger, services, slack):
    messenger.put("k", card("one"), channel="C_GROWTH")
    services.web.chat_delete(channel="C_GROWTH", ts=services.store.messages.get("k").ts)
    messenger.put("k", card("two"), channel="C_GROWTH")
    assert posted(slack)[-1] == "two"


def test_the_bot_enters_a_public_channel(messenger, slack):
    slack.leave("C_GROWTH", scopes=("channels:join",))
    messenger.put("k", card("hello"), channel="C_GROWTH")
    assert posted(slack) == ["hello"]


def test_where_it_cannot_post_the_person_is_told_directly(messenger, services, slack):
    slack.leave("C_GROWTH")
    for text in ("one", "two"):
        messenger.put("k", card(text), channel="C_GROWTH", otherwise_to="U_THU")
    sent = services.store.messages.get("k:direct")
    assert posted(slack, channel=sent.channel) == ["two"]


def test_where_it_cannot_post_and_nobody_is_left_to_tell(messenger, slack):
    slack.leave("C_GROWTH")
    with pytest.raises(NoWayInError):
        messenger.put("k", card("one"), channel="C_GROWTH")
    with pytest.raises(NoWayInError, match="no channel #nowhere"):
        messenger.put("k2", card("one"), channel="#nowhere")


def test_private_channels_need_no_scope_where_none_is_used(messenger, slack):
    slack.workspace(slack.app(scopes=["chat:write", "channels:read", "channels:history"]))
    messenger.put("k", card("hello"), channel="#growth-data")
    assert posted(slack) == ["hello"]


def test_what_slack_will_never_take_is_told_apart_from_silence(messenger, slack):
    bad = Card(text="x", blocks=[{"type": "no such block"}])
    with pytest.raises(UnsendableError, match="invalid_blocks"):
        messenger.put("k", bad, channel="C_GROWTH", otherwise_to="U_THU")


def test_slack_down_is_unavailable_and_nothing_is_lost(messenger, slack):
    slack.stop()
    with pytest.raises(Unavailable):
        messenger.put("k", card("one"), channel="C_GROWTH")
    slack.start()
    messenger.put("k", card("one"), channel="C_GROWTH")
    assert posted(slack) == ["one"]


def _post_with_key(services, key, text, thread_ts=None):
    services.web.chat_postMessage(
        channel="C_GROWTH",
        text=text,
        thread_ts=thread_ts,
        metadata={"event_type": "airdesk_message", "event_payload": {"key": key}},
    )
