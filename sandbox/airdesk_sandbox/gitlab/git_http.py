"""Git over smart HTTP: real `git http-backend`, with GitLab's rights around it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from airdesk_sandbox.gitlab import pushes
from airdesk_sandbox.gitlab.auth import (
    Caller,
    by_access_token,
    by_deploy_token,
    by_job_token,
    by_oauth_token,
    by_password,
)
from airdesk_sandbox.gitlab.call import find_project
from airdesk_sandbox.gitlab.errors import ApiError
from airdesk_sandbox.gitlab.git_protocol import (
    Chunks,
    RefChange,
    feed,
    read_commands,
    read_headers,
)
from airdesk_sandbox.gitlab.models import Project, User
from airdesk_sandbox.gitlab.permissions import may, may_push, protection
from airdesk_sandbox.gitlab.repo.read import ZERO, git_environment
from airdesk_sandbox.gitlab.server import Server

PATTERN = re.compile(
    r"^/(?P<project>[^?]+?)\.git/(?P<rest>info/refs|git-upload-pack|git-receive-pack|HEAD)$"
)
_PROTECTED = "You are not allowed to push code to protected branches on this project."


@dataclass(frozen=True)
class Access:
    """What somebody may do with one repository; `user` is `None` for deploy tokens."""

    project_id: int
    user: User | None
    read: bool
    write: bool


@dataclass
class Verdict:
    """What to tell git's pre-receive hook about the refs that a push wants to move."""

    refusal: str = ""
    no_force: list[str] = field(default_factory=list)


