from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture
def receiver():
    """A real HTTP server that keeps what it is sent."""

    class Receiver(ThreadingHTTPServer):
        received: list = []  # noqa: RUF012  replaced below, one list per server

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append((dict(self.headers), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            """Keep the test's output quiet."""

    server = Receiver(("127.0.0.1", 0), Handler)
    server.received = []
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def of_kind(receiver, kind):
    return [body for _, body in receiver.received if body["object_kind"] == kind]


def test_a_push_is_told(site, tools, receiver):
    project = site.project()
    project.hooks.create({"url": receiver.url, "push_events": True, "token": "secret!"})
    person = site.member(project, 30)
    sha = tools.commit(person.project(project), "topic", {"x.txt": "1"}).id
    tools.wait_for(lambda: receiver.received)
    headers, body = receiver.received[0]
    assert headers["X-Gitlab-Event"] == "Push Hook"
    assert headers["X-Gitlab-Token"] == "secret!"
    assert (body["ref"], body["after"], body["before"]) == ("refs/heads/topic", sha, "0" * 40)
    assert (body["user_id"], body["user_username"]) == (person.user.id, person.user.username)
    assert body["project"]["path_with_namespace"] == project.path_with_namespace
    assert [(c["id"], c["added"]) for c in body["commits"]] == [(sha, ["x.txt"])]


def test_a_merge_requests_life_is_told(site, tools, receiver):
    project = site.project()
    project.hooks.create(
        {"url": receiver.url, "push_events": False, "merge_requests_events": True}
        | {"note_events": True}
    )
    tools.commit(project, "topic", {"x.txt": "1"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "T"}
    )
    first = request.sha
    tools.commit(project, "topic", {"x.txt": "2"})
    project.mergerequests.get(request.iid).approve()
    project.mergerequests.get(request.iid).notes.create({"body": "Hello"})
    project.mergerequests.get(request.iid).merge()
    wanted = {"open", "update", "approved", "merge"}

    def told():
        rows = {b["object_attributes"]["action"]: b for b in of_kind(receiver, "merge_request")}
        return rows if set(rows) == wanted and of_kind(receiver, "note") else None

    rows = tools.wait_for(told)
    assert rows["update"]["object_attributes"]["oldrev"] == first
    attributes = rows["merge"]["object_attributes"]
    assert (attributes["iid"], attributes["state"]) == (request.iid, "merged")
    assert attributes["url"].endswith(f"/-/merge_requests/{request.iid}")
    assert rows["merge"]["user"]["username"] == "root"
    assert of_kind(receiver, "note")[0]["object_attributes"]["note"] == "Hello"


def test_pipelines_are_told_with_their_jobs(site, tools, receiver):
    project = site.project()
    project.hooks.create({"url": receiver.url, "push_events": False, "pipeline_events": True})
    tools.commit(project, "main", {".gitlab-ci.yml": "job:\n  script: [exit 1]\n"})
    failed = tools.wait_for(
        lambda: [
            body
            for body in of_kind(receiver, "pipeline")
            if body["object_attributes"]["status"] == "failed"
        ]
    )
    attributes = failed[0]["object_attributes"]
    assert (attributes["ref"], attributes["source"]) == ("main", "push")
    assert [(job["name"], job["status"]) for job in failed[0]["builds"]] == [("job", "failed")]


def test_only_wanted_branches_and_events_are_told(site, tools, receiver):
    project = site.project()
    project.hooks.create(
        {"url": receiver.url, "push_events": True, "push_events_branch_filter": "main"}
    )
    tools.commit(project, "topic", {"x": "1"})
    tools.commit(project, "main", {"y": "1"})
    tools.wait_for(lambda: receiver.received)
    assert [body["ref"] for _, body in receiver.received] == ["refs/heads/main"]


def test_a_deaf_receiver_hinders_nobody(site, tools):
    project = site.project()
    hook = project.hooks.create({"url": "http://127.0.0.1:9/nobody", "push_events": True})
    tools.commit(project, "main", {"y": "1"})
    assert "token" not in project.hooks.get(hook.id).attributes
    tools.refused(400, lambda: project.hooks.create({"url": "ftp://x"}))
