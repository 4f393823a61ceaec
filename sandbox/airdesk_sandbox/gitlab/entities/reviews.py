"""Merge requests, versions, approvals and notes as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from airdesk_sandbox.gitlab import merges, threads
from airdesk_sandbox.gitlab.clock import iso
from airdesk_sandbox.gitlab.entities.ci import pipeline_basic, pipeline_full
from airdesk_sandbox.gitlab.entities.people import user_basic, user_maybe
from airdesk_sandbox.gitlab.models import Approval, DiffVersion, MergeRequest, Note, Pipeline, User
from airdesk_sandbox.gitlab.permissions import may_merge

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.call import Call

_LEGACY = {"mergeable": "can_be_merged", "conflict": "cannot_be_merged"}


def basic(call: Call, request: MergeRequest) -> dict[str, Any]:
    """A merge request as lists show it."""
    base = call.server.url
    status = merges.detailed_status(call.session, call.repository(request.project), request)
    merged = request.state == "merged"
    web_url = f"{base}/{request.project.full_path}/-/merge_requests/{request.iid}"
    people = {
        "author": user_basic(request.author, base),
        "assignees": _users(call, request.assignee_ids),
        "assignee": next(iter(_users(call, request.assignee_ids)), None),
        "reviewers": _users(call, request.reviewer_ids),
        "merged_by": user_maybe(request.merge_user, base) if merged else None,
        "merge_user": user_maybe(request.merge_user, base),
        "closed_by": user_maybe(request.closed_by, base),
    }
    notes = select(func.count(Note.id)).where(
        Note.merge_request_id == request.id, Note.system.is_(False)
    )
    return {
        **_head(request),
        "merged_at": iso(request.merged_at),
        "prepared_at": iso(request.created_at),
        "closed_at": iso(request.closed_at),
        **people,
        "source_branch": request.source_branch,
        "target_branch": request.target_branch,
        "source_project_id": request.source_project.id,
        "target_project_id": request.project_id,
        "labels": request.labels,
        "milestone": None,
        "draft": request.draft,
        "work_in_progress": request.draft,
        "merge_when_pipeline_succeeds": request.auto_merge,
        "merge_status": _LEGACY.get(status, "can_be_merged"),
        "detailed_merge_status": status,
        "sha": request.sha,
        "merge_commit_sha": request.merge_commit_sha,
        "squash_commit_sha": request.squash_commit_sha,
        "user_notes_count": call.session.scalar(notes),
        "upvotes": 0,
        "downvotes": 0,
        "should_remove_source_branch": request.remove_source_branch or None,
        "force_remove_source_branch": request.remove_source_branch,
        "squash": request.squash,
        "squash_on_merge": request.squash,
        "has_conflicts": status == "conflict",
        "blocking_discussions_resolved": threads.unresolved(call.session, request) == 0,
        "discussion_locked": None,
        "references": {
            "short": f"!{request.iid}",
            "relative": f"!{request.iid}",
            "full": request.reference,
        },
        "reference": f"!{request.iid}",
        "web_url": web_url,
    }


def full(call: Call, request: MergeRequest) -> dict[str, Any]:
    """One merge request, with what only its own page shows."""
    base = call.server.url
    head = (
        call.session.get(Pipeline, request.head_pipeline_id) if request.head_pipeline_id else None
    )
    return {
        **basic(call, request),
        "subscribed": False,
        "changes_count": str(merges.changes_count(call.repository(request.project), request)),
        "diff_refs": {
            "base_sha": request.base_sha,
            "head_sha": request.sha,
            "start_sha": request.start_sha,
        },
        "pipeline": pipeline_basic(head, base) if head else None,
        "head_pipeline": pipeline_full(head, base) if head else None,
        "merge_error": request.merge_error,
        "first_contribution": False,
        **_on_demand(call, request),
        "user": {
            "can_merge": may_merge(call.session, call.user, request.project, request.target_branch)
        },
    }


def _on_demand(call: Call, request: MergeRequest) -> dict[str, Any]:
    """What GitLab tells of one merge request only when asked for it by a parameter."""
    body: dict[str, Any] = {}
    if call.params.flag("include_diverged_commits_count"):
        repository = call.repository(request.project)
        body["diverged_commits_count"] = merges.diverged(repository, request)
    if call.params.flag("include_rebase_in_progress"):
        body["rebase_in_progress"] = request.rebase_in_progress
    return body


def version(row: DiffVersion) -> dict[str, Any]:
    return {
        "id": row.id,
        "head_commit_sha": row.head_sha,
        "base_commit_sha": row.base_sha,
        "start_commit_sha": row.start_sha,
        "created_at": iso(row.created_at),
        "merge_request_id": row.merge_request_id,
        "state": "collected",
        "real_size": "1",
        "patch_id_sha": None,
    }


def approvals(call: Call, request: MergeRequest) -> dict[str, Any]:
    """GitLab Free: nothing is required, everybody who may update may approve."""
    rows = list_approvals(call, request)
    mine = any(row.user_id == call.user.id for row in rows)
    return {
        **_head(request),
        "merge_status": _LEGACY.get(
            merges.detailed_status(call.session, call.repository(request.project), request),
            "can_be_merged",
        ),
        "approved": bool(rows),
        "approvals_required": 0,
        "approvals_left": 0,
        "user_has_approved": mine,
        "user_can_approve": not mine and merges.may_approve(call.session, call.user, request),
        "approved_by": [
            {"user": user_basic(row.user, call.server.url), "approved_at": iso(row.created_at)}
            for row in rows
        ],
    }


def list_approvals(call: Call, request: MergeRequest) -> list[Approval]:
    query = select(Approval).where(Approval.merge_request_id == request.id).order_by(Approval.id)
    return list(call.session.scalars(query))


def note(row: Note, request: MergeRequest, base: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "type": row.kind,
        "body": row.body,
        "attachment": None,
        "author": user_basic(row.author, base),
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "system": row.system,
        "noteable_id": request.id,
        "noteable_type": "MergeRequest",
        "noteable_iid": request.iid,
        "project_id": request.project_id,
        "resolvable": row.resolvable,
        **_resolution(row, base),
        **({"position": row.position} if row.position else {}),
        "confidential": False,
        "internal": False,
        "imported": False,
    }


def _resolution(row: Note, base: str) -> dict[str, Any]:
    if not row.resolvable:
        return {}
    return {
        "resolved": row.resolved,
        "resolved_by": user_maybe(row.resolved_by, base),
        "resolved_at": iso(row.resolved_at),
    }


def _head(request: MergeRequest) -> dict[str, Any]:
    """What a merge request and its approvals both begin with."""
    return {
        "id": request.id,
        "iid": request.iid,
        "project_id": request.project_id,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "created_at": iso(request.created_at),
        "updated_at": iso(request.updated_at),
    }


def _users(call: Call, ids: list[int]) -> list[dict[str, Any]]:
    found = (call.session.get(User, user_id) for user_id in ids)
    return [user_basic(user, call.server.url) for user in found if user is not None]
