"""`airdesk publish` reads the platform's publishing.yaml as its CI job does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

PATH = "publishing.yaml"


@contextmanager
def publishing_yaml(server, text: str) -> Iterator[None]:
    project = server.admin.projects.get("platform/airdesk-ci")
    commit = {"branch": "main", "commit_message": "Publishing"}
    action = {"action": "create", "file_path": PATH, "content": text}
    project.commits.create({**commit, "actions": [action]})
    try:
        yield
    finally:
        action = {"action": "delete", "file_path": PATH}
        project.commits.create({**commit, "actions": [action]})


def test_a_stop_is_told_by_the_job(gitlab_server, airdesk_publish):
    stop = "stop: [{by: kim.ho, reason: The warehouse is being moved, teams: [growth]}]\n"
    with publishing_yaml(gitlab_server, stop):
        done = airdesk_publish()
    assert done.returncode == 0, done.stderr
    told = "notice     kim.ho has stopped publishing of growth: The warehouse is being moved."
    assert told in done.stdout.splitlines()
    assert "published" not in done.stdout.replace("Nothing new to publish", "")


def test_a_file_that_cannot_be_understood_publishes_nothing(gitlab_server, airdesk_publish):
    with publishing_yaml(gitlab_server, "stop: yes\n"):
        done = airdesk_publish()
    assert done.returncode == 1
    assert "publishing.yaml cannot be understood, so nothing is published" in done.stderr
    assert "Traceback" not in done.stderr
