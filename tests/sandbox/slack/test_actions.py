"""Clicks in messages, and the response URLs that answer them."""

from __future__ import annotations

import pytest
from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.handles.response_urls import (
    Origin,
    ResponseUrlError,
    ResponseUrls,
)
from airdesk_sandbox.slack.store.database import Database


@pytest.fixture
def clicked(slack, connect, kit, wait):
    """Post a card, connect an app, click its button; give what the app heard."""

    def run(post, action_id="go", **gesture):
        heard = []

        def listeners(app):
            @app.action(action_id)
            def click(ack, body):
                ack()
                heard.append(body)

        connect(slack, listeners)
        post(slack.client())
        ts = slack.messages()[-1]["ts"]
        answer = slack.do("action", channel="C_GROWTH", ts=ts, action_id=action_id, **gesture)
        assert answer["ok"], answer
        return wait(lambda: heard)[0]

    return run


def test_a_click_tells_the_app_everything(slack, clicked, kit):
    card = [kit.actions(kit.button(value="1:abc"), block_id="card")]
    body = clicked(lambda c: c.chat_postMessage(channel="C_GROWTH", text="card", blocks=card))

    ts = slack.messages()[0]["ts"]
    assert body["type"] == "block_actions"
    assert body["user"] == {
        "id": "U_THU",
        "username": "thu.tran",
        "name": "thu.tran",
        "team_id": "T_CORP",
    }
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C_GROWTH",
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": "C_GROWTH", "name": "growth-data"}
    assert body["message"]["ts"] == ts
    action = body["actions"][0]
    assert (action["block_id"], action["value"], action["type"]) == ("card", "1:abc", "button")
    assert body["response_url"].startswith(slack.base_url)
    assert body["trigger_id"]


def test_choices_in_messages_carry_their_value_and_the_state(clicked, kit):
    blocks = [
        kit.input("why", {"type": "plain_text_input", "action_id": "value"}),
        kit.actions(kit.select("now", "later", action_id="when"), block_id="b"),
    ]
    body = clicked(
        lambda c: c.chat_postMessage(channel="C_GROWTH", text="x", blocks=blocks),
        action_id="when",
        selected_option={"value": "later"},
        values={"why": {"value": {"type": "plain_text_input", "value": "because"}}},
    )
    assert body["actions"][0]["selected_option"] == kit.option("later")
    values = body["state"]["values"]
    assert values["why"]["value"]["value"] == "because"
    assert values["b"]["when"]["selected_option"]["value"] == "later"


def test_an_overflow_menu_sends_the_chosen_row(clicked, kit):
    menu = {"type": "overflow", "action_id": "more", "options": [kit.option("a"), kit.option("b")]}
    body = clicked(
        lambda c: c.chat_postMessage(
            channel="C_GROWTH", text="x", blocks=[kit.section(accessory=menu)]
        ),
        action_id="more",
        selected_option={"value": "b"},
    )
    assert body["actions"][0]["selected_option"]["value"] == "b"


def test_an_ephemeral_message_does_not_come_along(slack, clicked, kit):
    blocks = [kit.actions(kit.button())]
    body = clicked(
        lambda c: c.chat_postEphemeral(channel="C_GROWTH", user="U_THU", text="x", blocks=blocks)
    )
    assert body["container"]["is_ephemeral"]
    assert "message" not in body

    slack.ui.post(body["response_url"], json={"replace_original": True, "text": "done"})
    (shown,) = slack.messages()
    assert (shown["text"], shown["blocks"], shown["ephemeral"]) == ("done", [], True)


def test_a_response_url_replaces_deletes_and_posts(slack, clicked, kit):
    card = [kit.actions(kit.button())]
    url = clicked(lambda c: c.chat_postMessage(channel="C_GROWTH", text="card", blocks=card))[
        "response_url"
    ]

    def respond(**body):
        return slack.ui.post(url, json=body)

    assert respond(text="just for you").text == "ok"
    assert [one["text"] for one in slack.messages(user="U_MINH")] == ["card"]
    assert respond(text="for all", response_type="in_channel").text == "ok"
    assert respond(text="changed", replace_original=True).text == "ok"
    assert [one["text"] for one in slack.messages(user="U_MINH")] == ["changed", "for all"]
    assert respond(delete_original=True).text == "ok"
    assert [one["text"] for one in slack.messages(user="U_MINH")] == ["for all"]

    assert (respond().status_code, respond().json()["error"]) == (400, "used_url")


def test_a_response_url_refuses_what_slack_refuses(slack, clicked, kit):
    card = [kit.actions(kit.button())]
    url = clicked(lambda c: c.chat_postMessage(channel="C_GROWTH", text="card", blocks=card))[
        "response_url"
    ]
    wrong = slack.ui.post(url, json={"blocks": [{"type": "carousel"}]})

    assert (wrong.status_code, wrong.text) == (400, "invalid_blocks")
    assert slack.ui.post(url, content="{").text == "invalid_payload"
    assert slack.ui.post(f"{slack.base_url}/actions/nothing", json={}).status_code == 404


class _SettableClock(Clock):
    seconds = 1_000.0

    def now(self):
        return self.seconds


def test_a_response_url_lives_for_thirty_minutes(tmp_path):
    clock = _SettableClock()
    urls = ResponseUrls(Database(tmp_path), clock, "http://slack")
    token = urls.new(Origin("A", "U", "C")).rpartition("/")[2]

    clock.seconds += 29 * 60
    assert urls.use(token) == Origin("A", "U", "C")
    clock.seconds += 2 * 60
    with pytest.raises(ResponseUrlError, match="expired_url"):
        urls.use(token)


def test_what_cannot_be_done_is_said(slack, connect, kit):
    client = slack.client()
    ts = client.chat_postMessage(channel="C_GROWTH", text="x", blocks=[kit.actions(kit.button())])[
        "ts"
    ]

    def click(user="U_THU", **body):
        return slack.do("action", user, **{"channel": "C_GROWTH", "ts": ts, **body})["error"]

    offline = click(action_id="go")
    assert offline == "The app did not respond (dispatch_failed). Try again in a moment."
    assert click(action_id="no") == "There is nothing called no here (any more)."
    assert click(action_id="go", ts="1.0") == "This message is no longer there."
    assert click("U_NO", action_id="go") == "There is no U_NO in this workspace."
    assert click(action_id="go", channel="C_NO") == "Thu Tran is not in C_NO."
    missing = slack.ui.post("/ui/action", json={"user": "U_THU"})
    assert (missing.status_code, missing.json()["error"]) == (400, "channel is missing.")


def test_people_talk_and_mention_each_other(slack):
    slack.do("post", "U_MINH", channel="C_GROWTH", text="hi @Thu Tran & <all> in #risk-data")

    (message,) = slack.messages()
    assert message["text"] == "hi <@U_THU> &amp; &lt;all&gt; in <#C_RISK>"
    assert (message["user"], message["bot"], message["app"]) == ("U_MINH", None, None)
    direct = slack.do("direct", **{"with": "U_MINH"})["channel"]
    slack.do("post", channel=direct, text="just us")
    assert [one["id"] for one in slack.state("U_LAN")["channels"]] == ["C_GROWTH", "C_RISK"]
