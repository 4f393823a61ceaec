"""The GitLab client and `airdesk publish` against the sandbox's GitLab."""

from __future__ import annotations

import json
import time
from itertools import count

import pytest
from airdesk.clients.gitlab import current_person
from airdesk.errors import HeadMoved, Refused
from airdesk.model import Membership
from airdesk_render.signing import verify

pytestmark = pytest.mark.xdist_group("desk-gitlab")

PROJECT, CENTRAL = "growth/pipelines", "platform/central"
MANIFEST = """\
version: 1
dag_id: {name}
description: Which carriers ran late yesterday
owners: [thu.tran]
data_class: internal
schedule: {{cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}}
tasks:
  delays:
    operator: sql_query@1
    connection: warehouse
    sql: sql/{name}.sql
"""
_numbers = count(1)


def dag_files(name: str, sql: str = "select 1") -> dict[str, str]:
    return {
        f"dags/{name}.dag.yaml": MANIFEST.format(name=name),
        f"dags/sql/{name}.sql": f"{sql}\n",
    }


@pytest.fixture
def thu(gitlab_server):
    return gitlab_server.as_("thu.tran")


@pytest.fixture
def minh(gitlab_server):
    return gitlab_server.as_("minh.le")


@pytest.fixture
def publisher(gitlab_server):
    return gitlab_server.as_("airdesk-publisher")


@pytest.fixture
def opened(thu):
    """A merge request of Thu's with a DAG of its own."""
    name = f"delays{next(_numbers)}"
    branch = f"airdesk/{name}-1"
    sha = thu.commit_files(PROJECT, branch, dag_files(name), message=f"Add {name}")
    request = thu.open_merge_request(PROJECT, branch, title=f"Add {name}", description="As asked.")
    assert request.sha == sha
    return name, request


def test_memberships_follow_the_group(thu, minh, publisher):
    assert thu.memberships() == (Membership(team="growth", is_lead=False),)
    assert minh.memberships() == (Membership(team="growth", is_lead=True),)
    assert publisher.memberships() == ()


def test_a_grant_names_its_person(gitlab_server):
    oauth = gitlab_server.tokens["thu.tran"]  # GitLab takes either kind as a bearer token
    person = current_person(gitlab_server.url, oauth)
    assert person == (gitlab_server.ids["thu.tran"], "thu.tran", "Thu Tran", "thu.tran")


def test_writing_the_same_files_twice_makes_one_commit(thu):
    branch = "airdesk/twice-1"
    first = thu.commit_files(PROJECT, branch, {"dags/sql/a.sql": "x\n"}, message="one")
    assert thu.commit_files(PROJECT, branch, {"dags/sql/a.sql": "x\n"}, message="one") == first
    second = thu.commit_files(
        PROJECT, branch, {"dags/sql/a.sql": "y\n", "dags/sql/b.sql": "z\n"}, message="two"
    )
    assert second == thu.head(PROJECT, branch) != first
    assert thu.read_file(PROJECT, "dags/sql/a.sql", ref=branch) == "y\n"
    assert thu.read_file(PROJECT, "dags/sql/none.sql", ref=branch) is None


def test_files_are_removed_once_and_those_of_other_branches_stay(thu):
    branch = "airdesk/gone-1"
    thu.commit_files(PROJECT, branch, {"dags/sql/gone.sql": "x\n"}, message="one")
    removed = ["dags/sql/gone.sql", "dags/sql/never.sql"]
    wanted = {"dags/sql/kept.sql": "y\n"}
    second = thu.commit_files(PROJECT, branch, wanted, removed=removed, message="two")
    assert thu.read_file(PROJECT, "dags/sql/gone.sql", ref=branch) is None
    assert thu.read_file(PROJECT, "dags/sql/kept.sql", ref=branch) == "y\n"
    again = thu.commit_files(PROJECT, branch, wanted, removed=removed, message="two")
    assert again == second
    fresh = "airdesk/gone-2"
    thu.commit_files(PROJECT, fresh, {}, removed=["README.md"], message="three")
    assert thu.read_file(PROJECT, "README.md", ref=fresh) is None
    assert thu.read_file(PROJECT, "README.md", ref="main") is not None


def test_a_branch_without_changes_is_only_made(thu):
    files = {"README.md": "Manifests of growth.\n"}
    head = thu.commit_files(PROJECT, "airdesk/same-1", files, message="none")
    assert head == thu.head(PROJECT, "main") == thu.head(PROJECT, "airdesk/same-1")


