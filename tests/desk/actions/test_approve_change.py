from __future__ import annotations

import pytest
from airdesk.actions.approve_change import approve_change
from airdesk.errors import NotLinked, Refused
from airdesk.model import Push
from airdesk_render.names import Team


@pytest.fixture
def approve(way, world, people):
    way.to_review()

    def approve(slack_user_id="U_MINH", sha=None, as_author=lambda: world.host("U_THU")):
        approve_change(
            team=Team("growth"),
            iid=1,
            sha=sha or world.gitlab.request().merge_request.sha,
            person=people(slack_user_id),
            reporter=world.host(),
            as_person=lambda: world.host(slack_user_id),
            as_author=as_author,
        )

    return approve


def test_a_lead_approves_and_merges_in_their_own_name(approve, world):
    approve()
    assert world.done[-2:] == ["approve !1 as minh.le", "merge !1 as minh.le"]
    assert world.gitlab.request().merge_request.state == "merged"


def test_twice_is_once(approve, world):
    approve()
    approve()
    assert world.done.count("approve !1 as minh.le") == 1
    assert world.done.count("merge !1 as minh.le") == 1


def test_after_a_crash_between_approval_and_merge_it_only_merges(approve, world):
    request = world.gitlab.request()
    world.host("U_MINH").approve("growth/pipelines", 1, sha=request.merge_request.sha)
    approve()
    assert world.done.count("approve !1 as minh.le") == 1
    assert request.merge_request.state == "merged"


def test_while_the_pipeline_runs_it_merges_later(approve, world):
    world.gitlab.run_pipeline("running")
    approve()
    assert world.gitlab.request().merge_request.state == "opened"
    world.gitlab.run_pipeline("success")
    assert world.gitlab.request().merge_request.state == "merged"


def test_the_author_is_refused(approve, world):
    with pytest.raises(Refused, match="You wrote this change yourself"):
        approve("U_THU")
    assert not world.gitlab.request().approvals


def test_who_does_not_lead_is_refused(approve):
    with pytest.raises(Refused, match="Only those who lead growth"):
        approve("U_LAN")


def test_a_lead_who_pushed_to_the_branch_is_refused(approve, world):
    request = world.gitlab.request().merge_request
    push = Push(user_id=12, branch=request.source_branch, head_sha="x", at=world.now)
    world.gitlab.pushed.append(("growth/pipelines", push))
    with pytest.raises(Refused, match="You pushed to this branch"):
        approve()


def test_another_commit_than_the_one_seen_is_refused(approve):
    with pytest.raises(Refused, match="New commits came"):
        approve(sha="0" * 40)


def test_a_red_pipeline_is_refused(approve, world):
    world.gitlab.run_pipeline("failed")
    with pytest.raises(Refused, match="pipeline of this change is red"):
        approve()


def test_a_closed_merge_request_is_refused(approve, world):
    request = world.gitlab.request()
    closed = request.merge_request.model_copy(update={"state": "closed"})
    request.merge_request = closed
    with pytest.raises(Refused, match="was closed"):
        approve()


def test_when_the_default_branch_moved_on_the_author_rebases_and_the_lead_looks_again(
    approve, world
):
    seen = world.gitlab.request().merge_request.sha
    world.gitlab.commit("growth/pipelines", "main", {"dags/other.dag.yaml": "x"})
    with pytest.raises(Refused, match="I rebased the change in the name of Thu Tran"):
        approve()
    assert world.done[-1] == "rebase !1 as thu.tran"
    assert not world.gitlab.request().approvals
    with pytest.raises(Refused, match="New commits came"):
        approve(sha=seen)
    world.gitlab.run_pipeline("success")
    approve()
    assert world.gitlab.request().merge_request.state == "merged"


def test_an_author_without_a_link_has_to_rebase_in_gitlab(approve, world):
    def gone():
        raise NotLinked

    world.gitlab.commit("growth/pipelines", "main", {"dags/other.dag.yaml": "x"})
    with pytest.raises(Refused, match="Thu Tran has to rebase"):
        approve(as_author=gone)


def test_a_clash_with_what_was_merged_is_explained(approve, world):
    request = world.gitlab.request()
    request.merge_request = request.merge_request.model_copy(update={"has_conflicts": True})
    with pytest.raises(Refused, match="Thu Tran has to rebase"):
        approve()
    assert not request.approvals


def test_a_rebase_that_gitlab_refuses_is_explained(approve, world):
    class Clashing:
        def rebase(self, project, iid):
            raise Refused("GitLab cannot rebase it: conflict.")

    world.gitlab.commit("growth/pipelines", "main", {"dags/other.dag.yaml": "x"})
    with pytest.raises(Refused, match="cannot be put on top of it by itself"):
        approve(as_author=Clashing)
