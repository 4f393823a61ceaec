from __future__ import annotations

import base64
import io
import tarfile

import pytest


def test_a_commit_of_several_actions(site, tools):
    project = site.project({"a.txt": "a\n", "b.txt": "b\n", "c/d.txt": "d\n"})
    made = project.commits.create(
        {
            "branch": "topic",
            "start_branch": "main",
            "commit_message": "Rearrange\n\nAll of it.",
            "actions": [
                {"action": "update", "file_path": "a.txt", "content": "A\n"},
                {"action": "delete", "file_path": "b.txt"},
                {"action": "move", "previous_path": "c/d.txt", "file_path": "e/ö f.txt"},
                {
                    "action": "create",
                    "file_path": "binary",
                    "content": base64.b64encode(b"\0\1\2").decode(),
                    "encoding": "base64",
                },
            ],
        }
    )
    assert (made.title, made.message) == ("Rearrange", "Rearrange\n\nAll of it.")
    assert project.branches.get("topic").commit["id"] == made.id
    paths = {row["path"] for row in project.repository_tree(ref="topic", recursive=True)}
    assert paths == {"a.txt", "e", "e/ö f.txt", "binary"}
    assert project.files.raw("binary", ref="topic") == b"\0\1\2"
    assert project.files.get("e/ö f.txt", ref="topic").decode() == b"d\n"


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        ({"action": "create", "file_path": "README.md"}, "A file with this name already exists"),
        ({"action": "update", "file_path": "nope"}, "A file with this name doesn't exist"),
        ({"action": "delete", "file_path": "nope"}, "A file with this name doesn't exist"),
        ({"action": "create", "file_path": "../x"}, "file_path should be a valid file path"),
        ({"action": "create", "file_path": ".git/config"}, "file_path should be a valid file path"),
        ({"action": "burn", "file_path": "README.md"}, "Unknown action 'burn'"),
    ],
)
def test_actions_that_do_not_fit(site, tools, action, refusal):
    project = site.project()
    data = {"branch": "main", "commit_message": "x", "actions": [action]}
    assert refusal in tools.refused(400, lambda: project.commits.create(data))


def test_a_file_that_changed_meanwhile_is_not_overwritten(site, tools):
    project = site.project({"a.txt": "1"})
    known = project.files.get("a.txt", ref="main").last_commit_id
    tools.commit(project, "main", {"a.txt": "2"})
    action = {"action": "update", "file_path": "a.txt", "content": "3", "last_commit_id": known}
    data = {"branch": "main", "commit_message": "x", "actions": [action]}
    assert "has changed since" in tools.refused(400, lambda: project.commits.create(data))


def test_starting_a_branch_that_exists_is_refused(site, tools):
    project = site.project()
    tools.commit(project, "topic", {"x": "1"})
    action = {"action": "create", "file_path": "y", "content": ""}
    data = {"branch": "topic", "start_branch": "main", "commit_message": "x", "actions": [action]}
    assert "already exists" in tools.refused(400, lambda: project.commits.create(data))


def test_files_one_by_one(site, tools):
    project = site.project()
    project.files.create(
        {"file_path": "a b.txt", "branch": "main", "content": "one", "commit_message": "m"}
    )
    found = project.files.get("a b.txt", ref="main")
    found.content = "two"
    found.save(branch="main", commit_message="m")
    assert project.files.raw("a b.txt", ref="main") == b"two"
    found.delete(branch="main", commit_message="m")
    missing = tools.refused(404, lambda: project.files.get("a b.txt", ref="main"))
    assert missing == "404 File Not Found"
    tools.refused(404, lambda: project.files.get("README.md", ref="nowhere"))


def test_commits_by_path_and_range(site, tools):
    project = site.project({"a.txt": "1"})
    first = project.branches.get("main").commit["id"]
    second = tools.commit(project, "main", {"a.txt": "2"}).id
    tools.commit(project, "main", {"b.txt": "1"})
    third = tools.commit(project, "main", {"a.txt": "3"}).id
    touching = project.commits.list(
        query_parameters={"ref_name": "main", "path": "a.txt"}, get_all=True
    )
    assert [c.id for c in touching] == [third, second, first]
    since = project.commits.list(
        query_parameters={"ref_name": f"{first}..main", "path": "a.txt"}, get_all=True
    )
    assert [c.id for c in since] == [third, second]
    tools.refused(404, lambda: project.commits.list(ref_name="nowhere"))


def test_the_archive_holds_the_whole_tree(site):
    project = site.project({"a.txt": "1", "dags/x.yaml": "x: 1\n"})
    sha = project.branches.get("main").commit["id"]
    packed = project.repository_archive(sha=sha, format="tar.gz")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {m.name.split("/", 1)[1] for m in archive.getmembers() if m.isfile()}
        assert files == {"a.txt", "dags/x.yaml"}


def test_comparing_shows_what_changed(site, tools):
    project = site.project({"a.txt": "one\n"})
    first = project.branches.get("main").commit["id"]
    tools.commit(project, "main", {"a.txt": "two\n"})
    found = project.repository_compare(first, "main")
    assert found["diffs"][0]["diff"] == "@@ -1 +1 @@\n-one\n+two\n"
    assert [commit["title"] for commit in found["commits"]] == ["Write a.txt"]


def test_branches_are_made_and_removed(site, tools):
    project = site.project()
    project.branches.create({"branch": "x/y", "ref": "main"})
    assert not project.branches.get("x/y").protected
    assert project.branches.get("main").protected
    project.branches.delete("x/y")
    tools.refused(404, lambda: project.branches.get("x/y"))
    tools.refused(403, lambda: project.branches.delete("main"))


def test_a_project_goes_with_everything_in_it(site, tools):
    project = site.project({".gitlab-ci.yml": "job:\n  script: [echo]\n"})
    tools.commit(project, "topic", {"x": "1"})
    project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "x"}
    ).notes.create({"body": "hello"})
    tools.pipeline(project)
    tools.refused(403, lambda: site.member(project, 40).project(project).delete())
    project.delete()
    tools.refused(404, lambda: site.admin.projects.get(project.id))


def test_a_commit_knows_its_merge_requests(site, tools):
    project = site.project(merge_method="ff")
    sha = tools.commit(project, "topic", {"x": "1"}).id
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "x"}
    )
    request.merge()
    found = project.commits.get(sha).merge_requests()
    assert [(row["iid"], row["state"]) for row in found] == [(request.iid, "merged")]
    direct = tools.commit(project, "main", {"y": "1"}).id
    assert project.commits.get(direct).merge_requests() == []
