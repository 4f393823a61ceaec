"""The behaviour note through a GitLab: from a job's artifact, written by the bot's Reporter."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from airdesk.actions.write_behaviour_note import MARKER, write_behaviour_note
from airdesk.clients.gitlab.pipelines import MAX_ARTIFACT_BYTES
from airdesk_render.behaviour.shapes import Change, DagReport, Report
from airdesk_render.names import Team

REPORT = Report(
    team="labs",
    old="main",
    new="HEAD",
    at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    old_policy="p",
    new_policy="p",
    risk="review",
    dags=(
        DagReport(
            dag_id="labs.delays",
            status="changed",
            manifest="dags/delays.dag.yaml",
            risk="review",
            changes=(Change(kind="task.retries", subject="report", before=1, after=3),),
        ),
    ),
)
CI = """\
diff:
  rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]
  script:
    - mkdir -p airdesk
    - cp report.json airdesk/behaviour.json
    - head -c %d /dev/zero > airdesk/huge.json
  artifacts: {when: always, paths: [airdesk]}
"""
LABS = Team("labs")


@pytest.fixture(scope="module")
def labs(gitlab_server):
    """A team whose pipeline has a job `diff`; the bot is its Reporter, Minh its Maintainer."""
    admin = gitlab_server.admin
    group = admin.groups.create({"name": "labs", "path": "labs", "visibility": "private"})
    for name, level in {"airdesk-bot": 20, "minh.le": 40}.items():
        group.members.create({"user_id": gitlab_server.ids[name], "access_level": level})
    project = admin.projects.create(
        {"name": "pipelines", "path": "pipelines", "namespace_id": group.id}
        | {"visibility": "private", "merge_method": "ff"}
    )
    files = {
        ".gitlab-ci.yml": CI % (MAX_ARTIFACT_BYTES + 1),
        "report.json": REPORT.model_dump_json(),
    }
    actions = [
        {"action": "create", "file_path": path, "content": text} for path, text in files.items()
    ]
    project.commits.create({"branch": "main", "commit_message": "Begin", "actions": actions})
    return project


def noted(gitlab_server, project, iid):
    notes = project.mergerequests.get(iid).notes.list(get_all=True)
    return [note for note in notes if note.author["id"] == gitlab_server.ids["airdesk-bot"]]


def wait_for_pipeline(bot, iid, number=0):
    deadline = time.monotonic() + 60
    while True:
        pipeline = bot.pipeline(LABS.repository, iid)
        if pipeline and pipeline.status == "success" and pipeline.id != number:
            return pipeline
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_one_note_by_the_reporter_follows_the_pipelines(gitlab_server, labs):
    minh, bot = gitlab_server.as_("minh.le"), gitlab_server.as_("airdesk-bot")
    minh.commit_files(LABS.repository, "topic", {"a.txt": "1\n"}, message="one")
    request = minh.open_merge_request(LABS.repository, "topic", title="t", description="")
    assert (LABS.repository, request.iid) in bot.open_merge_requests()
    first = wait_for_pipeline(bot, request.iid)
    state = write_behaviour_note(LABS, request.iid, told=None, code_host=bot)
    (note,) = noted(gitlab_server, labs, request.iid)
    assert "task `report`: retries `1` → `3`" in note.body
    assert note.body.endswith(MARKER)

    empty = REPORT.model_copy(update={"dags": (), "risk": "none"}).model_dump_json()
    minh.commit_files(LABS.repository, "topic", {"report.json": empty}, message="two")
    wait_for_pipeline(bot, request.iid, number=first.id)
    write_behaviour_note(LABS, request.iid, told=state.told, code_host=bot)
    (again,) = noted(gitlab_server, labs, request.iid)
    assert (again.id, "No DAG changes" in again.body) == (note.id, True)


def test_an_artifact_that_is_far_too_large_is_not_taken_in(gitlab_server, labs):
    minh, bot = gitlab_server.as_("minh.le"), gitlab_server.as_("airdesk-bot")
    minh.commit_files(LABS.repository, "huge", {"b.txt": "1\n"}, message="one")
    request = minh.open_merge_request(LABS.repository, "huge", title="t", description="")
    [job] = wait_for_pipeline(bot, request.iid).jobs
    assert bot.artifact(LABS.repository, job.id, "airdesk/huge.json") is None
    assert bot.artifact(LABS.repository, job.id, "airdesk/behaviour.json") is not None
