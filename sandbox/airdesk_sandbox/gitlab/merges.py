"""Whether a merge request can be merged, and merging it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab import payloads, pushes, threads
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.errors import ApiError
from airdesk_sandbox.gitlab.models import Approval, MergeRequest, Note, Pipeline, Project, User
from airdesk_sandbox.gitlab.permissions import may_merge, may_push, may_update, protection
from airdesk_sandbox.gitlab.repo import write
from airdesk_sandbox.gitlab.repo.read import ZERO, Repository
from airdesk_sandbox.gitlab.webhooks import enqueue

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server


def detailed_status(session: Session, repository: Repository, request: MergeRequest) -> str:
    """GitLab's `detailed_merge_status`: `mergeable`, or the first thing that is in the way."""
    return (
        _not_ready(request)
        or _open_threads(session, request)
        or _pipeline_blocker(session, request)
        or fit(repository, request)
    )


def fit(repository: Repository, request: MergeRequest) -> str:
    """The same without a look at pipelines."""
    if not_ready := _not_ready(request):
        return not_ready
    target = repository.ref(f"refs/heads/{request.target_branch}")
    # a fork's branch is another repository's; what was fetched of it stands for it
    own = request.head_ref if request.fork else f"refs/heads/{request.source_branch}"
    source = repository.ref(own)
    if target is None or source is None or not diverged(repository, request, reverse=True):
        return "commits_status"
    if request.project.merge_method == "merge":
        fits = write.merged_tree(repository, target, request.sha) is not None
        return "mergeable" if fits else "conflict"
    if repository.is_ancestor(target, request.sha):
        return "mergeable"
    conflict = write.merged_tree(repository, target, request.sha) is None
    return "conflict" if conflict else "need_rebase"


def _not_ready(request: MergeRequest) -> str | None:
    if request.state != "opened":
        return "not_open"
    return "draft_status" if request.draft else None


def _open_threads(session: Session, request: MergeRequest) -> str | None:
    if not request.project.only_allow_merge_if_all_discussions_are_resolved:
        return None
    return "discussions_not_resolved" if threads.unresolved(session, request) else None


def _pipeline_blocker(session: Session, request: MergeRequest) -> str | None:
    if not request.project.only_allow_merge_if_pipeline_succeeds:
        return None
    head = head_pipeline(session, request)
    if head is None or head.status in ("failed", "canceled", "skipped"):
        return "ci_must_pass"
    return None if head.status == "success" else "ci_still_running"


def head_pipeline(session: Session, request: MergeRequest) -> Pipeline | None:
    """The newest pipeline of the merge request's present head."""
    query = select(Pipeline).where(
        Pipeline.project_id.in_((request.project_id, request.source_project.id)),
        Pipeline.sha == request.sha,
        (Pipeline.merge_request_id == request.id)
        | ((Pipeline.ref == request.source_branch) & Pipeline.merge_request_id.is_(None)),
    )
    # a merge request's own pipeline counts before a branch's
    return session.scalar(
        query.order_by(Pipeline.merge_request_id.is_(None), Pipeline.id.desc()).limit(1)
    )


def changes_count(repository: Repository, request: MergeRequest) -> int:
    return len(repository.changed_paths(request.base_sha, request.sha))


def diverged(repository: Repository, request: MergeRequest, *, reverse: bool = False) -> int:
    """Commits that the target has and the source lacks; with `reverse` the other way round."""
    target = repository.ref(f"refs/heads/{request.target_branch}") or request.start_sha
    pair = f"{target}..{request.sha}" if reverse else f"{request.sha}..{target}"
    return int(repository.fixed("rev-list", "--count", pair).decode())


def may_approve(session: Session, user: User, request: MergeRequest) -> bool:
    return request.state == "opened" and may_update(session, user, request)


def approve(server: Server, session: Session, request: MergeRequest, user: User) -> bool:
    """Approve as `user`; `False` where that is not possible (done already, or not open)."""
    known = session.scalar(
        select(Approval.id).where(
            Approval.merge_request_id == request.id, Approval.user_id == user.id
        )
    )
    if known is not None or not may_approve(session, user, request):
        return False
    session.add(Approval(merge_request_id=request.id, user_id=user.id))
    _say(server, session, request, user, "approved this merge request", "approved")
    return True