def test_analysts_cannot_write_to_the_default_branch(thu):
    with pytest.raises(Refused):
        thu.commit_files(PROJECT, "main", {"dags/x.sql": "x"}, message="no")


def test_a_tree_is_read_at_a_commit(thu, opened):
    name, request = opened
    tree = thu.read_tree(PROJECT, ref=request.sha)
    assert tree["README.md"] == b"Manifests of growth.\n"
    assert tree[f"dags/sql/{name}.sql"] == b"select 1\n"


def test_commits_of_a_path_since_a_commit(thu):
    branch = "airdesk/history-1"
    shas = [
        thu.commit_files(PROJECT, branch, {"dags/sql/h.sql": f"{n}\n"}, message=str(n))
        for n in range(3)
    ]
    thu.commit_files(PROJECT, branch, {"dags/sql/other.sql": "x\n"}, message="other")
    history = thu.last_commits(PROJECT, "dags/sql/h.sql", ref=branch, since=None)
    assert list(history) == shas[::-1]
    assert list(thu.last_commits(PROJECT, "dags/sql/h.sql", ref=branch, since=shas[0])) == [
        shas[2],
        shas[1],
    ]


def test_open_requests_of_a_project_come_newest_first(thu, opened):
    _, request = opened
    found = thu.open_requests_of(PROJECT, limit=5)
    assert found[0] == request
    assert found[0].opened_at is not None
    assert len(thu.open_requests_of(PROJECT, limit=1)) == 1


def test_opening_twice_gives_the_same_merge_request(thu, opened):
    _, request = opened
    again = thu.open_merge_request(PROJECT, request.source_branch, title="again", description="")
    assert (again.iid, again.title) == (request.iid, request.title)
    assert (again.author_name, again.state, again.target_branch) == ("Thu Tran", "opened", "main")
    assert not again.from_fork


def test_versions_pushes_approvals_and_leads(thu, minh, opened, gitlab_server):
    _, request = opened
    branch = request.source_branch
    newer = thu.commit_files(PROJECT, branch, {"dags/sql/more.sql": "x\n"}, message="more")
    with pytest.raises(Refused):
        minh.approve(PROJECT, request.iid, sha=request.sha)
    minh.approve(PROJECT, request.iid, sha=newer)
    minh.approve(PROJECT, request.iid, sha=newer)

    versions = minh.diff_versions(PROJECT, request.iid)
    assert [version.head_sha for version in versions] == [newer, request.sha]
    pushes = minh.pushes(PROJECT, branch)
    assert {push.user_id for push in pushes} == {gitlab_server.ids["thu.tran"]}
    assert newer in {push.head_sha for push in pushes}
    [approval] = minh.approvals(PROJECT, request.iid)
    assert (approval.username, approval.name) == ("minh.le", "Minh Le")
    assert approval.at > versions[0].created_at
    leads = minh.leads(PROJECT)
    assert gitlab_server.ids["minh.le"] in leads
    assert gitlab_server.ids["thu.tran"] not in leads


def test_merging_takes_the_looked_at_commit_only(minh, opened):
    _, request = opened
    with pytest.raises(Refused):
        minh.merge(PROJECT, request.iid, sha="0" * 40)
    minh.merge(PROJECT, request.iid, sha=request.sha)
    minh.merge(PROJECT, request.iid, sha=request.sha)
    merged = minh.merge_request(PROJECT, request.iid)
    assert (merged.state, merged.merged_by, merged.merge_commit) == (
        "merged",
        "Minh Le",
        request.sha,
    )
    assert minh.head(PROJECT, "main") == request.sha
    [found] = minh.merge_requests_of(PROJECT, request.sha)
    assert found.iid == request.iid
    assert gone(minh, request.source_branch)
    # Removing the branch is an event of the merger, but no push.
    pushers = {push.user_id for push in minh.pushes(PROJECT, request.source_branch)}
    assert pushers == {request.author_id}


def gone(host, branch: str) -> bool:
    try:
        host.head(PROJECT, branch)
    except Refused:
        return True
    return False


def test_there_is_one_note_per_marker(thu, gitlab_server, opened):
    bot = gitlab_server.as_("airdesk-bot")
    _, request = opened
    marker = "<!-- airdesk:card -->"
    for body in ("first", "first", "second"):
        bot.put_note(PROJECT, request.iid, marker=marker, body=body)
    notes = gitlab_server.admin.projects.get(PROJECT).mergerequests.get(request.iid).notes
    written = [note.body for note in notes.list(get_all=True) if marker in note.body]
    assert written == [f"second\n\n{marker}"]


