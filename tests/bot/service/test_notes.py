"""The note on a merge request that came by git push, whether a webhook told of it or not."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
from airdesk_render.behaviour.shapes import Change, DagReport, Report

REPORT = Report(
    team="growth",
    old="main",
    new="HEAD",
    at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    old_policy="p",
    new_policy="p",
    risk="review",
    dags=(
        DagReport(
            dag_id="growth.delays",
            status="changed",
            manifest="dags/delays.dag.yaml",
            risk="review",
            changes=(Change(kind="task.retries", subject="report", before=1, after=3),),
        ),
    ),
)


@pytest.fixture
def pushed(world):
    """A merge request as `git push` and GitLab's page make it, with its pipeline's report."""
    thu = world.host("U_THU")
    thu.commit_files("growth/pipelines", "topic", {"dags/delays.dag.yaml": "x"}, message="m")
    thu.open_merge_request("growth/pipelines", "topic", title="t", description="d")
    world.gitlab.run_pipeline("success", behaviour=REPORT.model_dump_json().encode())
    return world


def note(world):
    return next(iter(world.gitlab.notes.get(("growth/pipelines", 1), {}).values()), None)


def tell(bot, **event):
    about = {"project": {"path_with_namespace": "growth/pipelines"}, **event}
    headers = {"X-Gitlab-Token": "webhook-secret"}
    assert httpx.post(f"{bot.url}/webhooks/gitlab", json=about, headers=headers).text == "ok"


def test_one_that_no_webhook_told_of_is_found(bot, pushed, until):
    with bot.running():
        text = until("the note", lambda: note(pushed))
    assert "task `report`: retries `1` → `3`" in text


@pytest.mark.parametrize(
    "event",
    [
        {"object_kind": "pipeline", "merge_request": {"iid": 1}},
        {"object_kind": "merge_request", "object_attributes": {"iid": 1}},
    ],
    ids=["pipeline", "merge request"],
)
def test_a_webhook_makes_it_look_at_once(bot, world, until, event, request):
    with bot.running() as services:
        # the first search is over, the next comes in a minute
        until("the search", lambda: not services.store.reviews.begin_search(
            every=dt.timedelta(minutes=1), now=services.clock()))  # fmt: skip
        request.getfixturevalue("pushed")
        tell(bot, **event)
        until("the note", lambda: note(world), seconds=15)
        assert world.done.count("note on !1") == 1


def test_the_note_follows_and_ends_with_the_merge_request(bot, pushed, until):
    with bot.running() as services:
        until("the note", lambda: note(pushed))
        empty = REPORT.model_copy(update={"dags": (), "risk": "none"})
        pushed.gitlab.run_pipeline("success", behaviour=empty.model_dump_json().encode())
        tell(bot, object_kind="pipeline", merge_request={"iid": 1})
        until("the news", lambda: "No DAG changes" in note(pushed))
        pushed.gitlab.merge()
        tell(bot, object_kind="merge_request", object_attributes={"iid": 1})
        until("the end", lambda: asked(services, "iid") is None)
    assert pushed.done.count("note on !1") == 2


def asked(services, column):
    with services.store.database.read() as session:
        return session.connection().exec_driver_sql(f"select {column} from reviews").scalar()


def test_other_projects_merge_requests_are_none_of_ours(bot, pushed, until):
    pushed.gitlab.requests["platform/central", 1] = pushed.gitlab.request()
    pushed.gitlab.requests["growth/private-notes", 1] = pushed.gitlab.request()
    with bot.running():
        until("the note", lambda: note(pushed))
    assert set(pushed.gitlab.notes) == {("growth/pipelines", 1)}


def test_while_gitlab_is_silent_the_note_waits(bot, pushed, until):
    pushed.down.add("GitLab")
    with bot.running() as services:
        services.store.reviews.notice("growth", 1, now=services.clock())
        noticed = asked(services, "due_at")
        until("the refusal", lambda: asked(services, "due_at") != noticed)
        pushed.down.clear()
        services.store.reviews.notice("growth", 1, now=services.clock())
        services.wake.all()
        until("the note", lambda: note(pushed))
