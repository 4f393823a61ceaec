"""Roles as GitLab Free grants them: what each may do in a private project, and outsiders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

NOBODY, GUEST, REPORTER, DEVELOPER, MAINTAINER = 0, 10, 20, 30, 40


@dataclass
class Deed:
    """Something to do, the lowest role that may, and how others are refused."""

    lowest: int
    work: Callable[[Any, Any], Any]
    refusals: tuple[int, ...] = (403, 404)


def _file(project: Any) -> dict[str, Any]:
    action = {"action": "create", "file_path": f"f{id(project)}", "content": "x"}
    return {"commit_message": "x", "actions": [action]}


DEEDS = {
    "read the project": Deed(GUEST, lambda p, _: p.name),
    "read code": Deed(REPORTER, lambda p, _: p.files.get("README.md", ref="main")),
    "read a merge request": Deed(REPORTER, lambda p, m: p.mergerequests.get(m.iid)),
    "comment": Deed(
        REPORTER, lambda p, m: p.mergerequests.get(m.iid).notes.create({"body": "hello"})
    ),
    "read pipelines": Deed(REPORTER, lambda p, _: p.pipelines.list()),
    "push a branch": Deed(
        DEVELOPER,
        lambda p, _: p.commits.create({"branch": f"b{id(p)}", "start_branch": "main"} | _file(p)),
    ),
    "push to main": Deed(MAINTAINER, lambda p, _: p.commits.create({"branch": "main"} | _file(p))),
    "approve": Deed(DEVELOPER, lambda p, m: p.mergerequests.get(m.iid).approve()),
    "merge into main": Deed(
        MAINTAINER, lambda p, m: p.mergerequests.get(m.iid).merge(), (401, 403, 404)
    ),
    "read hooks": Deed(MAINTAINER, lambda p, _: p.hooks.list()),
    "read variables": Deed(MAINTAINER, lambda p, _: p.variables.list()),
    "make triggers": Deed(MAINTAINER, lambda p, _: p.triggers.create({"description": "x"})),
    "make deploy tokens": Deed(
        MAINTAINER,
        lambda p, _: p.deploytokens.create({"name": "x", "scopes": ["read_repository"]}),
    ),
    "protect a branch": Deed(
        MAINTAINER, lambda p, _: p.protectedbranches.create({"name": f"b{id(p)}"})
    ),
    "change settings": Deed(
        MAINTAINER, lambda p, _: p.manager.update(p.id, {"description": "new"})
    ),
}


@pytest.mark.parametrize("name", DEEDS)
def test_role_decides(site, tools, name):
    deed = DEEDS[name]
    for level in (NOBODY, GUEST, REPORTER, DEVELOPER, MAINTAINER):
        project = site.project()
        tools.commit(project, "topic", {"topic.txt": "topic"})
        request = project.mergerequests.create(
            {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
        )
        person = site.member(project, level) if level else site.person()
        seen = person.client.projects.get(project.id, lazy=True)

        def work(seen: Any = seen, request: Any = request, person: Any = person) -> None:
            whole = person.project(seen) if name == "read the project" else seen
            deed.work(whole, request)

        if level >= deed.lowest:
            work()
        else:
            with pytest.raises(Exception) as refusal:  # noqa: PT011  the status tells
                work()
            assert getattr(refusal.value, "response_code", 0) in deed.refusals


def test_a_private_project_does_not_exist_for_outsiders(site, tools):
    project, person = site.project(), site.person()
    assert tools.refused(404, lambda: person.project(project)) == "404 Project Not Found"
    by_path = project.path_with_namespace
    tools.refused(404, lambda: person.client.projects.get(by_path))
    assert project.id not in [p.id for p in person.client.projects.list(get_all=True)]


def test_an_internal_project_is_readable_for_everybody_signed_in(site, tools):
    project, person = site.project(visibility="internal"), site.person()
    seen = person.project(project)
    assert seen.files.get("README.md", ref="main").decode() == b"# Hello\n"
    tools.refused(403, lambda: tools.commit(seen, "mine", {"x": "x"}))
    answer = site.http.get(f"/api/v4/projects/{project.id}", headers={"PRIVATE-TOKEN": ""})
    assert answer.status_code == 401


def test_no_one_may_push_where_no_one_is_allowed(site, tools):
    project = site.project()
    project.protectedbranches.delete("main")
    project.protectedbranches.create(
        {"name": "main", "push_access_level": 0, "merge_access_level": 40}
    )
    lead = site.member(project, 40)
    refusal = tools.refused(403, lambda: tools.commit(lead.project(project), "main", {"x": "y"}))
    assert "not allowed to push" in refusal
    tools.commit(lead.project(project), "topic", {"x": "y"})
    request = lead.project(project).mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "x"}
    )
    request.merge()
    assert request.state == "merged"


def test_a_pattern_protects_branches(site, tools):
    project = site.project()
    project.protectedbranches.create({"name": "release/*"})
    person = site.member(project, 30)
    tools.refused(403, lambda: tools.commit(person.project(project), "release/1", {"x": "y"}))
    tools.commit(person.project(project), "releases", {"x": "y"})


def test_the_author_may_edit_and_approve_without_a_role(site, tools):
    """GitLab Free: who may update a merge request may approve it, its author included."""
    project = site.project()
    author = site.member(project, 30)
    tools.commit(author.project(project), "topic", {"x": "y"})
    made = author.project(project).mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Mine"}
    )
    member = project.members.get(author.user.id)
    member.access_level = 20
    member.save()
    request = author.project(project).mergerequests.get(made.iid)
    request.approve()
    approved = project.mergerequests.get(made.iid).approvals.get().approved_by
    assert [row["user"]["id"] for row in approved] == [author.user.id]