def unapprove(server: Server, session: Session, request: MergeRequest, user: User) -> bool:
    row = session.scalar(
        select(Approval).where(Approval.merge_request_id == request.id, Approval.user_id == user.id)
    )
    if row is None:
        return False
    session.delete(row)
    _say(server, session, request, user, "unapproved this merge request", "unapproved")
    return True


def _say(
    server: Server, session: Session, request: MergeRequest, user: User, body: str, action: str
) -> None:
    session.add(Note(merge_request_id=request.id, author_id=user.id, body=body, system=True))
    hook(server, session, request, user, action)


def hook(server: Server, session: Session, request: MergeRequest, user: User, action: str) -> None:
    """Tell the project's webhooks what happened to a merge request."""
    repository = server.repository(request.project)
    enqueue(
        session,
        request.project,
        "merge_request",
        lambda: payloads.merge_request(
            request, server.url, user=user, action=action, last=repository.commit(request.sha)
        ),
    )


def merge_now(
    server: Server,
    session: Session,
    request: MergeRequest,
    user: User,
    after: list[Callable[[], None]],
    message: str | None = None,
) -> None:
    """Merge by the project's method, as `user`.

    Raises:
        ApiError: 422, the branches do not fit together.
    """
    project, repository = request.project, server.repository(request.project)
    ref = f"refs/heads/{request.target_branch}"
    with server.lock(project.id):
        old = repository.ref(ref)
        if old is None:
            raise ApiError(422, {"message": "Branch cannot be merged"})
        new = _merged(repository, project, request, old, user, message)
        write.set_ref(repository, ref, new, old)
    if new != request.sha:
        request.merge_commit_sha = new
    pushes.close_as_merged(session, request, user)
    session.add(Note(merge_request_id=request.id, author_id=user.id, body="merged", system=True))
    hook(server, session, request, user, "merge")
    session.flush()
    push = pushes.Push(server, session, project, user, request.target_branch, old, new, after=after)
    pushes.record(push)
    if request.remove_source_branch:
        _remove_source(server, session, request, user, after)


def _merged(
    repository: Repository,
    project: Project,
    request: MergeRequest,
    target: str,
    user: User,
    message: str | None,
) -> str:
    if project.merge_method == "ff":
        if not repository.is_ancestor(target, request.sha):
            raise ApiError(422, {"message": "Branch cannot be merged"})
        return request.sha
    text = message or (
        f"Merge branch '{request.source_branch}' into '{request.target_branch}'\n\n"
        f"{request.title}\n\nSee merge request {request.reference}"
    )
    author = write.Signature(user.name, user.email)
    merged = write.merge(repository, target, request.sha, message=text, author=author)
    if merged is None:
        raise ApiError(422, {"message": "Branch cannot be merged"})
    return merged


def _remove_source(
    server: Server,
    session: Session,
    request: MergeRequest,
    user: User,
    after: list[Callable[[], None]],
) -> None:
    branch, project = request.source_branch, request.source_project
    if branch == project.default_branch or protection(session, project, branch) is not None:
        return
    if not any(may_push(session, person, project, branch) for person in (user, request.author)):
        return
    repository = server.repository(project)
    old = repository.ref(f"refs/heads/{branch}")
    if old is None:
        return
    write.delete_ref(repository, f"refs/heads/{branch}")
    pushes.record(pushes.Push(server, session, project, user, branch, old, ZERO, after=after))


def auto_merge(
    server: Server, session: Session, request: MergeRequest, after: list[Callable[[], None]]
) -> None:
    """Merge a request set to merge by itself, if it can be merged now."""
    user = request.merge_user
    if request.state != "opened" or not request.auto_merge or user is None:
        return
    repository = server.repository(request.project)
    head = head_pipeline(session, request)
    if head is None or head.status not in ("success", "failed", "canceled"):
        return
    if not may_merge(session, user, request.project, request.target_branch):
        request.auto_merge, request.merge_error = False, "The person may no longer merge."
        return
    status = detailed_status(session, repository, request)
    if head.status == "success" and status == "discussions_not_resolved":
        return  # it goes on waiting: since 17.7 auto-merge waits for all checks
    if head.status != "success" or status != "mergeable":
        request.auto_merge, request.updated_at = False, now()
        request.merge_error = None if head.status != "success" else f"Not mergeable: {status}."
        return
    merge_now(server, session, request, user, after)
