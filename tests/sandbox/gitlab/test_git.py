"""Git over HTTP with a real git: who may clone, who may push what, and what follows."""

from __future__ import annotations

import gzip
import subprocess

import httpx
import pytest

REFUSED_READ = "could not be found"


@pytest.fixture
def clone(site, git, tmp_path):
    """Clone a project and commit a file; the folder is ready to push."""

    def make(project, login, password, name="copy"):
        target = tmp_path / name
        done = git("clone", "-q", site.git_url(project, login, password), str(target))
        assert done.returncode == 0, done.stderr
        (target / "new.txt").write_text("new\n")
        git("add", ".", cwd=target)
        git("commit", "-qm", "By git", cwd=target)
        return target

    return make


def test_cloning_needs_the_right_to_read(site, git):
    project, person = site.project(), site.person()
    url = site.git_url(project, person.user.username, person.password)
    assert REFUSED_READ in git("ls-remote", url).stderr
    anonymous = f"{site.url}/{project.path_with_namespace}.git"
    assert "could not read Username" in git("ls-remote", anonymous).stderr
    wrong = site.git_url(project, person.user.username, "wrong")
    assert "Authentication failed" in git("ls-remote", wrong).stderr


def test_credentials_of_every_kind_read(site, git):
    project = site.project()
    person = site.member(project, 20)
    deploy = project.deploytokens.create({"name": "w", "scopes": ["read_repository"]})
    reading = person.user.personal_access_tokens.create(
        {"name": "r", "scopes": ["read_repository"]}
    )
    for login, password in (
        (person.user.username, person.password),
        ("anything", person.token),
        ("anything", reading.token),
        (deploy.username, deploy.token),
    ):
        listed = git("ls-remote", site.git_url(project, login, password))
        assert "refs/heads/main" in listed.stdout, listed.stderr
    deploy.delete()
    gone = git("ls-remote", site.git_url(project, deploy.username, deploy.token))
    assert gone.returncode != 0


def test_a_deploy_token_reads_its_own_project_only(site, git):
    project, other = site.project(), site.project()
    deploy = project.deploytokens.create({"name": "w", "scopes": ["read_repository"]})
    assert git("ls-remote", site.git_url(other, deploy.username, deploy.token)).returncode != 0


def test_an_api_only_scope_of_reading_does_not_reach_git(site, git):
    project = site.project()
    person = site.member(project, 40)
    token = person.user.personal_access_tokens.create({"name": "a", "scopes": ["read_api"]}).token
    assert git("ls-remote", site.git_url(project, "x", token)).returncode != 0


def test_a_push_makes_a_branch_an_event_and_nothing_on_main(site, git, clone):
    project = site.project()
    person = site.member(project, 30)
    folder = clone(project, person.user.username, person.password)
    refused = git("push", "origin", "HEAD:main", cwd=folder)
    assert refused.returncode == 1
    assert "GitLab: You are not allowed to push code to protected branches" in refused.stderr
    assert project.branches.get("main").commit["title"] != "By git"
    assert git("push", "origin", "HEAD:topic", cwd=folder).returncode == 0
    head = git("rev-parse", "HEAD", cwd=folder).stdout.strip()
    assert project.branches.get("topic").commit["id"] == head
    event = project.events.list(action="pushed", get_all=True)[0]
    assert event.author["id"] == person.user.id
    assert event.push_data["ref"] == "topic"
    assert event.push_data["commit_to"] == head
    assert event.push_data["commit_count"] == 1


def test_one_forbidden_ref_refuses_the_whole_push(site, git, clone, tools):
    project = site.project()
    person = site.member(project, 30)
    folder = clone(project, person.user.username, person.password)
    assert git("push", "origin", "HEAD:main", "HEAD:topic", cwd=folder).returncode == 1
    tools.refused(404, lambda: project.branches.get("topic"))


def test_reporters_and_read_only_tokens_do_not_push(site, git, clone):
    project = site.project()
    reporter, developer = site.member(project, 20), site.member(project, 30)
    folder = clone(project, reporter.user.username, reporter.password)
    refused = git("push", "origin", "HEAD:topic", cwd=folder)
    assert "not allowed to push code to this project" in refused.stderr
    token = developer.user.personal_access_tokens.create(
        {"name": "r", "scopes": ["read_repository"]}
    ).token
    assert git("push", site.git_url(project, "x", token), "HEAD:x", cwd=folder).returncode != 0
    deploy = project.deploytokens.create({"name": "w", "scopes": ["read_repository"]})
    url = site.git_url(project, deploy.username, deploy.token)
    assert git("push", url, "HEAD:x", cwd=folder).returncode != 0


