"""Forks: what they may, and above all what they do not get."""

from __future__ import annotations

import pytest

JOB = """
job:
  script: ['echo "guarded=${GUARDED-absent} plain=${PLAIN-absent} in=$CI_PROJECT_PATH"']
  rules: [{if: $CI_MERGE_REQUEST_IID}]
"""


@pytest.fixture
def forked(site, tools):
    """An internal project with secrets, an outsider, and the outsider's fork of it."""
    project = site.project({".gitlab-ci.yml": JOB, "a.txt": "one\n"}, visibility="internal")
    project.variables.create({"key": "GUARDED", "value": "for-main", "protected": True})
    project.variables.create({"key": "PLAIN", "value": "of-the-project"})
    outsider = site.person()
    made = outsider.project(project).forks.create({})
    fork = tools.wait_for(
        lambda: next(
            (
                found
                for found in [outsider.client.projects.get(made.id)]
                if found.import_status == "finished"
            ),
            None,
        )
    )
    return project, outsider, fork


def send(tools, outsider, project, fork, branch="topic"):
    tools.commit(fork, branch, {"a.txt": "two\n"})
    return fork.mergerequests.create(
        {"source_branch": branch, "target_branch": "main", "title": "From outside"}
        | {"target_project_id": project.id}
    )


def test_a_fork_has_the_branches_and_none_of_the_secrets(forked, site, tools):
    project, outsider, fork = forked
    assert fork.forked_from_project["id"] == project.id
    assert fork.namespace["full_path"] == outsider.user.username
    assert fork.files.raw("a.txt", ref="main") == b"one\n"
    assert fork.variables.list() == []
    assert [row.id for row in project.forks.list()] == [fork.id]
    assert site.admin.projects.get(project.id).forks_count == 1
    tools.refused(409, lambda: outsider.project(project).forks.create({}))
    tools.refused(404, lambda: site.person().client.projects.get(site.project().id))


def test_a_merge_request_of_a_fork_runs_in_the_fork(forked, tools):
    project, outsider, fork = forked
    request = send(tools, outsider, project, fork)
    assert (request.project_id, request.source_project_id) == (project.id, fork.id)
    pipeline = tools.pipeline(fork, source="merge_request_event")
    assert pipeline.ref == "topic"
    trace = tools.traces(fork, pipeline)["job"]
    assert f"guarded=absent plain=absent in={fork.path_with_namespace}" in trace
    assert project.pipelines.list(source="merge_request_event") == []
    assert project.mergerequests.get(request.iid).head_pipeline["project_id"] == fork.id


def test_a_member_runs_it_in_the_project_without_protected_variables(forked, site, tools):
    project, outsider, fork = forked
    request = send(tools, outsider, project, fork)
    member = site.member(project, 30)
    seen = member.project(project).mergerequests.get(request.iid)
    made = seen.pipelines.create({})
    assert made.project_id == project.id
    pipeline = tools.pipeline(project, source="merge_request_event")
    trace = tools.traces(project, pipeline)["job"]
    assert f"guarded=absent plain=of-the-project in={project.path_with_namespace}" in trace
    project.ci_allow_fork_pipelines_to_run_in_parent_project = False
    project.save()
    tools.refused(403, lambda: seen.pipelines.create({}))


def test_an_outsider_starts_nothing_in_the_project(forked, tools):
    project, outsider, fork = forked
    request = send(tools, outsider, project, fork)
    seen = outsider.project(project).mergerequests.get(request.iid)
    assert seen.pipelines.create({}).project_id == fork.id
    tools.refused(401, seen.merge)
    tools.refused(403, lambda: tools.commit(outsider.project(project), "mine", {"x": "x"}))


def test_a_forks_request_is_updated_and_merged(forked, tools):
    project, outsider, fork = forked
    request = send(tools, outsider, project, fork)
    first = request.sha
    later = tools.commit(fork, "topic", {"a.txt": "three\n"}).id
    found = project.mergerequests.get(request.iid)
    assert (found.sha, len(found.diffs.list())) == (later, 2)
    assert first != later
    found.merge(sha=later)
    assert project.files.raw("a.txt", ref="main") == b"three\n"
    assert project.mergerequests.get(request.iid).state == "merged"


def test_projects_that_are_no_kin_send_each_other_nothing(forked, site, tools):
    project, _, _ = forked
    other = site.project(visibility="internal")
    member = site.member(other, 30)
    tools.commit(member.project(other), "topic", {"x": "1"})
    sent = {"source_branch": "topic", "target_branch": "main", "title": "x"}
    sent["target_project_id"] = project.id
    refusal = tools.refused(422, lambda: member.project(other).mergerequests.create(sent))
    assert "not a fork" in refusal


def test_when_a_fork_goes_its_requests_are_closed(forked, tools):
    project, outsider, fork = forked
    request = send(tools, outsider, project, fork)
    tools.pipeline(fork, source="merge_request_event")
    fork.delete()
    assert project.mergerequests.get(request.iid).state == "closed"
