"""Merge requests: list, overview, commits, pipelines and changes."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select
from starlette.responses import Response

from airdesk_sandbox.gitlab import merges, threads
from airdesk_sandbox.gitlab.errors import forbidden, not_found
from airdesk_sandbox.gitlab.models import Approval, MergeRequest, Note, Pipeline, Project
from airdesk_sandbox.gitlab.models.ci import FINISHED
from airdesk_sandbox.gitlab.pages import reviewing, text
from airdesk_sandbox.gitlab.pages.markdown import STYLE, markdown
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may, may_merge, may_push
from airdesk_sandbox.gitlab.repo import write
from airdesk_sandbox.gitlab.repo.diff import diff
from airdesk_sandbox.gitlab.repo.write import Conflict

_WHY_NOT = {
    "ci_must_pass": "Pipelines must succeed; the latest commit has no successful one.",
    "ci_still_running": "The pipeline must succeed. It is still running.",
    "conflict": "Merge conflicts must be resolved.",
    "need_rebase": "Fast-forward merge is not possible. Rebase the source branch first.",
    "discussions_not_resolved": "All threads must be resolved.",
    "draft_status": "It is a draft. Mark it as ready first.",
    "commits_status": "The source branch has nothing that the target branch lacks.",
}


def listing(view: View, project: Project) -> Response:
    _require_read(view, project)
    state = view.request.query_params.get("state", "opened")
    query = select(MergeRequest).where(MergeRequest.project_id == project.id)
    if state != "all":
        query = query.where(MergeRequest.state == state)
    rows = view.session.scalars(query.order_by(MergeRequest.id.desc())).all()
    counts = dict(
        view.session.execute(
            select(MergeRequest.state, func.count())
            .where(MergeRequest.project_id == project.id)
            .group_by(MergeRequest.state)
        )
        .tuples()
        .all()
    )
    pipelines = {row.id: merges.head_pipeline(view.session, row) for row in rows}
    return view.render(
        "requests.html",
        project=project,
        tab="merge_requests",
        requests=rows,
        state=state,
        counts=counts,
        pipelines=pipelines,
    )


def find(view: View, project: Project) -> MergeRequest:
    """The merge request of the address.

    Raises:
        ApiError: 404 or 403.
    """
    _require_read(view, project)
    found = view.session.scalar(
        select(MergeRequest).where(
            MergeRequest.project_id == project.id, MergeRequest.iid == int(view.path["iid"])
        )
    )
    if found is None:
        raise not_found("Merge request")
    return found


def _require_read(view: View, project: Project) -> None:
    if not may(view.session, view.maybe_user, "read_merge_request", project):
        raise forbidden()


def overview(view: View, project: Project) -> Response:
    request = find(view, project)
    session, user = view.session, view.maybe_user
    repository = view.server.repository(project)
    status = merges.detailed_status(session, repository, request)
    approvals = session.scalars(
        select(Approval).where(Approval.merge_request_id == request.id).order_by(Approval.id)
    ).all()
    mine = user is not None and any(row.user_id == user.id for row in approvals)
    origin, branch = request.source_project, request.source_branch
    return _page(
        view,
        request,
        "request.html",
        blocked=status,
        why_not=_WHY_NOT.get(status),
        conflicts=conflicting(view, request) if status == "conflict" else [],
        description=markdown(request.description),
        threads=shown_threads(view, request),
        can_resolve=user is not None and threads.may_resolve(session, user, request),
        approvals=approvals,
        approved=mine,
        can_approve=user is not None and not mine and merges.may_approve(session, user, request),
        can_merge=may_merge(session, user, project, request.target_branch),
        can_rebase=may_push(session, user, origin, branch),
        quality=reviewing.quality(view, request),
        tests=reviewing.tests(view, request),
    )


def conflicting(view: View, request: MergeRequest) -> list[Conflict]:
    repository = view.server.repository(request.project)
    target = repository.ref(f"refs/heads/{request.target_branch}")
    return write.conflicts(repository, target, request.sha) if target else []


def conflicts(view: View, project: Project) -> Response:
    """Each file that conflicts, with git's marks around what excludes each other."""
    request = find(view, project)
    found = [] if request.state != "opened" else conflicting(view, request)
    return _page(view, request, "request_conflicts.html", conflicts=found)


def shown_threads(view: View, request: MergeRequest) -> list[list[tuple[Note, Markup]]]:
    return [
        [(note, markdown(note.body)) for note in notes]
        for notes in threads.of(view.session, request)
    ]


def commits(view: View, project: Project) -> Response:
    request = find(view, project)
    found = view.server.repository(project).commits(f"{request.base_sha}..{request.sha}")
    return _page(view, request, "request_commits.html", commits=found)


def pipelines(view: View, project: Project) -> Response:
    request = find(view, project)
    rows = view.session.scalars(
        select(Pipeline).where(Pipeline.merge_request_id == request.id).order_by(Pipeline.id.desc())
    ).all()
    return _page(view, request, "request_pipelines.html", pipelines=rows)


def changes(view: View, project: Project) -> Response:
    request = find(view, project)
    found = diff(view.server.repository(project), request.base_sha, request.sha)
    lines = [(change, text.diff_lines(change)) for change in found]
    quality = reviewing.quality(view, request)
    return _page(
        view,
        request,
        "request_changes.html",
        changes=lines,
        quality=quality,
        findings=reviewing.by_line(quality),
        notes=reviewing.notes_by_line(shown_threads(view, request)),
    )


def _page(view: View, request: MergeRequest, template: str, **values: Any) -> Response:
    """What all four tabs show above their own part."""
    repository, project = view.server.repository(request.project), request.project
    pipeline = merges.head_pipeline(view.session, request)
    return view.render(
        template,
        project=project,
        tab="merge_requests",
        request=request,
        here=f"/{project.full_path}/-/merge_requests/{request.iid}",
        pipeline=pipeline,
        live=request.state == "opened"
        and (pipeline is None or pipeline.status not in FINISHED or request.rebase_in_progress),
        count=merges.changes_count(repository, request),
        style=STYLE,
        commit_count=len(repository.commits(f"{request.base_sha}..{request.sha}")),
        pipeline_count=view.session.scalar(
            select(func.count(Pipeline.id)).where(Pipeline.merge_request_id == request.id)
        ),
        **values,
    )