def test_history_of_a_protected_branch_is_not_rewritten(site, git, clone):
    project = site.project()
    lead = site.member(project, 40)
    folder = clone(project, lead.user.username, lead.password)
    assert git("push", "origin", "HEAD:main", cwd=folder).returncode == 0
    git("commit", "--amend", "-qm", "Another past", cwd=folder)
    refused = git("push", "--force", "origin", "HEAD:main", cwd=folder)
    assert "not allowed to force push" in refused.stderr
    assert "not allowed to delete" in git("push", "origin", ":main", cwd=folder).stderr
    assert git("push", "origin", "HEAD:topic", cwd=folder).returncode == 0
    git("commit", "--amend", "-qm", "Yet another past", cwd=folder)
    assert git("push", "--force", "origin", "HEAD:topic", cwd=folder).returncode == 0


def test_the_servers_own_refs_are_not_for_pushing(site, git, clone):
    project = site.project()
    lead = site.member(project, 40)
    folder = clone(project, lead.user.username, lead.password)
    refused = git("push", "origin", "HEAD:refs/merge-requests/1/head", cwd=folder)
    assert refused.returncode == 1


@pytest.mark.parametrize("disguise", [gzip.compress, lambda body: b"zzzz" + body])
def test_a_push_in_disguise_does_not_get_past_the_rules(site, git, clone, disguise):
    project = site.project()
    person = site.member(project, 30)
    folder = clone(project, person.user.username, person.password)
    new = git("rev-parse", "HEAD", cwd=folder).stdout.strip()
    old = git("rev-parse", "HEAD~1", cwd=folder).stdout.strip()
    line = f"{old} {new} refs/heads/main\0report-status\n".encode()
    body = b"%04x%s0000" % (len(line) + 4, line)
    answer = httpx.post(
        f"{site.url}/{project.path_with_namespace}.git/git-receive-pack",
        auth=(person.user.username, person.password),
        content=disguise(body),
        headers={
            "Content-Type": "application/x-git-receive-pack-request",
            "Content-Encoding": "gzip",
        },
    )
    assert answer.status_code == 400
    assert project.branches.get("main").commit["id"] == old


def test_a_push_of_many_megabytes(site, git, clone):
    project = site.project()
    person = site.member(project, 30)
    folder = clone(project, person.user.username, person.password)
    (folder / "large.bin").write_bytes(bytes(range(256)) * 40_000)
    (folder / "random.bin").write_bytes((folder / ".git" / "index").read_bytes() * 20_000)
    git("add", ".", cwd=folder)
    git("commit", "-qm", "Large", cwd=folder)
    done = git("push", "origin", "HEAD:large", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert project.files.raw("large.bin", ref="large") == bytes(range(256)) * 40_000


def test_a_push_updates_the_merge_request(site, git, clone):
    project = site.project()
    person = site.member(project, 30)
    folder = clone(project, person.user.username, person.password)
    git("push", "origin", "HEAD:topic", cwd=folder)
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "x"}
    )
    first = request.sha
    (folder / "more.txt").write_text("more\n")
    git("add", ".", cwd=folder)
    git("commit", "-qm", "More", cwd=folder)
    git("push", "origin", "HEAD:topic", cwd=folder)
    head = git("rev-parse", "HEAD", cwd=folder).stdout.strip()
    assert project.mergerequests.get(request.iid).sha == head
    versions = request.diffs.list(get_all=True)
    assert [version.head_commit_sha for version in versions] == [head, first]
    shown = git("ls-remote", "origin", f"refs/merge-requests/{request.iid}/head", cwd=folder)
    assert shown.stdout.startswith(head)


def test_pushing_the_source_onto_the_target_merges_the_request(site, git, clone):
    project = site.project()
    lead = site.member(project, 40)
    folder = clone(project, lead.user.username, lead.password)
    git("push", "origin", "HEAD:topic", cwd=folder)
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "x"}
    )
    git("push", "origin", "HEAD:main", cwd=folder)
    found = project.mergerequests.get(request.iid)
    assert (found.state, found.merged_by["id"]) == ("merged", lead.user.id)


@pytest.mark.parametrize("name", ["..", ".git", "../../outside"])
def test_a_tree_that_leads_out_of_the_repository_is_refused(site, clone, name):
    project = site.project()
    person = site.member(project, 40)
    folder = clone(project, person.user.username, person.password)

    def git(*args, **more):
        options = {"cwd": folder, "capture_output": True, "check": False} | more
        return subprocess.run(["git", *args], **options)

    blob = git("hash-object", "-w", "--stdin", input=b"evil").stdout.decode().strip()
    tree = b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    made = git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", input=tree)
    author = ["-c", "user.name=x", "-c", "user.email=x@corp.test"]
    head = git(*author, "commit-tree", made.stdout.decode().strip(), "-m", "Out")
    done = git("push", "origin", f"{head.stdout.decode().strip()}:refs/heads/evil")
    assert done.returncode != 0
    assert b"fsck" in done.stderr.lower(), done.stderr
    assert "evil" not in [branch.name for branch in project.branches.list()]