class GitHttp:
    def __init__(self, server: Server) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        match = PATTERN.match(request.url.path)
        assert match is not None  # noqa: S101  the app routes only such paths here
        writing = "git-receive-pack" in (match["rest"], request.query_params.get("service"))
        access = await run_in_threadpool(
            self._access, match["project"], request.headers.get("authorization", "")
        )
        refusal = _refusal(access, writing)
        if refusal is not None or access is None:
            await (refusal or PlainTextResponse("", 404))(scope, receive, send)
            return
        changes: list[RefChange] = []
        first = b""
        environment = self._environment(request, access, match["rest"])
        chunks = Chunks(receive)
        if match["rest"] == "git-receive-pack":
            try:
                first, changes = await read_commands(chunks)
            except ValueError:
                await PlainTextResponse("This is not a push.", 400)(scope, receive, send)
                return
            verdict = await run_in_threadpool(self._judge, access, changes)
            environment["AIRDESK_REFUSAL"] = verdict.refusal
            environment["AIRDESK_JUDGED"] = " ".join(change.ref for change in changes)
            environment["AIRDESK_NO_FORCE"] = " ".join(verdict.no_force)
        after = await self._run(environment, first, chunks, send, access, changes)
        for work in after:
            self._server.later(work)

    def _access(self, path: str, authorization: str) -> Access | None:
        """`None`: there is no such project."""
        with self._server.db.reading() as session:
            project = find_project(session, path)
            login, password = _basic(authorization)
            if login is None:
                public = project is not None and project.visibility == "public"
                return Access(project.id if project else 0, None, read=public, write=False)
            if project is None:
                return None if _caller(session, login, password) else Access(0, None, False, False)
            deploy = by_deploy_token(session, login, password)
            if deploy is not None:
                return Access(project.id, None, deploy.project_id == project.id, write=False)
            caller = _caller(session, login, password)
            if caller is None:
                return Access(project.id, None, read=False, write=False)
            return _rights(session, caller, project)

    def _environment(self, request: Request, access: Access, rest: str) -> dict[str, str]:
        headers = request.headers
        environment = {
            **git_environment(),
            "GIT_PROJECT_ROOT": str(self._server.settings.data / "repositories"),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{access.project_id}.git/{rest}",
            "QUERY_STRING": request.url.query,
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": headers.get("content-type", ""),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": access.user.username if access.user else "deploy-token",
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
            "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        }
        if "content-length" in headers:
            environment["CONTENT_LENGTH"] = headers["content-length"]
        return environment

    def _judge(self, access: Access, changes: list[RefChange]) -> Verdict:
        verdict = Verdict()
        with self._server.db.reading() as session:
            project = session.get_one(Project, access.project_id)
            user = session.get(User, access.user.id) if access.user else None
            for change in changes:
                branch = change.ref.removeprefix("refs/heads/")
                if change.ref.startswith(("refs/merge-requests/", "refs/airdesk/")):
                    verdict.refusal = "You cannot update this ref; the server keeps it."
                if not change.ref.startswith("refs/heads/"):
                    continue
                rule = protection(session, project, branch)
                if not may_push(session, user, project, branch):
                    verdict.refusal = _PROTECTED
                if rule is not None and change.new == ZERO:
                    verdict.refusal = "You are not allowed to delete protected branches."
                if rule is not None and not rule.allow_force_push:
                    verdict.no_force.append(change.ref)
        return verdict

    async def _run(
        self,
        environment: dict[str, str],
        first: bytes,
        chunks: Chunks,
        send: Send,
        access: Access,
        changes: list[RefChange],
    ) -> list[Callable[[], None]]:
        """Stream both ways; once refs have moved, record it before the client hears the end."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "git", "http-backend", stdin=pipe, stdout=pipe, env=environment
        )
        assert process.stdin is not None  # noqa: S101  asked for pipes above
        assert process.stdout is not None  # noqa: S101
        feeding = asyncio.create_task(feed(process.stdin, first, chunks))
        try:
            status, headers = await read_headers(process.stdout)
            start = {"type": "http.response.start", "status": status, "headers": headers}
            await send(start)
            while block := await process.stdout.read(65536):
                await send({"type": "http.response.body", "body": block, "more_body": True})
            await process.wait()
            after = await run_in_threadpool(self._record, access, changes) if changes else []
            await send({"type": "http.response.body", "body": b""})
            return after
        finally:
            feeding.cancel()
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _record(self, access: Access, changes: list[RefChange]) -> list[Callable[[], None]]:
        """Events, hooks, merge requests and pipelines for the branches that did move."""
        after: list[Callable[[], None]] = []
        with self._server.db.writing() as session:
            project = session.get_one(Project, access.project_id)
            repository = self._server.repository(project)
            for change in changes:
                moved = (repository.ref(change.ref) or ZERO) == change.new
                if not moved or not change.ref.startswith("refs/heads/") or access.user is None:
                    continue
                user = session.get_one(User, access.user.id)
                branch = change.ref.removeprefix("refs/heads/")
                push = pushes.Push(
                    self._server, session, project, user, branch, change.old, change.new, after
                )
                pushes.record(push)
        return after


def _basic(authorization: str) -> tuple[str | None, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None, ""
    try:
        login, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, ""
    return login, password


def _caller(session: Session, login: str, password: str) -> Caller | None:
    """Password, personal access token (any login), OAuth token (`oauth2`), or job token."""
    try:
        if login == "gitlab-ci-token":
            return by_job_token(session, password)
        if login == "oauth2" and (caller := by_oauth_token(session, password)):
            return caller
        if user := by_password(session, login, password):
            return Caller(user, "password")
        return by_access_token(session, password)
    except ApiError:
        return None


def _rights(session: Session, caller: Caller, project: Project) -> Access:
    reads, writes = True, caller.kind != "job"
    if caller.kind in ("personal", "oauth"):
        writes = not caller.scopes.isdisjoint({"api", "write_repository"})
        reads = writes or "read_repository" in caller.scopes
    read = reads and may(session, caller.user, "read_code", project)
    write = read and writes and may(session, caller.user, "push_code", project)
    return Access(project.id, caller.user, read, write)


def _refusal(access: Access | None, writing: bool) -> Response | None:
    if access is None:
        return PlainTextResponse("The project you were looking for could not be found.", 404)
    if access.user is None and not access.read:
        challenge = {"WWW-Authenticate": 'Basic realm="GitLab"'}
        return PlainTextResponse("HTTP Basic: Access denied", 401, challenge)
    if not access.read:
        return PlainTextResponse("The project you were looking for could not be found.", 404)
    if writing and not access.write:
        return PlainTextResponse("You are not allowed to push code to this project.", 403)
    return None
