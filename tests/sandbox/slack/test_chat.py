"""chat.* and reading conversations, through slack_sdk."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

METADATA = {"event_type": "airdesk_message", "event_payload": {"key": "card-1"}}


def error_of(call, *args, **kwargs) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


@pytest.mark.parametrize("channel", ["C_GROWTH", "#growth-data", "growth-data"])
def test_a_message_goes_to_a_channel_by_id_or_name(slack, channel):
    answer = slack.client().chat_postMessage(channel=channel, text="hello")

    assert answer["channel"] == "C_GROWTH"
    assert answer["message"]["bot_profile"]["name"] == "Airdesk"
    (shown,) = slack.messages()
    assert (shown["text"], shown["ts"], shown["app"]) == ("hello", answer["ts"], "Airdesk")


def test_a_persons_id_leads_to_the_direct_message(slack):
    client = slack.client()
    opened = client.conversations_open(users="U_THU")["channel"]["id"]

    assert client.chat_postMessage(channel="U_THU", text="psst")["channel"] == opened
    assert slack.messages(opened)[0]["text"] == "psst"
    assert opened not in [one["id"] for one in slack.state("U_MINH")["channels"]]


def test_timestamps_rise_and_name_messages(slack):
    client = slack.client()
    first, second = (client.chat_postMessage(channel="C_GROWTH", text=t)["ts"] for t in "ab")

    assert first < second
    assert len(first.partition(".")[2]) == 6


def test_replies_count_on_their_parent_and_stay_out_of_the_channel(slack):
    client = slack.client()
    parent = client.chat_postMessage(channel="C_GROWTH", text="card")["ts"]
    client.chat_postMessage(channel="C_GROWTH", text="one", thread_ts=parent)
    client.chat_postMessage(channel="C_GROWTH", text="two", thread_ts=parent, reply_broadcast=True)

    replies = client.conversations_replies(channel="C_GROWTH", ts=parent)["messages"]
    history = client.conversations_history(channel="C_GROWTH")["messages"]

    assert [one["text"] for one in replies] == ["card", "one", "two"]
    assert replies[0]["reply_count"] == 2
    assert [one["text"] for one in history] == ["two", "card"]


def test_a_reply_needs_its_parent(slack):
    client = slack.client()
    assert (
        error_of(client.chat_postMessage, channel="C_GROWTH", text="x", thread_ts="1.000000")
        == "thread_not_found"
    )
    assert (
        error_of(client.conversations_replies, channel="C_GROWTH", ts="1.000000")
        == "thread_not_found"
    )


def test_metadata_is_shown_in_full_only_when_asked_for(slack):
    client = slack.client()
    ts = client.chat_postMessage(channel="C_GROWTH", text="card", metadata=METADATA)["ts"]

    (brief,) = client.conversations_history(channel="C_GROWTH")["messages"]
    (full,) = client.conversations_history(channel="C_GROWTH", include_all_metadata=True)[
        "messages"
    ]
    (reply,) = client.conversations_replies(channel="C_GROWTH", ts=ts, include_all_metadata=True)[
        "messages"
    ]

    assert brief["metadata"] == {"event_type": "airdesk_message"}
    assert full["metadata"] == reply["metadata"] == METADATA


def test_metadata_must_have_its_shape(slack):
    post = slack.client().chat_postMessage
    wrong = {"event_type": "x"}
    large = {"event_type": "x", "event_payload": {"key": "y" * 17_000}}

    assert error_of(post, channel="C_GROWTH", text="x", metadata=wrong) == "invalid_metadata_schema"
    assert error_of(post, channel="C_GROWTH", text="x", metadata=large) == "metadata_too_large"


def test_update_replaces_what_it_names(slack, kit):
    client = slack.client()
    ts = client.chat_postMessage(
        channel="C_GROWTH", text="old", blocks=[kit.section("old")], metadata=METADATA
    )["ts"]

    client.chat_update(channel="C_GROWTH", ts=ts, text="new", blocks=[kit.section("new")])
    (shown,) = slack.messages()
    assert shown["blocks"][0]["text"]["text"] == "new"
    assert shown["metadata"] == METADATA

    client.chat_update(channel="C_GROWTH", ts=ts, text="only text")
    (shown,) = slack.messages()
    assert (shown["text"], shown["blocks"]) == ("only text", [])
    assert shown["edited"]["user"] == "B_AIRDESK"


def test_only_the_own_message_can_be_changed(serve):
    slack = serve(_with_reports_app)
    ts = slack.client().chat_postMessage(channel="C_GROWTH", text="mine")["ts"]
    other = slack.client("xoxb-reports")

    assert error_of(other.chat_update, channel="C_GROWTH", ts=ts, text="x") == "cant_update_message"
    assert error_of(other.chat_delete, channel="C_GROWTH", ts=ts) == "cant_delete_message"
    assert (
        error_of(other.chat_update, channel="C_GROWTH", ts="1.000000", text="x")
        == "message_not_found"
    )


def test_delete_leaves_a_tombstone_over_replies(slack):
    client = slack.client()
    parent = client.chat_postMessage(channel="C_GROWTH", text="card")["ts"]
    reply = client.chat_postMessage(channel="C_GROWTH", text="one", thread_ts=parent)["ts"]

    client.chat_delete(channel="C_GROWTH", ts=parent)
    assert [one["text"] for one in slack.messages()] == ["This message was deleted.", "one"]
    assert error_of(client.chat_update, channel="C_GROWTH", ts=parent, text="x") == (
        "message_not_found"
    )
    client.chat_delete(channel="C_GROWTH", ts=reply)
    assert len(slack.messages()) == 1


def test_an_ephemeral_message_is_for_one_person(slack):
    client = slack.client()
    ts = client.chat_postEphemeral(channel="C_GROWTH", user="U_THU", text="psst")["message_ts"]

    assert [one["ephemeral"] for one in slack.messages(user="U_THU")] == [True]
    assert slack.messages(user="U_MINH") == []
    assert client.conversations_history(channel="C_GROWTH")["messages"] == []
    assert error_of(client.chat_update, channel="C_GROWTH", ts=ts, text="x") == "message_not_found"
    assert (
        error_of(client.chat_postEphemeral, channel="C_GROWTH", user="U_NO", text="x")
        == "user_not_in_channel"
    )


def test_a_permalink_leads_to_the_message(slack):
    client = slack.client()
    ts = client.chat_postMessage(channel="C_GROWTH", text="card")["ts"]
    link = client.chat_getPermalink(channel="C_GROWTH", message_ts=ts)["permalink"]

    assert link == f"{slack.base_url}/archives/C_GROWTH/p{ts.replace('.', '')}"
    assert slack.ui.get(link).headers["location"] == f"/?channel=C_GROWTH&ts={ts}"


def test_history_pages_by_cursor_and_by_time(slack):
    client = slack.client()
    stamps = [client.chat_postMessage(channel="C_GROWTH", text=t)["ts"] for t in "abcde"]

    first = client.conversations_history(channel="C_GROWTH", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel="C_GROWTH", limit=2, cursor=cursor)
    pages = [[one["text"] for one in page["messages"]] for page in (first, second)]
    one = client.conversations_history(
        channel="C_GROWTH", latest=stamps[2], inclusive=True, limit=1
    )

    assert pages == [["e", "d"], ["c", "b"]]
    assert first["has_more"]
    assert [message["text"] for message in one["messages"]] == ["c"]
    newer = client.conversations_history(channel="C_GROWTH", oldest=stamps[3])["messages"]
    assert [message["text"] for message in newer] == ["e"]
    assert error_of(client.conversations_history, channel="C_GROWTH", cursor="junk") == (
        "invalid_cursor"
    )


def test_replies_page_by_cursor(slack):
    client = slack.client()
    parent = client.chat_postMessage(channel="C_GROWTH", text="card")["ts"]
    for text in "abc":
        client.chat_postMessage(channel="C_GROWTH", text=text, thread_ts=parent)

    pages = client.conversations_replies(channel="C_GROWTH", ts=parent, limit=2)

    assert [[one["text"] for one in page["messages"]] for page in pages] == [
        ["card", "a"],
        ["b", "c"],
    ]


def test_nothing_to_say_is_refused(slack):
    client = slack.client()
    # The SDK itself warns of an empty text, so this one goes past it.
    headers = {"Authorization": f"Bearer {client.token}"}
    empty = {"channel": "C_GROWTH", "text": ""}
    answer = slack.ui.post("/api/chat.postMessage", json=empty, headers=headers)
    assert answer.json() == {"ok": False, "error": "no_text"}
    assert error_of(client.chat_postMessage, channel="C_NOWHERE", text="x") == "channel_not_found"


def test_long_texts_are_cut_in_posts_and_refused_in_updates(slack):
    client = slack.client()
    ts = client.chat_postMessage(channel="C_GROWTH", text="x" * 40_001)["ts"]

    assert len(slack.messages()[0]["text"]) == 40_000
    assert (
        error_of(client.chat_update, channel="C_GROWTH", ts=ts, text="x" * 4_001) == "msg_too_long"
    )


def test_a_bot_must_be_in_the_channel(serve):
    def without_the_bot(workspace):
        workspace["channels"][0]["members"] = ["U_THU"]
        workspace["apps"][0]["scopes"].append("channels:join")

    slack = serve(without_the_bot)
    client = slack.client()
    assert error_of(client.chat_postMessage, channel="C_GROWTH", text="x") == "not_in_channel"
    assert error_of(client.conversations_history, channel="C_GROWTH") == "not_in_channel"

    assert client.conversations_join(channel="C_GROWTH")["channel"]["is_member"]
    assert client.chat_postMessage(channel="C_GROWTH", text="x")["ok"]
    again = client.conversations_join(channel="C_GROWTH")
    assert again["warning"] == "already_in_channel"


def test_somebody_may_invite_the_bot(serve):
    def without_the_bot(workspace):
        workspace["channels"][0]["members"] = ["U_THU"]

    slack = serve(without_the_bot)
    assert slack.command("/invite @Airdesk")["ok"]
    assert slack.client().chat_postMessage(channel="C_GROWTH", text="x")["ok"]


def _with_reports_app(workspace):
    workspace["apps"].append(
        {
            "id": "A_REPORTS",
            "name": "Airdesk reports",
            "bot_user_id": "U_REPORTS",
            "bot_token": "xoxb-reports",
            "scopes": ["chat:write"],
        }
    )
