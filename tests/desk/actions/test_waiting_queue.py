"""What waits for whom, from Slack or by git push."""

from __future__ import annotations

import pytest
from airdesk.actions.waiting_queue import WaitsFor, waiting_queue
from airdesk.model import Behaviour
from airdesk.publications import Publications
from airdesk_render.policy.approvals import Approvals

REPOSITORY = "growth/pipelines"
APPROVALS = Approvals(security=("lead", "security"), groups={"security": "security"})


@pytest.fixture
def queue(world, store, members, people):
    def ask(slack_user_id):
        return waiting_queue(
            members(slack_user_id),
            person=people(slack_user_id),
            approvals=APPROVALS,
            changes=store.changes,
            publications=Publications(code_host=world.host(), central_project="platform/central"),
            code_host=world.host(),
        )

    return ask


@pytest.fixture
def pushed(world):
    """A merge request that came by git push: the bot's store knows nothing of it."""

    def push(title="Add arrivals", status="success", author="U_THU"):
        branch = f"mine-{len(world.gitlab.requests)}"
        host = world.host(author)
        host.commit_files(REPOSITORY, branch, {f"dags/{branch}.yaml": title}, message=title)
        request = host.open_merge_request(REPOSITORY, branch, title=title, description="")
        if status is not None:
            world.gitlab.run_pipeline(status, iid=request.iid)
        return request

    return push


def told(queue):
    return [(one.for_what, one.whom, one.is_yours) for one in queue.waiting]


def test_a_green_one_waits_for_a_lead_who_did_not_write_it(queue, pushed):
    request = pushed()
    assert told(queue("U_MINH")) == [(WaitsFor.APPROVAL, "a lead of growth", True)]
    assert told(queue("U_THU")) == [(WaitsFor.APPROVAL, "a lead of growth", False)]
    [one] = queue("U_MINH").waiting
    assert (one.request, one.iid, one.what) == (request, 1, "Add arrivals")


def test_nobody_approves_their_own(queue, pushed):
    pushed(author="U_MINH")
    assert told(queue("U_MINH")) == [(WaitsFor.APPROVAL, "a lead of growth", False)]


@pytest.mark.parametrize(
    ("title", "status", "expected"),
    [
        ("Add arrivals", "failed", (WaitsFor.CORRECTION, "Thu Tran", True)),
        ("Add arrivals", "running", (WaitsFor.MACHINE, "", False)),
        ("Add arrivals", None, (WaitsFor.MACHINE, "", False)),
        ("Draft: Add arrivals", "success", (WaitsFor.AUTHOR, "Thu Tran", True)),
    ],
)
def test_the_author_corrects_and_machines_work(queue, pushed, title, status, expected):
    pushed(title, status)
    assert told(queue("U_THU")) == [expected]


def test_a_clash_waits_for_its_author(queue, pushed, world):
    pushed()
    one = world.gitlab.request()
    one.merge_request = one.merge_request.model_copy(update={"has_conflicts": True})
    assert told(queue("U_THU")) == [(WaitsFor.REBASE, "Thu Tran", True)]


def test_an_approved_one_waits_to_be_merged(queue, pushed, world):
    request = pushed()
    world.host("U_MINH").approve(REPOSITORY, request.iid, sha=request.sha)
    assert told(queue("U_MINH")) == [(WaitsFor.MERGE, "a lead of growth", True)]


def test_its_risk_says_who_else_has_to_approve(queue, way, store):
    view = way.to_review().model_copy(update={"behaviour": Behaviour(risk="security")})
    change = way.change
    store.changes.save(change, view, final=False, due_at=way.world.now, now=way.world.now)
    assert told(queue("U_THU")) == [
        (WaitsFor.APPROVAL, "a lead and security (growth)", False),
    ]


def test_a_withheld_one_says_why(queue, world):
    world.gitlab.publish("growth.delays", state="withheld", reason="Nobody approved it.")
    [one] = queue("U_MINH").waiting
    assert (one.for_what, one.what, one.why) == (
        WaitsFor.PUBLICATION,
        "growth.delays",
        "Nobody approved it.",
    )


def test_what_cannot_be_opened_waits_for_its_author(queue, way, store):
    store.changes.hinder(way.id, "Your link to GitLab has ended.", now=way.world.now)
    [one] = queue("U_MINH").waiting
    assert (one.for_what, one.why) == (WaitsFor.AUTHOR, "Your link to GitLab has ended.")


def test_yours_come_first_and_other_teams_never(queue, pushed):
    pushed("Red", "failed")
    pushed("Green")
    assert [one.what for one in queue("U_MINH").waiting] == ["Green", "Red"]
    assert queue("U_LAN").waiting == ()


def test_a_silent_gitlab_is_said(queue, world, pushed):
    pushed()
    world.down.add("GitLab")
    found = queue("U_MINH")
    assert found.waiting == ()
    assert "GitLab does not answer" in found.unavailable
