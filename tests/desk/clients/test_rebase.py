"""Two changes of one team: the second is rebased by its author, against the sandbox's GitLab."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from airdesk.clients.gitlab import GitLabHost
from airdesk.errors import Refused
from airdesk.follow.overlaps import Overlaps

PROJECT = "growth/pipelines"
TOKEN = "admin-of-this-test"


@pytest.fixture(scope="module")
def url(tmp_path_factory, free_port):
    folder, port = tmp_path_factory.mktemp("gitlab"), free_port()
    command = [str(Path(sys.executable).parent / "airdesk-sandbox"), "gitlab"]
    command += ["--port", str(port), "--data", str(folder), "--admin-token", TOKEN]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while not _is_up(url):
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.1)
    yield url
    server.terminate()
    server.wait(20)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v4/version", timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def hosts(url):
    """Thu, who writes, and Minh, who leads, with a project that merges by fast-forward."""
    http = httpx.Client(base_url=f"{url}/api/v4", headers={"private-token": TOKEN}, timeout=20)

    def post(endpoint: str, /, **body: Any) -> dict[str, Any]:
        answer = http.post(endpoint, json=body)
        assert answer.status_code < 300, answer.text
        made: dict[str, Any] = answer.json()
        return made

    group = post("/groups", name="growth", path="growth", visibility="private")
    found = {}
    for name, level in (("thu.tran", 30), ("minh.le", 40)):
        user = post(
            "/users",
            username=name,
            name=name,
            email=f"{name}@corp.test",
            password=f"{name}-demo",
            skip_confirmation=True,
        )
        post(f"/groups/{group['id']}/members", user_id=user["id"], access_level=level)
        tokens = f"/users/{user['id']}/personal_access_tokens"
        token = post(tokens, name="test", scopes=["api"], expires_at="2027-01-31")["token"]
        found[name] = GitLabHost(url, private_token=token)
    post(
        "/projects",
        name="pipelines",
        path="pipelines",
        namespace_id=group["id"],
        merge_method="ff",
        initialize_with_readme=True,
    )
    http.close()
    return found["thu.tran"], found["minh.le"]


def propose(host, name, text="x"):
    host.commit_files(PROJECT, f"add-{name}", {f"dags/{name}": text}, message=f"Add {name}")
    return host.open_merge_request(PROJECT, f"add-{name}", title=name, description="")


def test_the_second_of_two_is_behind_until_it_is_rebased(hosts):
    thu, minh = hosts
    first, second = propose(thu, "a"), propose(thu, "b")
    assert not minh.is_behind(PROJECT, first.iid)
    minh.merge(PROJECT, first.iid, sha=first.sha)
    assert minh.is_behind(PROJECT, second.iid)
    with pytest.raises(Refused, match="rebase it"):
        minh.merge(PROJECT, second.iid, sha=second.sha)

    thu.rebase(PROJECT, second.iid)
    rebased = minh.merge_request(PROJECT, second.iid)
    assert rebased.sha != second.sha
    assert not minh.is_behind(PROJECT, second.iid)
    pushers = {push.user_id for push in minh.pushes(PROJECT, second.source_branch)}
    assert pushers == {thu.own_id()}
    minh.merge(PROJECT, second.iid, sha=rebased.sha)
    assert minh.merge_request(PROJECT, second.iid).state == "merged"


def test_what_does_not_fit_is_refused_with_gitlabs_words(hosts):
    thu, minh = hosts
    first, second = propose(thu, "same", "one"), propose(minh, "same2", "x")
    minh.commit_files(PROJECT, "add-same2", {"dags/same": "two"}, message="The same file")
    minh.merge(PROJECT, first.iid, sha=first.sha)
    with pytest.raises(Refused, match="Rebase"):
        minh.rebase(PROJECT, second.iid)
    assert minh.merge_request(PROJECT, second.iid).has_conflicts
    assert minh.changed_paths(PROJECT, second.iid) == {"dags/same", "dags/same2"}


def test_two_that_change_one_file_find_each_other(hosts):
    thu, minh = hosts
    first = propose(thu, "both")
    minh.commit_files(PROJECT, "also", {"dags/both": "y"}, message="Also")
    second = minh.open_merge_request(PROJECT, "also", title="also", description="")
    assert Overlaps(thu).of(first) == (second,)
    assert [one.iid for one in Overlaps(thu).of(second)] == [first.iid]
