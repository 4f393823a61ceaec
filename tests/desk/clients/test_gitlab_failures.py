"""What people are told when GitLab says no, stumbles or is silent."""

from __future__ import annotations

import pytest
from airdesk.clients.gitlab import GitLabHost, current_person
from airdesk.clients.gitlab.reviews import push_of
from airdesk.errors import NotLinked, Refused, Unavailable

PROJECT = "growth/pipelines"


@pytest.fixture
def person(answers):
    return GitLabHost(answers.url, oauth_token="t")


@pytest.fixture
def account(answers):
    return GitLabHost(answers.url, private_token="t")


def test_reads_are_tried_again_when_gitlab_stumbles(answers, account):
    answers.answer((502, {}), (503, {}), (200, {"id": 1, "default_branch": "main"}))
    assert account.default_branch(PROJECT) == "main"
    assert len(answers.requests) == 3


def test_after_three_attempts_it_is_unavailable(answers, account):
    answers.answer((502, {}))
    with pytest.raises(Unavailable, match="502"):
        account.default_branch(PROJECT)
    assert len(answers.requests) == 3


def test_changes_are_sent_once(answers, person):
    answers.answer((200, []), (200, {"id": 1, "default_branch": "main"}), (500, {}))
    with pytest.raises(Unavailable):
        person.open_merge_request(PROJECT, "b", title="t", description="d")
    assert [request.split()[0] for request in answers.requests] == ["GET", "GET", "POST"]


def test_no_gitlab_at_all_is_unavailable(free_port):
    host = GitLabHost(f"http://127.0.0.1:{free_port()}", private_token="t")
    with pytest.raises(Unavailable, match="GitLab does not answer"):
        host.head(PROJECT, "main")


def test_an_ended_link_says_how_to_link_again(answers, person):
    answers.answer((401, {"message": "401 Unauthorized"}))
    with pytest.raises(NotLinked, match="/airflow link"):
        person.head(PROJECT, "main")
    with pytest.raises(NotLinked, match="/airflow link"):
        current_person(answers.url, "t")


def test_an_accounts_dead_token_is_the_operators_matter(answers, account):
    answers.answer((401, {"message": "401 Unauthorized"}))
    with pytest.raises(Unavailable, match="operator"):
        account.head(PROJECT, "main")


def test_a_missing_project_is_named(answers, person):
    answers.answer((404, {"message": "404 Project Not Found"}))
    with pytest.raises(Refused, match=r"growth/pipelines.*404 Not Found"):
        person.default_branch(PROJECT)


def test_approving_a_stale_version_is_refused(answers, person):
    answers.answer((409, {"message": "SHA does not match HEAD of source branch"}))
    with pytest.raises(Refused, match="got a push after you looked"):
        person.approve(PROJECT, 1, sha="abc")


def test_approving_twice_is_fine(answers, person):
    answers.answer(
        (401, {"message": "401 Unauthorized"}),
        (200, {"id": 7}),
        (200, {"approved_by": [{"user": {"id": 7}}]}),
    )
    person.approve(PROJECT, 1, sha="abc")


def test_an_approval_that_gitlab_does_not_take_is_refused(answers, person):
    answers.answer(
        (401, {"message": "401 Unauthorized"}), (200, {"id": 7}), (200, {"approved_by": []})
    )
    with pytest.raises(Refused, match="does not let you approve growth/pipelines!1"):
        person.approve(PROJECT, 1, sha="abc")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("ci_must_pass", Refused, "its pipeline must pass first"),
        ("need_rebase", Refused, "rebase it"),
        ("checking", Unavailable, "still finds out"),
        ("something_new", Refused, "Method Not Allowed"),
    ],
)
def test_why_it_cannot_be_merged(answers, person, status, error, words):
    request = {"id": 1, "iid": 1, "state": "opened", "detailed_merge_status": status}
    answers.answer((200, request), (405, {"message": "405 Method Not Allowed"}))
    with pytest.raises(error, match=words):
        person.merge(PROJECT, 1, sha="abc")


def test_merging_what_is_merged_is_fine(answers, person):
    answers.answer((200, {"id": 1, "iid": 1, "state": "merged"}))
    person.merge(PROJECT, 1, sha="abc")
    assert len(answers.requests) == 1


def event(**push_data: object) -> dict:
    return {"author_id": 3, "created_at": "2026-11-22T08:00:00.000Z", "push_data": push_data}


def test_deleting_a_branch_is_no_push_to_it():
    assert push_of(event(action="removed", ref="b", ref_type="branch", commit_to=None)) is None
    assert push_of(event(action="created", ref="v1", ref_type="tag", commit_to="a")) is None


def test_a_push_of_many_branches_names_none():
    found = push_of(event(action="pushed", ref=None, ref_type="branch", ref_count=5))
    assert found is not None
    assert (found.user_id, found.branch) == (3, "")