def test_a_merge_request_without_pipeline_has_none(thu, opened):
    assert thu.pipeline(PROJECT, opened[1].iid) is None


def test_a_pipeline_its_jobs_and_what_they_leave(thu, minh, checked_project):
    sha = thu.commit_files(checked_project, "one", {"dags/a.sql": "x\n"}, message="one")
    request = thu.open_merge_request(checked_project, "one", title="one", description="")

    def found(status):
        pipeline = minh.pipeline(checked_project, request.iid)
        return pipeline if pipeline and pipeline.status in status else None

    eventually(lambda: found({"created", "pending", "running", "success"}))
    minh.merge(checked_project, request.iid, sha=sha)  # now, or when the pipeline has passed
    pipeline = eventually(lambda: found({"success", "failed"}))

    assert (pipeline.status, pipeline.sha) == ("success", sha)
    [job] = pipeline.jobs
    assert (job.name, job.status, job.allow_failure) == ("check", "success", False)
    assert f"looked at {sha}" in minh.trace(checked_project, job.id)
    findings = minh.artifact(checked_project, job.id, "airdesk/findings.json")
    assert json.loads(findings) == {"findings": []}
    assert minh.artifact(checked_project, job.id, "none.json") is None
    eventually(lambda: minh.merge_request(checked_project, request.iid).state == "merged")


def eventually(ask, *, seconds=60):
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return answer


def test_publishing_needs_the_head_that_was_read(publisher):
    head = publisher.head(CENTRAL, "main")
    second = publisher.publish_files(
        CENTRAL,
        {"demo/a.bin": b"\xff\x00", "demo/publications.json": b"{}\n"},
        removed=[],
        message="one",
        expected_head=head,
    )
    assert publisher.head(CENTRAL, "main") == second
    assert publisher.read_tree(CENTRAL, ref=second)["demo/a.bin"] == b"\xff\x00"
    with pytest.raises(HeadMoved):
        publisher.publish_files(
            CENTRAL, {"demo/b": b"x"}, removed=[], message="two", expected_head=head
        )
    third = publisher.publish_files(
        CENTRAL,
        {"demo/publications.json": b"{ }\n"},
        removed=["demo/a.bin", "demo/never-there"],
        message="three",
        expected_head=second,
    )
    assert "demo/a.bin" not in publisher.read_tree(CENTRAL, ref=third)


def test_the_whole_way_of_a_change(thu, minh, publisher, airdesk_publish, opened, signing_key):
    name, request = opened
    dag_id = f"growth.{name}"
    minh.approve(PROJECT, request.iid, sha=request.sha)
    minh.merge(PROJECT, request.iid, sha=request.sha)

    done = airdesk_publish()

    assert done.returncode == 0, done.stderr
    assert f"published  {dag_id}" in done.stdout
    head = publisher.head(CENTRAL, "main")
    tree = publisher.read_tree(CENTRAL, ref=head)
    decision = json.loads(tree["growth/publications.json"])[dag_id]
    assert decision["approved_by"] == ["minh.le"]
    assert decision["source_commit"] == request.sha
    files = {
        path: content
        for path, content in tree.items()
        if path == f"growth/{name}.py" or path.startswith(f"growth/{name}.files/")
    }
    assert verify(public_of(signing_key), dag_id, files, tree[f"growth/{name}.py.sig"])

    again = airdesk_publish()
    assert "Nothing new to publish." in again.stdout
    assert publisher.head(CENTRAL, "main") == head


def public_of(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key(private, password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_an_author_who_approves_through_the_api_gains_nothing(minh, airdesk_publish, publisher):
    branch = "airdesk/own-1"
    sha = minh.commit_files(PROJECT, branch, dag_files("own"), message="Add own")
    request = minh.open_merge_request(PROJECT, branch, title="Add own", description="")
    minh.approve(PROJECT, request.iid, sha=sha)
    minh.merge(PROJECT, request.iid, sha=sha)

    done = airdesk_publish()

    assert done.returncode == 0
    line = "withheld   growth.own: Minh Le wrote this change and cannot approve it; "
    assert f"{line}another lead of growth must." in done.stdout
    tree = publisher.read_tree(CENTRAL, ref=publisher.head(CENTRAL, "main"))
    assert "growth/own.py" not in tree
