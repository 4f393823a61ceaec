"""Rebasing a merge request's source branch onto its target."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from airdesk_sandbox.gitlab import pushes
from airdesk_sandbox.gitlab.api.merge_requests import find_request
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.errors import conflict, forbidden
from airdesk_sandbox.gitlab.models import MergeRequest, User
from airdesk_sandbox.gitlab.permissions import may_push
from airdesk_sandbox.gitlab.repo.read import Repository, git_environment
from airdesk_sandbox.gitlab.repo.write import set_ref
from airdesk_sandbox.gitlab.routing import Route


def rebase(call: Call) -> Reply:
    """Done at once, though GitLab's answer allows for later: ask for the merge request again."""
    request = find_request(call)
    if not may_push(call.session, call.user, request.project, request.source_branch):
        raise forbidden("Cannot push to source branch")
    if request.state != "opened":
        raise conflict("The merge request is not open.")
    repository = call.repository(request.project)
    with call.server.lock(request.project_id):
        old = request.sha
        new = rebased(repository, request, call.user)
        if new is None:
            request.merge_error = "Rebase failed: Rebase locally, resolve all conflicts, then push."
            return Reply(202, {"rebase_in_progress": False, "merge_error": request.merge_error})
        set_ref(repository, f"refs/heads/{request.source_branch}", new, old)
    request.merge_error = None
    pushes.record(
        pushes.Push(
            call.server,
            call.session,
            request.project,
            call.user,
            request.source_branch,
            old,
            new,
            after=call.after,
        )
    )
    return Reply(202, {"rebase_in_progress": True})


def rebased(repository: Repository, request: MergeRequest, user: User) -> str | None:
    """The new head, already in the repository; `None` where the changes do not fit."""
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
        repository.git("fetch", "--quiet", copy, head)
    return head


ROUTES = [Route("PUT", "/projects/:id/merge_requests/:iid/rebase", rebase)]
