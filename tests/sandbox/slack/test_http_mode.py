"""HTTP delivery: signed requests to an app's URL, verified by Bolt itself."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest
import uvicorn
from airdesk_sandbox.slack.delivery.signed_http import signature
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = "sandbox-signing-secret"


@pytest.fixture
def listen(wait):
    """Serve one endpoint `/slack/events` on a free port; gives its URL."""
    running = []

    def start(endpoint):
        app = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait(lambda: server.started)
        running.append((server, thread))
        port = server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/slack/events"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def http_slack(serve):
    """A server whose app takes payloads at a URL."""

    def start(url, events=()):
        def over_http(workspace):
            workspace["apps"][0] |= {
                "socket_mode": False,
                "request_url": url,
                "events": list(events),
            }

        return serve(over_http)

    return start


def test_bolt_accepts_the_signatures(listen, http_slack, kit):
    holder = {}

    async def endpoint(request: Request) -> Response:
        return await SlackRequestHandler(holder["app"]).handle(request)

    url = listen(endpoint)
    slack = http_slack(url)
    client = WebClient(token="xoxb-sandbox-airdesk", base_url=f"{slack.base_url}/api/")
    app = holder["app"] = App(client=client, signing_secret=SECRET)

    @app.command("/airflow")
    def command(ack, body, client):
        ack("opening")
        client.views_open(trigger_id=body["trigger_id"], view=kit.modal(kit.text_input()))

    @app.view("form")
    def submission(ack):
        ack(response_action="errors", errors={"name": "no"})

    assert slack.command("/airflow")["ack"] == {"text": "opening"}
    view = slack.wait_for_view("New DAG")
    values = {"name": {"value": {"type": "plain_text_input", "value": "x"}}}
    answer = slack.do("submit", view_id=view["id"], values=values)
    assert answer == {"ok": False, "errors": {"name": "no"}}

    forged = httpx.post(
        url,
        content="payload={}",
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": str(int(time.time())),
            "x-slack-signature": "v0=" + "0" * 64,
        },
        trust_env=False,
    )
    assert forged.status_code == 401


def test_the_signature_is_the_one_slack_documents():
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert signed == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_events_are_tried_again_and_say_so(listen, http_slack, wait):
    tries = []

    async def endpoint(request: Request) -> Response:
        tries.append((dict(request.headers), json.loads(await request.body())))
        return Response(status_code=500 if len(tries) == 1 else 200)

    slack = http_slack(listen(endpoint), events=["message.channels"])
    slack.do("post", channel="C_GROWTH", text="hello")
    wait(lambda: len(tries) == 2)

    (first, event), (second, again) = tries
    assert event["event_id"] == again["event_id"]
    assert "x-slack-retry-num" not in first
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == ("1", "http_error")


@pytest.mark.parametrize(
    ("status", "problem"), [(404, "http_client_error"), (503, "http_service_error")]
)
def test_an_app_that_answers_wrongly(listen, http_slack, status, problem):
    async def endpoint(request: Request) -> Response:
        return Response(status_code=status)

    slack = http_slack(listen(endpoint))
    assert slack.command("/airflow")["error"] == f"/airflow failed with the error “{problem}”"


def test_an_app_that_is_not_there(http_slack):
    slack = http_slack("http://127.0.0.1:9/slack/events")
    assert "dispatch_failed" in slack.command("/airflow")["error"]
