"""The sandbox's GitLab with two people of growth, a publisher and their repositories."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import gitlab
import pytest
from airdesk.clients.gitlab import GitLabHost
from airdesk_render.policy import default_policy
from airdesk_render.signing import new_key

BIN = Path(sys.executable).parent
ADMIN_TOKEN = "admin-token-of-tests"
DEVELOPER, REPORTER, MAINTAINER = 30, 20, 40
PEOPLE = {"thu.tran": "Thu Tran", "minh.le": "Minh Le", "an.do": "An Do"}
ACCOUNTS = {"airdesk-bot": "Airdesk", "airdesk-publisher": "Airdesk publisher"}


@dataclass
class GitLab:
    url: str
    admin: gitlab.Gitlab
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def as_(self, name: str) -> GitLabHost:
        return GitLabHost(self.url, private_token=self.tokens[name])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitLab]:
    data = tmp_path_factory.mktemp("gitlab")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(BIN / "airdesk-sandbox", "gitlab", "--port", str(port)),
                *("--data", str(data / "state"), "--admin-token", ADMIN_TOKEN),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        admin = gitlab.Gitlab(url, private_token=ADMIN_TOKEN, keep_base_url=True)
        _wait(admin, process, data / "server.log")
        yield GitLab(url, admin)
    finally:
        process.terminate()
        process.wait(15)


def _wait(admin: gitlab.Gitlab, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            admin.version()
            admin.auth()
            return
        except (OSError, gitlab.GitlabError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text(errors="replace")[-3000:]) from error
            time.sleep(0.1)


@pytest.fixture(scope="session")
def gitlab_server(server: GitLab) -> GitLab:
    for name, words in (PEOPLE | ACCOUNTS).items():
        identity = {"provider": "ldapmain", "extern_uid": f"uid={name},ou=people,dc=corp,dc=test"}
        user = server.admin.users.create(
            {
                "username": name,
                "name": words,
                "email": f"{name}@corp.test",
                "password": f"{name}-demo",
                "skip_confirmation": True,
                **(identity if name in PEOPLE else {}),
            }
        )
        token = user.personal_access_tokens.create({"name": "tests", "scopes": ["api"]})
        server.tokens[name] = str(token.token)
        server.ids[name] = int(user.id)
    _projects(server)
    return server


def _projects(server: GitLab) -> None:
    admin = server.admin
    growth, platform = (
        admin.groups.create({"name": name, "path": name}) for name in ("growth", "platform")
    )
    levels = {"thu.tran": DEVELOPER, "minh.le": MAINTAINER, "an.do": MAINTAINER}
    for name, level in (levels | dict.fromkeys(ACCOUNTS, REPORTER)).items():
        growth.members.create({"user_id": server.ids[name], "access_level": level})
    policy = Path(sys.modules["airdesk_render.policy"].__file__ or "").with_name("policy.yaml")
    made = {
        "pipelines": (growth.id, "private", {"README.md": "Manifests of growth.\n"}),
        "central": (platform.id, "private", {"README.md": "Rendered DAGs of all teams.\n"}),
        "airdesk-ci": (platform.id, "internal", {"policy.yaml": policy.read_text()}),
    }
    for name, (group, visibility, files) in made.items():
        project = admin.projects.create(
            {
                "name": name,
                "path": name,
                "namespace_id": group,
                "visibility": visibility,
                "merge_method": "ff",
            }
        )
        project.commits.create(
            {
                "branch": "main",
                "commit_message": "Begin",
                "actions": [
                    {"action": "create", "file_path": path, "content": text}
                    for path, text in files.items()
                ],
            }
        )
    central = admin.projects.get("platform/central")
    publisher = {"user_id": server.ids["airdesk-publisher"], "access_level": MAINTAINER}
    central.members.create(publisher)


CI = """\
check:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - mkdir -p airdesk
    - echo '{"findings":[]}' > airdesk/findings.json
    - echo looked at $CI_COMMIT_SHA
  artifacts:
    when: always
    paths: [airdesk/findings.json]
"""


@pytest.fixture(scope="session")
def checked_project(gitlab_server: GitLab) -> str:
    """A project of growth whose merge requests have a pipeline that must succeed."""
    group = gitlab_server.admin.groups.get("growth")
    project = gitlab_server.admin.projects.create(
        {
            "name": "checked",
            "path": "checked",
            "namespace_id": group.id,
            "visibility": "private",
            "merge_method": "ff",
            "only_allow_merge_if_pipeline_succeeds": True,
        }
    )
    action = {"action": "create", "file_path": ".gitlab-ci.yml", "content": CI}
    project.commits.create({"branch": "main", "commit_message": "Begin", "actions": [action]})
    return "growth/checked"


@pytest.fixture(scope="session")
def signing_key() -> bytes:
    default_policy()
    return new_key()[0]


@pytest.fixture(scope="session")
def airdesk_publish(gitlab_server: GitLab, signing_key: bytes, tmp_path_factory):
    """Runs the CLI as the publisher's CI job does."""
    key = tmp_path_factory.mktemp("key") / "signing.pem"
    key.write_bytes(signing_key)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / "airdesk", "publish", "--team", "growth"],
            env={
                "PATH": os.environ["PATH"],
                "AIRDESK_GITLAB_URL": gitlab_server.url,
                "AIRDESK_PUBLISHER_TOKEN": gitlab_server.tokens["airdesk-publisher"],
                "AIRDESK_SIGNING_KEY": str(key),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run
