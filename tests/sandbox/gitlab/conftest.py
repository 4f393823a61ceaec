"""A real server per test process, spoken to through real python-gitlab and real git."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gitlab
import httpx
import pytest
from gitlab.v4.objects import Project, User

ADMIN_TOKEN = "root-token-of-the-tests"
GUEST, REPORTER, DEVELOPER, MAINTAINER = 10, 20, 30, 40


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Running:
    """A server process that can be stopped, killed and started again on the same state."""

    data: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Running:
        command = [sys.executable, "-m", "airdesk_sandbox.cli", "gitlab"]
        options = ["--port", str(self.port), "--data", str(self.data)]
        with (self.data.parent / "gitlab.log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, *options, "--admin-token", ADMIN_TOKEN],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == f"ready {self.url}"
        return self

    def end(self, sign: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(sign)
        code = self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code


@dataclass
class Person:
    user: User
    password: str
    client: gitlab.Gitlab
    token: str

    def project(self, project: Project) -> Project:
        """The same project, seen as this person."""
        return self.client.projects.get(project.id)


@dataclass
class Site:
    """What tests need again and again."""

    url: str

    def __post_init__(self) -> None:
        self._clients: list[gitlab.Gitlab] = []
        self.admin = self.client(ADMIN_TOKEN)
        headers = {"PRIVATE-TOKEN": ADMIN_TOKEN}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def client(self, token: str) -> gitlab.Gitlab:
        client = gitlab.Gitlab(self.url, private_token=token)
        self._clients.append(client)
        return client

    def close(self) -> None:
        self.http.close()
        for client in self._clients:
            client.session.close()

    def person(self, **more: Any) -> Person:
        name = f"p{uuid.uuid4().hex[:10]}"
        password = f"{name}-demo"
        user = self.admin.users.create(
            {"username": name, "name": name.title(), "email": f"{name}@corp.test"}
            | {"password": password, "skip_confirmation": True}
            | more
        )
        token = user.personal_access_tokens.create({"name": "test", "scopes": ["api"]}).token
        return Person(user, password, self.client(token), token)

    def group(self, **more: Any) -> Any:
        name = f"g{uuid.uuid4().hex[:10]}"
        return self.admin.groups.create({"name": name, "path": name} | more)

    def project(self, files: dict[str, str] | None = None, **more: Any) -> Project:
        """A project with one commit on main."""
        name = f"r{uuid.uuid4().hex[:10]}"
        if "namespace_id" not in more:
            more["namespace_id"] = self.group().id
        project = self.admin.projects.create({"name": name} | more)
        commit(project, "main", files or {"README.md": "# Hello\n"})
        return project

    def member(self, project: Project, level: int) -> Person:
        person = self.person()
        project.members.create({"user_id": person.user.id, "access_level": level})
        return person

    def git_url(self, project: Project, login: str, password: str) -> str:
        return f"{self.url}/{project.path_with_namespace}.git".replace(
            "http://", f"http://{login}:{password}@"
        )


def commit(project: Project, branch: str, files: dict[str, str], **more: Any) -> Any:
    """Write files on a branch in one commit; it starts from main where it is new."""
    existing = {row["path"] for row in _tree(project, branch)}
    actions = [
        {"action": "update" if path in existing else "create", "file_path": path, "content": text}
        for path, text in files.items()
    ]
    data = {"branch": branch, "commit_message": f"Write {', '.join(files)}", "actions": actions}
    if branch != "main" and not existing:
        data["start_branch"] = "main"
        base = {row["path"] for row in _tree(project, "main")}
        for action in actions:
            action["action"] = "update" if action["file_path"] in base else "create"
    return project.commits.create(data | more)


def _tree(project: Project, ref: str) -> list[dict[str, Any]]:
    try:
        return project.repository_tree(ref=ref, recursive=True, get_all=True)
    except gitlab.GitlabGetError:
        return []


def wait_for(look: Callable[[], Any], seconds: float = 60) -> Any:
    """Poll until `look` gives something true."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


class Tools:
    """The helpers above, for tests (which cannot import a conftest)."""

    commit = staticmethod(commit)
    wait_for = staticmethod(wait_for)

    def pipeline(self, project: Project, **where: Any) -> Any:
        """The newest pipeline that fits, once it has ended."""

        def ended() -> Any:
            rows = project.pipelines.list(per_page=1, **where)
            done = rows and rows[0].status in ("success", "failed", "canceled", "skipped")
            return rows[0] if done else None

        return project.pipelines.get(wait_for(ended).id)

    def jobs(self, project: Project, pipeline: Any) -> dict[str, Any]:
        rows = project.pipelines.get(pipeline.id).jobs.list(get_all=True)
        return {row.name: project.jobs.get(row.id) for row in rows}

    def traces(self, project: Project, pipeline: Any) -> dict[str, str]:
        return {name: job.trace().decode() for name, job in self.jobs(project, pipeline).items()}

    def refused(self, status: int, work: Callable[[], Any]) -> str:
        """Assert that GitLab refuses with this status; returns its message."""
        with pytest.raises(gitlab.GitlabError) as refusal:
            work()
        assert refusal.value.response_code == status, refusal.value
        return str(refusal.value.error_message)


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server = Running(tmp_path_factory.mktemp("gitlab") / "data").start()
    yield server
    assert server.end() in (0, -signal.SIGTERM)


@pytest.fixture(scope="session")
def site(running: Running) -> Iterator[Site]:
    site = Site(running.url)
    yield site
    site.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Running]:
    """A server of its own, for tests that stop or kill it."""
    server = Running(tmp_path / "data").start()
    yield server
    if server.process is not None:
        server.end()


@pytest.fixture
def site_of() -> Iterator[Callable[[Running], Site]]:
    sites: list[Site] = []

    def make(server: Running) -> Site:
        sites.append(Site(server.url))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run git as somebody with no settings of their own."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "Somebody" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "somebody@corp.test" for who in ("AUTHOR", "COMMITTER")},
    }

    def run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *args],
            cwd=cwd or tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def alive() -> Callable[[str], bool]:
    """Whether a process with this text in its command line runs."""

    def look(text: str) -> bool:
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and text.encode() in (folder / "cmdline").read_bytes():
                    return True
        return False

    return look
