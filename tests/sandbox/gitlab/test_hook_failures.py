"""Webhooks that fail: never tried again, sent again by hand, and paused where that is on."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from airdesk_sandbox.gitlab.models import Hook


@pytest.fixture
def receiver():
    """A real HTTP server that answers with the status it is told to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.seen += 1
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(b"told")

        def log_message(self, *_args):
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.seen = 500, 0
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def events(site, project, hook, **where):
    path = f"/api/v4/projects/{project.id}/hooks/{hook.id}/events"
    return site.http.get(path, params=where).json()


def resend(site, project, hook, event):
    path = f"/api/v4/projects/{project.id}/hooks/{hook.id}/events/{event['id']}/resend"
    return site.http.post(path)


def push(tools, project, number):
    tools.commit(project, "topic", {"x.txt": str(number)})


def test_a_failed_delivery_is_sent_again_by_hand_only(site, tools, receiver):
    project = site.project()
    hook = project.hooks.create({"url": receiver.url, "push_events": True, "token": "hidden"})
    push(tools, project, 1)
    (event,) = tools.wait_for(lambda: events(site, project, hook))
    assert (event["response_status"], event["trigger"]) == ("500", "push_hooks")
    assert event["request_headers"]["X-Gitlab-Token"] == "[REDACTED]"
    assert event["response_body"] == "told"
    assert receiver.seen == 1
    receiver.status = 200
    answer = resend(site, project, hook, event)
    assert (answer.status_code, answer.json()) == (201, {"response_status": 200})
    assert receiver.seen == 2
    (again,) = events(site, project, hook, status="successful")
    assert again["request_data"] == event["request_data"]
    assert [row["id"] for row in events(site, project, hook, status="500")] == [event["id"]]
    codes = [resend(site, project, hook, event).status_code for _ in range(5)]
    assert codes == [201] * 4 + [429]


def test_a_receiver_that_is_gone_is_an_internal_error(site, tools):
    project = site.project()
    hook = project.hooks.create({"url": "http://127.0.0.1:9/nobody", "push_events": True})
    push(tools, project, 1)
    (event,) = tools.wait_for(lambda: events(site, project, hook))
    assert event["response_status"] == "internal error"
    assert resend(site, project, hook, event).status_code == 422
    assert project.hooks.get(hook.id).alert_status == "executable"


def test_a_hook_that_fails_again_and_again_is_paused(own_server, site_of, tools, receiver):
    site = site_of(own_server)
    assert site.http.post("/api/v4/features/auto_disabling_web_hooks", data={"value": "true"})
    project = site.project()
    hook = project.hooks.create({"url": receiver.url, "push_events": True})
    for number in range(1, 5):
        push(tools, project, number)
        tools.wait_for(lambda number=number: len(events(site, project, hook)) == number)
    paused = project.hooks.get(hook.id)
    assert paused.alert_status == "temporarily_disabled"
    until = datetime.fromisoformat(paused.disabled_until)
    assert timedelta(seconds=20) < until - datetime.now(UTC) <= timedelta(minutes=1)
    push(tools, project, 5)
    receiver.status = 200
    event = events(site, project, hook)[0]
    assert resend(site, project, hook, event).status_code == 201
    assert project.hooks.get(hook.id).alert_status == "executable"
    push(tools, project, 6)
    tools.wait_for(lambda: receiver.seen == 6)
    told = [row["request_data"]["commits"][-1]["id"] for row in events(site, project, hook)]
    # the fifth push happened while the hook was paused: nobody was ever told
    assert len(set(told)) == 5


def test_pauses_double_up_to_a_day_and_end_for_good():
    hook = Hook(recent_failures=0, backoff_count=0)
    pauses = []
    for _ in range(39):
        hook.failed()
        if hook.disabled_until:
            pauses.append(round((hook.disabled_until - datetime.now(UTC)).total_seconds() / 60))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 24 * 60
    assert hook.alert_status == "temporarily_disabled"
    hook.failed()
    assert hook.alert_status == "disabled"
    hook.succeeded()
    assert hook.alert_status == "executable"
