"""Threads on merge requests."""

from __future__ import annotations

import pytest


@pytest.fixture
def talk(site, tools):
    """An open merge request, its author and a lead, as each sees it."""
    project = site.project({"a.txt": "one\n"})
    author, lead = site.member(project, 30), site.member(project, 40)
    tools.commit(author.project(project), "topic", {"a.txt": "two\n"})
    made = author.project(project).mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
    )
    return (
        project,
        author.project(project).mergerequests.get(made.iid),
        lead.project(project).mergerequests.get(made.iid),
    )


def test_a_thread_is_begun_answered_and_resolved(talk):
    project, mine, leads = talk
    thread = leads.discussions.create({"body": "Why two?"})
    assert thread.individual_note is False
    assert (thread.attributes["notes"][0]["type"], thread.attributes["notes"][0]["resolved"]) == (
        "DiscussionNote",
        False,
    )
    assert project.mergerequests.get(mine.iid).blocking_discussions_resolved is False
    found = mine.discussions.get(thread.id)
    found.notes.create({"body": "Because"})
    found.resolved = True
    found.save()
    notes = leads.discussions.get(thread.id).attributes["notes"]
    assert [note["body"] for note in notes] == ["Why two?", "Because"]
    assert {note["resolved"] for note in notes} == {True}
    assert notes[0]["resolved_by"]["id"] == mine.author["id"]
    assert project.mergerequests.get(mine.iid).blocking_discussions_resolved is True


def test_open_threads_can_forbid_merging(talk, tools):
    project, _, leads = talk
    project.only_allow_merge_if_all_discussions_are_resolved = True
    project.save()
    thread = leads.discussions.create({"body": "Wait"})
    assert project.mergerequests.get(leads.iid).detailed_merge_status == "discussions_not_resolved"
    tools.refused(405, leads.merge)
    thread.resolved = True
    thread.save()
    leads.merge()
    assert leads.state == "merged"


def test_a_comment_that_stands_alone_becomes_a_thread_by_an_answer(talk):
    _, mine, leads = talk
    note = leads.notes.create({"body": "Nice"})
    (alone,) = [d for d in leads.discussions.list() if d.individual_note]
    assert alone.attributes["notes"][0]["id"] == note.id
    mine.discussions.get(alone.id).notes.create({"body": "Thanks"})
    found = leads.discussions.get(alone.id)
    assert found.individual_note is False
    assert [note["body"] for note in found.attributes["notes"]] == ["Nice", "Thanks"]


def test_a_thread_stands_on_a_line_of_the_diff(talk, tools):
    _, mine, leads = talk
    place = {**leads.diff_refs, "position_type": "text", "new_path": "a.txt", "new_line": 1}
    thread = leads.discussions.create({"body": "This line", "position": place})
    note = thread.attributes["notes"][0]
    assert note["type"] == "DiffNote"
    assert (note["position"]["new_path"], note["position"]["new_line"]) == ("a.txt", 1)
    elsewhere = {**place, "new_path": "nowhere.txt"}
    refusal = tools.refused(
        400, lambda: mine.discussions.create({"body": "x", "position": elsewhere})
    )
    assert "line_code" in refusal


def test_readers_answer_and_do_not_resolve(talk, site, tools):
    project, _, leads = talk
    thread = leads.discussions.create({"body": "Why?"})
    reader = site.member(project, 20).project(project).mergerequests.get(leads.iid)
    found = reader.discussions.get(thread.id)
    found.notes.create({"body": "I wonder, too"})
    found.resolved = True
    tools.refused(403, found.save)
    theirs = reader.discussions.get(thread.id).notes.get(thread.attributes["notes"][0]["id"])
    theirs.body = "Not mine"
    tools.refused(403, theirs.save)
    tools.refused(404, lambda: leads.discussions.get("0" * 40))


def test_auto_merge_waits_for_open_threads(site, tools):
    job = "job:\n  script: [echo]\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    project = site.project(
        {".gitlab-ci.yml": job}, only_allow_merge_if_all_discussions_are_resolved=True
    )
    tools.commit(project, "topic", {"x": "1"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
    )
    thread = request.discussions.create({"body": "Wait"})
    tools.pipeline(project, source="merge_request_event")
    request.merge(auto_merge=True)
    found = project.mergerequests.get(request.iid)
    assert (found.state, found.merge_when_pipeline_succeeds) == ("opened", True)
    thread.resolved = True
    thread.save()
    assert project.mergerequests.get(request.iid).state == "merged"
