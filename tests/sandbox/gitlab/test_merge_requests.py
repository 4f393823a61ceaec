from __future__ import annotations

from datetime import datetime

import pytest


@pytest.fixture
def topic(site, tools):
    """A project with an open merge request of a Developer, and a Maintainer as lead."""

    class Topic:
        def __init__(self, **settings):
            self.project = site.project({"a.txt": "one\n"}, **settings)
            self.author = site.member(self.project, 30)
            self.lead = site.member(self.project, 40)
            self.push("a.txt", "two\n")
            self.iid = (
                self.author.project(self.project)
                .mergerequests.create(
                    {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
                )
                .iid
            )

        def push(self, path, text, branch="topic", person=None):
            seen = (person or self.author).project(self.project)
            return tools.commit(seen, branch, {path: text}).id

        def seen_by(self, person):
            return person.project(self.project).mergerequests.get(self.iid)

    return Topic


def test_it_tells_what_clients_need(topic):
    it = topic()
    request = it.seen_by(it.lead)
    assert request.state == "opened"
    assert request.author["id"] == it.author.user.id
    assert request.detailed_merge_status == "mergeable"
    assert request.sha == request.diff_refs["head_sha"]
    assert request.changes_count == "1"
    assert request.web_url.endswith(f"/-/merge_requests/{it.iid}")
    assert request.changes()["changes"][0]["diff"] == "@@ -1 +1 @@\n-one\n+two\n"
    assert [commit.title for commit in request.commits()] == ["Write a.txt"]


def test_one_open_request_per_source_and_target(topic, tools):
    it = topic()
    again = {"source_branch": "topic", "target_branch": "main", "title": "Again"}
    seen = it.author.project(it.project)
    refusal = tools.refused(409, lambda: seen.mergerequests.create(again))
    assert f"!{it.iid}" in refusal
    request = it.seen_by(it.author)
    request.state_event = "close"
    request.save()
    assert request.state == "closed"
    assert seen.mergerequests.create(again).iid == it.iid + 1


def test_lists_are_filtered(topic):
    it = topic()
    rows = it.project.mergerequests.list
    assert [r.iid for r in rows(state="opened", source_branch="topic")] == [it.iid]
    assert rows(source_branch="other") == []
    assert rows(state="merged") == []
    assert [r.iid for r in rows(author_id=it.author.user.id, iids=[it.iid])] == [it.iid]
    assert rows(author_id=it.lead.user.id) == []


def test_an_approval_is_bound_to_what_was_seen(topic, tools):
    it = topic()
    request = it.seen_by(it.lead)
    it.push("a.txt", "three\n")
    refusal = tools.refused(409, lambda: request.approve(sha=request.sha))
    assert "SHA does not match HEAD of source branch" in refusal
    fresh = it.seen_by(it.lead)
    fresh.approve(sha=fresh.sha)
    row = it.seen_by(it.lead).approvals.get().approved_by[0]
    assert row["user"]["id"] == it.lead.user.id
    assert datetime.fromisoformat(row["approved_at"]).tzinfo is not None


def test_free_lets_the_author_approve_and_keeps_approvals_on_a_push(topic, tools):
    it = topic()
    it.seen_by(it.author).approve()
    it.push("a.txt", "three\n")
    approvals = it.seen_by(it.lead).approvals.get()
    assert [row["user"]["id"] for row in approvals.approved_by] == [it.author.user.id]
    assert approvals.approvals_required == 0
    tools.refused(401, it.seen_by(it.author).approve)
    it.seen_by(it.author).unapprove()
    assert it.seen_by(it.lead).approvals.get().approved_by == []
    tools.refused(404, it.seen_by(it.author).unapprove)


def test_a_fast_forward_merge_makes_no_commit(topic):
    it = topic(merge_method="ff")
    request = it.seen_by(it.lead)
    sha = request.sha
    request.merge(sha=sha)
    merged = it.seen_by(it.lead)
    assert (merged.state, merged.merged_by["id"]) == ("merged", it.lead.user.id)
    assert merged.merge_commit_sha is None
    assert it.project.branches.get("main").commit["id"] == sha
    assert "topic" not in [branch.name for branch in it.project.branches.list()]


def test_a_merge_commit_joins_two_lines(topic):
    it = topic(merge_method="merge", remove_source_branch_after_merge=False)
    it.push("b.txt", "b\n", branch="main", person=it.lead)
    request = it.seen_by(it.lead)
    request.merge()
    merged = it.seen_by(it.lead)
    head = it.project.commits.get("main")
    assert merged.merge_commit_sha == head.id
    assert len(head.parent_ids) == 2
    assert head.title == "Merge branch 'topic' into 'main'"
    assert "topic" in [branch.name for branch in it.project.branches.list()]


def rebased(tools, it):
    """The merge request once its rebase has ended."""

    def ended():
        found = it.lead.project(it.project).mergerequests.get(
            it.iid, include_rebase_in_progress=True
        )
        return None if found.rebase_in_progress else found

    return tools.wait_for(ended)


def test_some_facts_are_told_only_when_asked_for(topic):
    it = topic()
    assert "rebase_in_progress" not in it.seen_by(it.lead).attributes
    asked = {"include_diverged_commits_count": True, "include_rebase_in_progress": True}
    found = it.lead.project(it.project).mergerequests.get(it.iid, **asked)
    assert (found.diverged_commits_count, found.rebase_in_progress) == (0, False)


def test_who_may_not_push_to_the_source_may_not_rebase(topic, tools, site):
    it = topic()
    refusal = tools.refused(403, it.seen_by(site.member(it.project, 20)).rebase)
    assert "Cannot push to source branch" in refusal


def test_a_rebase_may_go_without_a_pipeline(site, tools):
    job = "job:\n  script: [echo]\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    project = site.project({".gitlab-ci.yml": job}, merge_method="ff")
    tools.commit(project, "topic", {"a": "1"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "T"}
    )
    tools.pipeline(project, source="merge_request_event")
    tools.commit(project, "main", {"b": "1"})
    request.rebase(skip_ci=True)
    tools.wait_for(lambda: project.mergerequests.get(request.iid).sha != request.sha)
    assert len(project.mergerequests.get(request.iid).pipelines.list()) == 1


def test_fast_forward_needs_a_rebase_once_main_moved(topic, tools):
    it = topic(merge_method="ff")
    it.push("b.txt", "b\n", branch="main", person=it.lead)
    request = it.seen_by(it.lead)
    assert request.detailed_merge_status == "need_rebase"
    tools.refused(422, request.merge)
    assert request.rebase() == {"rebase_in_progress": True}
    fresh = rebased(tools, it)
    assert (fresh.merge_error, fresh.detailed_merge_status) == (None, "mergeable")
    fresh.merge(sha=fresh.sha)
    assert it.project.files.raw("b.txt", ref="main") == b"b\n"
    assert it.project.files.raw("a.txt", ref="main") == b"two\n"


def test_conflicts_are_seen_and_not_merged(topic, tools):
    it = topic(merge_method="merge")
    it.push("a.txt", "other\n", branch="main", person=it.lead)
    request = it.seen_by(it.lead)
    assert (request.detailed_merge_status, request.has_conflicts) == ("conflict", True)
    assert tools.refused(422, request.merge) == "Branch cannot be merged"
    request.rebase()
    found = rebased(tools, it)
    assert found.merge_error.startswith("Rebase failed: Rebase locally, resolve all conflicts")
    assert found.sha == request.sha


def test_who_may_not_push_to_the_target_may_not_merge(topic, tools):
    it = topic()
    assert tools.refused(401, it.seen_by(it.author).merge) == "401 Unauthorized"


def test_merging_is_bound_to_what_was_seen(topic, tools):
    it = topic()
    request = it.seen_by(it.lead)
    it.push("a.txt", "three\n")
    tools.refused(409, lambda: request.merge(sha=request.sha))


def test_auto_merge_is_refused_where_the_branches_do_not_fit(topic, tools):
    it = topic(merge_method="ff", only_allow_merge_if_pipeline_succeeds=True)
    it.push("b.txt", "b\n", branch="main", person=it.lead)
    request = it.seen_by(it.lead)
    refusal = tools.refused(422, lambda: request.merge(merge_when_pipeline_succeeds=True))
    assert refusal == "Branch cannot be merged: need_rebase"


def test_filters_it_does_not_know_are_refused(topic, tools):
    it = topic()
    refusal = tools.refused(501, lambda: it.project.mergerequests.list(milestone="x"))
    assert refusal == "501 Not Implemented: filter milestone"


def test_drafts_and_closed_requests_do_not_merge(topic, tools):
    it = topic()
    request = it.seen_by(it.lead)
    request.title = "Draft: Topic"
    request.save()
    assert request.detailed_merge_status == "draft_status"
    tools.refused(405, request.merge)
    request.title, request.state_event = "Topic", "close"
    request.save()
    tools.refused(405, request.merge)


def test_without_a_pipeline_nothing_merges_where_pipelines_must_succeed(topic, tools):
    it = topic(only_allow_merge_if_pipeline_succeeds=True)
    request = it.seen_by(it.lead)
    assert request.detailed_merge_status == "ci_must_pass"
    tools.refused(405, request.merge)


def test_squashing_is_refused_as_not_implemented(topic, tools):
    it = topic()
    tools.refused(501, lambda: it.seen_by(it.lead).merge(squash=True))


def test_notes_belong_to_their_authors(topic, tools, site):
    it = topic()
    reporter = site.member(it.project, 20)
    note = it.seen_by(reporter).notes.create({"body": "First"})
    note.body = "Better"
    note.save()
    assert it.seen_by(it.lead).notes.get(note.id).body == "Better"
    foreign = it.seen_by(it.author).notes.get(note.id)
    foreign.body = "Not mine"
    tools.refused(403, foreign.save)
    it.seen_by(it.lead).notes.get(note.id).delete()
    tools.refused(404, lambda: it.seen_by(it.lead).notes.get(note.id))


def test_pushes_are_told_with_person_and_commit(topic):
    it = topic()
    later = it.push("a.txt", "by the lead\n", person=it.lead)
    told = [
        (event.author["id"], event.push_data["commit_to"])
        for event in it.project.events.list(action="pushed", get_all=True)
        if event.push_data["ref"] == "topic"
    ]
    assert told[0] == (it.lead.user.id, later)
    assert {author for author, _ in told} == {it.lead.user.id, it.author.user.id}
