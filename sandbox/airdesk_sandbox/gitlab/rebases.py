"""Rebasing a merge request's source branch onto its target, in the background as GitLab does."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab import pushes
from airdesk_sandbox.gitlab.models import MergeRequest, User
from airdesk_sandbox.gitlab.repo.read import Repository, git_environment
from airdesk_sandbox.gitlab.repo.write import RefusalError, set_ref

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

# the sentence of GitLab's own rebase service
FAILED = "Rebase failed: Rebase locally, resolve all conflicts, then push the branch."


@dataclass(frozen=True)
class Rebase:
    """One rebase that was asked for; `skip_ci` moves the branch without a pipeline."""

    request_id: int
    user_id: int
    skip_ci: bool = False


def perform(server: Server, rebase: Rebase) -> None:
    """Do it, and take the mark `rebase_in_progress` away whatever happens."""
    problem: str | None = FAILED
    after: list[Callable[[], None]] = []
    try:
        problem = _move(server, rebase, after)
    finally:
        with server.db.writing() as session:
            request = session.get_one(MergeRequest, rebase.request_id)
            request.rebase_in_progress, request.merge_error = False, problem
    for work in after:
        work()


def forget_interrupted(session: Session) -> None:
    """After a restart nothing is in progress any more."""
    session.execute(update(MergeRequest).values(rebase_in_progress=False))


def _move(server: Server, rebase: Rebase, after: list[Callable[[], None]]) -> str | None:
    """What went wrong, `None` if the source branch stands on its target now."""
    with server.db.reading() as session:
        request = session.get_one(MergeRequest, rebase.request_id)
        user = session.get_one(User, rebase.user_id)
    old = request.sha
    new = _rebased(server, request, user)
    if new is None:
        return FAILED
    if new == old:
        return None
    with server.db.writing() as session:
        request = session.get_one(MergeRequest, rebase.request_id)
        user, project = session.get_one(User, rebase.user_id), request.source_project
        branch = request.source_branch
        try:
            with server.lock(project.id):
                set_ref(server.repository(project), f"refs/heads/{branch}", new, old)
        except RefusalError as refusal:
            return f"Rebase failed: {refusal}"
        push = pushes.Push(
            server, session, project, user, branch, old, new, after, skip_ci=rebase.skip_ci
        )
        pushes.record(push)
    return None


def _rebased(server: Server, request: MergeRequest, user: User) -> str | None:
    """The new head, already in the source's repository; `None` where the changes do not fit."""
    repository = server.repository(request.project)
    target = repository.ref(f"refs/heads/{request.target_branch}")
    if target is None:
        return None
    environment = {
        **git_environment(),
        "GIT_COMMITTER_NAME": user.name,
        "GIT_COMMITTER_EMAIL": user.email,
    }
    with tempfile.TemporaryDirectory() as folder:
        copy = str(Path(folder) / "copy")

        def git(*args: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(["git", *args], env=environment, capture_output=True, check=False)

        git("clone", "--quiet", "--shared", "--no-checkout", str(repository.path), copy)
        git("-C", copy, "checkout", "--quiet", "--detach", request.sha)
        if git("-C", copy, "rebase", "--quiet", target).returncode != 0:
            return None
        head = git("-C", copy, "rev-parse", "HEAD").stdout.decode().strip()
        source: Repository = server.repository(request.source_project)
        source.git("fetch", "--quiet", "--no-tags", copy, head)
    return head
