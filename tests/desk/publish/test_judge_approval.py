"""The rule about approvals, on its edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airdesk.model import Approval, CountedApproval, DiffVersion, MergeRequest, Push
from airdesk.publishing.judge_approval import Judgement, judge_approval
from airdesk_render.names import Team

OPENED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
THU, MINH, AN, SAM = 1, 2, 3, 5
PEOPLE = {"lead": frozenset({MINH, AN}), "security": frozenset({AN, SAM, THU})}
BOTH = ("lead", "security")


def minutes(number: float) -> datetime:
    return OPENED + timedelta(minutes=number)


def judged(
    *approvals: tuple[int, str, float],
    pushes: tuple[Push, ...] = (),
    versions: tuple[float, ...] = (0,),
    author: int = THU,
    needed: tuple[str, ...] = ("lead",),
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
        needed=needed,
        people={kind: PEOPLE[kind] for kind in dict.fromkeys((*needed, "lead"))},
    )


def test_one_good_approval_suffices_beside_bad_ones():
    judgement = judged((THU, "Thu", 1), (MINH, "Minh", 2))
    assert judgement.sufficient
    assert judgement.approvals == (CountedApproval(username="minh", kind="lead", at=minutes(2)),)


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


def test_each_needed_approval_takes_a_person_of_its_own():
    alone = judged((AN, "An", 1), needed=BOTH)  # a lead who is also of security
    assert alone.reason == "Nobody of security has approved growth/pipelines!7."
    assert judged((AN, "An", 1), (SAM, "Sam", 2), needed=BOTH).sufficient
    assert judged((AN, "An", 1), (MINH, "Minh", 2), needed=BOTH).sufficient


def test_whoever_is_of_two_kinds_takes_the_seat_that_is_left():
    found = judged((AN, "An", 1), (MINH, "Minh", 2), needed=BOTH)
    assert {one.username: one.kind for one in found.approvals} == {"an": "security", "minh": "lead"}


def test_two_leads_are_two_people():
    two = ("lead", "lead")
    assert judged((MINH, "Minh", 1), needed=two).reason == (
        "One more lead of growth must approve growth/pipelines!7."
    )
    assert judged((MINH, "Minh", 1), (AN, "An", 1), needed=two).sufficient


def test_an_author_of_security_cannot_approve_for_security():
    found = judged((MINH, "Minh", 1), (THU, "Thu", 2), needed=BOTH)
    assert found.reason == (
        "Thu wrote this change and cannot approve it; another of security must; "
        "nobody of security has approved growth/pipelines!7."
    )


def test_what_is_told_of_others_is_about_what_is_missing():
    late = judged((MINH, "Minh", 9), (SAM, "Sam", 3), needed=BOTH, versions=(5, 0))
    assert late.reason == (
        "Sam approved before the last push (2026-11-22 08:05 UTC) and must approve again; "
        "nobody of security has approved growth/pipelines!7."
    )


def test_where_nobody_has_to_look_an_approval_is_noted_all_the_same():
    assert judged(needed=()).sufficient
    assert judged((MINH, "Minh", 1), needed=()).approved_by == ("minh",)
    assert judged((THU, "Thu", 1), needed=()).approved_by == ()
