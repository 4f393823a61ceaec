"""What follows from a branch having moved, however it was moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab import payloads
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import (
    DiffVersion,
    Event,
    MergeRequest,
    PipelineWish,
    Project,
    User,
)
from airdesk_sandbox.gitlab.permissions import may_run, protection
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO, Commit, Repository
from airdesk_sandbox.gitlab.webhooks import enqueue

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

_MAX_COUNTED = 1000


@dataclass
class Push:
    """A branch moved from `old` to `new`; forty zeros stand for not existing."""

    server: Server
    session: Session
    project: Project
    user: User
    branch: str
    old: str
    new: str
    after: list[Callable[[], None]] = field(default_factory=list)
    skip_ci: bool = False
    """Move without any pipeline, as `git push -o ci.skip` does."""

    @property
    def repository(self) -> Repository:
        return self.server.repository(self.project)


def record(push: Push) -> None:
    """Write event and hooks, move merge requests along, and ask for pipelines (in `after`)."""
    commits = _new_commits(push)
    push.project.last_activity_at = now()
    push.session.add(_event(push, commits))
    enqueue(push.session, push.project, "push", lambda: _payload(push, commits))
    if push.new != ZERO:
        for request in _requests_from(push):
            _update_source(push, request)
        for request in _requests_into(push):
            _detect_merge(push, request)
        if not push.skip_ci:
            _wish_for_branch(push)
    push.after.append(push.server.webhooks.wake)


def _wish_for_branch(push: Push) -> None:
    wish = PipelineRequest(
        project_id=push.project.id,
        user_id=push.user.id,
        ref=push.branch,
        sha=push.new,
        source="push",
        before_sha=push.old,
    )
    push.session.add(PipelineWish(request=asdict(wish)))
    push.after.append(push.server.ci.wishes.grant)


def wish_for_pipeline(session: Session, request: MergeRequest, user: User) -> None:
    """Write down that the merge request's present head wants its pipeline."""
    session.add(PipelineWish(request=asdict(pipeline_of(session, request, user))))


def pipeline_of(session: Session, request: MergeRequest, user: User) -> PipelineRequest:
    """The pipeline of the merge request's present head, if `user` starts it.

    That of a fork runs in the fork, with the fork's variables and runners, unless it is started by
    a member who may run pipelines in the project itself (docs.gitlab.com,
    ci/pipelines/merge_request_pipelines: "Use with forked projects").
    """
    here = request.fork is None or (
        request.project.ci_allow_fork_pipelines_to_run_in_parent_project
        and may_run(session, user, request.project, request.source_branch)
    )
    return PipelineRequest(
        project_id=request.project_id if here else request.source_project.id,
        user_id=user.id,
        ref=request.head_ref if here else request.source_branch,
        sha=request.sha,
        source="merge_request_event",
        before_sha=ZERO,
        merge_request_id=request.id,
    )


def add_version(server: Server, session: Session, request: MergeRequest) -> None:
    """Take the branches' present heads into the merge request, as a new diff version."""
    repository = server.repository(request.project)
    source = server.repository(request.source_project).ref(f"refs/heads/{request.source_branch}")
    target = repository.ref(f"refs/heads/{request.target_branch}")
    if source is None or target is None:
        return
    if request.fork is not None:
        fork = str(server.repository_path(request.fork.id))
        repository.git("fetch", "--quiet", "--no-tags", fork, f"+{source}:{request.head_ref}")
    request.sha, request.start_sha = source, target
    request.base_sha = repository.merge_base(source, target) or target
    session.flush()
    session.add(
        DiffVersion(
            merge_request_id=request.id,
            head_sha=request.sha,
            base_sha=request.base_sha,
            start_sha=request.start_sha,
        )
    )
    repository.git("update-ref", request.head_ref, request.sha)


def _requests_from(push: Push) -> list[MergeRequest]:
    query = select(MergeRequest).where(
        func.coalesce(MergeRequest.fork_id, MergeRequest.project_id) == push.project.id,
        MergeRequest.source_branch == push.branch,
        MergeRequest.state == "opened",
    )
    return list(push.session.scalars(query))


def _requests_into(push: Push) -> list[MergeRequest]:
    query = select(MergeRequest).where(
        MergeRequest.project_id == push.project.id,
        MergeRequest.target_branch == push.branch,
        MergeRequest.state == "opened",
    )
    return list(push.session.scalars(query))


def _update_source(push: Push, request: MergeRequest) -> None:
    old = request.sha
    if old == push.new:
        return
    add_version(push.server, push.session, request)
    request.updated_at = now()
    request.auto_merge = False  # GitLab cancels auto-merge when the source moves
    last = push.server.repository(request.project).commit(request.sha)
    base = push.server.url
    enqueue(
        push.session,
        request.project,
        "merge_request",
        lambda: payloads.merge_request(
            request, base, user=push.user, action="update", last=last, oldrev=old
        ),
    )
    if not push.skip_ci:
        wish_for_pipeline(push.session, request, push.user)


def _detect_merge(push: Push, request: MergeRequest) -> None:
    """A merge request whose head arrived in its target branch by a push counts as merged."""
    if not push.repository.is_ancestor(request.sha, push.new):
        return
    close_as_merged(push.session, request, push.user)
    base, last = push.server.url, push.repository.commit(request.sha)
    enqueue(
        push.session,
        push.project,
        "merge_request",
        lambda: payloads.merge_request(request, base, user=push.user, action="merge", last=last),
    )


def close_as_merged(session: Session, request: MergeRequest, user: User) -> None:
    request.state, request.merged_at, request.merge_user = "merged", now(), user
    request.updated_at, request.auto_merge = now(), False
    session.add(
        Event(
            project_id=request.project_id,
            author_id=user.id,
            action_name="accepted",
            target_type="MergeRequest",
            target_id=request.id,
            target_iid=request.iid,
            target_title=request.title,
        )
    )


def _new_commits(push: Push) -> list[Commit]:
    if push.new == ZERO:
        return []
    if push.old != ZERO:
        return push.repository.commits(f"{push.old}..{push.new}", limit=_MAX_COUNTED)
    default = push.repository.ref(f"refs/heads/{push.project.default_branch}")
    known = [f"^{default}"] if default and push.branch != push.project.default_branch else []
    return push.repository.commits([push.new, *known], limit=_MAX_COUNTED)


def _event(push: Push, commits: list[Commit]) -> Event:
    if push.new == ZERO:
        action, name = "removed", "deleted"
    elif push.old == ZERO:
        action, name = "created", "pushed new"
    else:
        action, name = "pushed", "pushed to"
    return Event(
        project_id=push.project.id,
        author_id=push.user.id,
        action_name=name,
        push_data={
            "commit_count": len(commits),
            "action": action,
            "ref_type": "branch",
            "commit_from": None if push.old == ZERO else push.old,
            "commit_to": None if push.new == ZERO else push.new,
            "ref": push.branch,
            "commit_title": commits[0].title if commits else None,
            "ref_count": None,
        },
    )


def _payload(push: Push, commits: list[Commit]) -> dict[str, Any]:
    return payloads.push(
        push.project,
        push.server.url,
        push.repository,
        user=push.user,
        branch=push.branch,
        old=push.old,
        new=push.new,
        protected=protection(push.session, push.project, push.branch) is not None,
        commits=commits,
    )
