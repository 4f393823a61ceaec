"""Socket Mode: envelopes, acknowledgements, several connections, redelivery."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as websocket


@pytest.fixture
def events(serve):
    """A server whose app hears what is said in channels."""

    def subscribe(workspace):
        workspace["apps"][0]["events"] = ["message.channels", "app_mention"]

    return serve(subscribe)


def link(server):
    client = server.client("xapp-sandbox-airdesk")
    return client.apps_connections_open(app_token="xapp-sandbox-airdesk")["url"]


class Connection:
    """An app's end of one WebSocket."""

    def __init__(self, server):
        self._open = ExitStack()
        self._socket = self._open.enter_context(websocket(link(server), proxy=None))
        self.hello = self.receive()

    def receive(self, timeout=5.0):
        return json.loads(self._socket.recv(timeout))

    def ack(self, envelope, payload=None):
        answer = {"envelope_id": envelope["envelope_id"]}
        self._socket.send(json.dumps(answer | ({"payload": payload} if payload else {})))

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._open.close()


def say(server, text="hello"):
    assert server.do("post", channel="C_GROWTH", text=text)["ok"]


def test_an_event_comes_in_an_envelope(events):
    with Connection(events) as app:
        say(events)
        envelope = app.receive()
        app.ack(envelope)

    assert app.hello["type"] == "hello"
    assert app.hello["connection_info"] == {"app_id": "A_AIRDESK"}
    assert envelope["type"] == "events_api"
    assert envelope["accepts_response_payload"] is False
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    event = envelope["payload"]["event"]
    assert (event["type"], event["text"], event["channel_type"]) == ("message", "hello", "channel")


def test_a_mention_is_an_event_of_its_own(events):
    with Connection(events) as app:
        say(events, "@Airdesk are you there?")
        envelopes = [app.receive(), app.receive()]
        for envelope in envelopes:
            app.ack(envelope)

    kinds = {envelope["payload"]["event"]["type"] for envelope in envelopes}
    assert kinds == {"message", "app_mention"}


def test_events_wait_for_an_app_that_is_away(events):
    say(events, "while you were out")
    with Connection(events) as app:
        envelope = app.receive()
        app.ack(envelope)
    assert envelope["payload"]["event"]["text"] == "while you were out"

    with Connection(events) as app, pytest.raises(TimeoutError):
        app.receive(timeout=0.3)


def test_an_event_that_was_not_acknowledged_comes_again(events):
    with Connection(events) as app:
        say(events)
        first = app.receive()
    with Connection(events) as app:
        again = app.receive(timeout=8)
        app.ack(again)

    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    assert again["envelope_id"] != first["envelope_id"]


def test_connections_take_turns(events):
    with Connection(events) as first, Connection(events) as second:
        assert second.hello["num_connections"] == 2
        events.wait_for_connection()
        for text in "abcd":
            say(events, text)
            time.sleep(0.05)
        received = [
            [c.receive()["payload"]["event"]["text"] for _ in "xx"] for c in (first, second)
        ]

    assert sorted(received[0] + received[1]) == ["a", "b", "c", "d"]


def test_a_ticket_opens_one_connection(events):
    address = link(events)
    with websocket(address, proxy=None) as first:
        first.recv(5)
        with pytest.raises(InvalidStatus):
            websocket(address, proxy=None).__enter__()
    with pytest.raises(InvalidStatus):
        websocket(address.replace("ticket=", "ticket=x"), proxy=None).__enter__()


def test_ten_connections_are_enough(events):
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(Connection(events))
        with pytest.raises(InvalidStatus):
            websocket(link(events), proxy=None).__enter__()


def test_slack_warns_before_it_ends_a_connection(events):
    with Connection(events) as app:
        events.ui.post("/sandbox/disconnect", json={"app": "A_AIRDESK"})
        assert app.receive()["reason"] == "warning"
        events.ui.post(
            "/sandbox/disconnect", json={"app": "A_AIRDESK", "reason": "refresh_requested"}
        )
        assert app.receive()["reason"] == "refresh_requested"
        with pytest.raises(ConnectionClosed):
            app.receive()


def test_a_bolt_app_comes_back_by_itself(slack, connect):
    connect(slack, lambda app: app.command("/airflow")(lambda ack: ack("here")))
    slack.ui.post("/sandbox/disconnect", json={"app": "A_AIRDESK", "reason": "refresh_requested"})

    deadline = time.monotonic() + 10
    while not (answer := slack.command("/airflow"))["ok"] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answer["ack"] == {"text": "here"}


def test_the_last_payloads_can_be_sent_again(slack, connect, kit, wait):
    heard = []

    def listeners(app):
        @app.action("go")
        def click(ack, body):
            ack()
            heard.append(body)

    connect(slack, listeners)
    ts = slack.client().chat_postMessage(
        channel="C_GROWTH", text="card", blocks=[kit.actions(kit.button())]
    )["ts"]
    slack.do("action", channel="C_GROWTH", ts=ts, action_id="go")
    again = slack.do("redeliver", n=1)

    assert again["delivered"] == [{"kind": "interactive", "ok": True, "error": ""}]
    wait(lambda: len(heard) == 2)
    assert heard[0] == heard[1]
    assert slack.ui.post("/ui/redeliver", json={"n": 0}).status_code == 400


def test_socket_mode_must_be_switched_on(serve):
    def off(workspace):
        workspace["apps"][0]["socket_mode"] = False

    server = serve(off)
    answer = server.ui.post(
        "/api/apps.connections.open", headers={"Authorization": "Bearer xapp-sandbox-airdesk"}
    )
    assert answer.json()["error"] == "socket_mode_not_enabled"
