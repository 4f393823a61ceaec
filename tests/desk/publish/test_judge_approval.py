"""The rule about approvals, on its edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airdesk.model import Approval, DiffVersion, MergeRequest, Push
from airdesk.publishing.judge_approval import Judgement, judge_approval
from airdesk_render.names import Team

OPENED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
THU, MINH, AN = 1, 2, 3


def minutes(number: float) -> datetime:
    return OPENED + timedelta(minutes=number)


def judged(
    *approvals: tuple[int, str, float],
    pushes: tuple[Push, ...] = (),
    versions: tuple[float, ...] = (0,),
    author: int = THU,
) -> Judgement:
    request = MergeRequest(
        project="growth/pipelines",
        iid=7,
        url="http://gitlab.test/growth/pipelines/-/merge_requests/7",
        title="t",
        state="merged",
        source_branch="b",
        sha="a",
        author_id=author,
        author_name="x",
    )
    return judge_approval(
        request,
        team=Team("growth"),
        approvals=[
            Approval(user_id=user, name=name, username=name.lower(), at=minutes(at))
            for user, name, at in approvals
        ],
        versions=[DiffVersion(head_sha="a", created_at=minutes(at)) for at in versions],
        pushes=pushes,
        leads=frozenset({MINH, AN}),
    )


def test_one_good_approval_suffices_beside_bad_ones():
    judgement = judged((THU, "Thu", 1), (MINH, "Minh", 2))
    assert judgement == Judgement(sufficient=True, approved_by=("minh",))


def test_an_approval_at_the_very_time_of_the_push_does_not_count():
    assert not judged((MINH, "Minh", 0)).sufficient
    assert judged((MINH, "Minh", 0.01)).sufficient


def test_every_flaw_is_told():
    judgement = judged((THU, "Thu", 1), (MINH, "Minh", 1), versions=(5, 0))
    assert judgement.reason == (
        "Thu wrote this change and cannot approve it; a lead of growth must; "
        "Minh approved before the last push (2026-11-22 08:05 UTC) and must approve again."
    )


def test_without_approvals_it_says_who_must_approve():
    assert judged().reason == (
        "No approval by a lead of growth; a lead of growth must approve growth/pipelines!7."
    )
    assert "another lead of growth" in judged(author=MINH).reason


def test_without_a_version_nothing_suffices():
    assert not judged((MINH, "Minh", 1), versions=()).sufficient


def test_a_push_of_unnamed_branches_counts_while_the_request_was_open():
    during = Push(user_id=MINH, branch="", head_sha="", at=minutes(3))
    long_before = Push(user_id=MINH, branch="", head_sha="", at=minutes(-600))
    assert not judged((MINH, "Minh", 9), pushes=(during,), versions=(4, 0)).sufficient
    assert judged((MINH, "Minh", 9), pushes=(long_before,), versions=(4, 0)).sufficient
