"""Approving and merging."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.gitlab import merges
from airdesk_sandbox.gitlab.api.merge_requests import find_request
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.errors import ApiError, conflict, forbidden, not_found, unauthorized
from airdesk_sandbox.gitlab.models import MergeRequest
from airdesk_sandbox.gitlab.models.ci import FINISHED
from airdesk_sandbox.gitlab.permissions import may_merge, may_update
from airdesk_sandbox.gitlab.routing import Route


def approve(call: Call) -> dict[str, Any]:
    """With `sha` only if that is still the head: 409 otherwise."""
    request = find_request(call)
    if not may_update(call.session, call.user, request):
        raise forbidden()
    _check_sha(call, request)
    if not merges.approve(call.server, call.session, request, call.user):
        raise unauthorized()
    call.after.append(call.server.webhooks.wake)
    call.session.flush()
    return reviews.approvals(call, request)


def unapprove(call: Call) -> dict[str, Any]:
    request = find_request(call)
    if not merges.unapprove(call.server, call.session, request, call.user):
        raise not_found()
    call.after.append(call.server.webhooks.wake)
    call.session.flush()
    return reviews.approvals(call, request)


def show_approvals(call: Call) -> dict[str, Any]:
    return reviews.approvals(call, find_request(call))


def merge(call: Call) -> Reply:
    """Merge, or with `auto_merge` (`merge_when_pipeline_succeeds`) once the pipeline has passed."""
    request, session = find_request(call), call.session
    if not may_merge(session, call.user, request.project, request.target_branch):
        raise unauthorized()
    if call.params.flag("squash"):
        raise ApiError(501, {"message": "501 Not Implemented: squash on merge"})
    repository = call.repository(request.project)
    status = merges.detailed_status(session, repository, request)
    if status in ("not_open", "draft_status"):
        raise ApiError(405, {"message": "405 Method Not Allowed"})
    _check_sha(call, request)
    automatic = call.params.flag("auto_merge") or call.params.flag("merge_when_pipeline_succeeds")
    if automatic and (waits := merges.fit(repository, request)) != "mergeable":
        raise ApiError(422, {"message": f"Branch cannot be merged: {waits}"})
    if "should_remove_source_branch" in call.params:
        request.remove_source_branch = call.params.flag("should_remove_source_branch")
    if automatic and _has_to_wait(call, request, status):
        request.auto_merge, request.merge_user, request.updated_at = True, call.user, now()
        return Reply(200, reviews.full(call, request))
    if status in ("ci_must_pass", "ci_still_running", "discussions_not_resolved"):
        raise ApiError(405, {"message": "405 Method Not Allowed"})
    if status != "mergeable":
        raise ApiError(422, {"message": "Branch cannot be merged"})
    message = call.params.maybe("merge_commit_message")
    merges.merge_now(call.server, session, request, call.user, call.after, message)
    return Reply(200, reviews.full(call, request))


def _has_to_wait(call: Call, request: MergeRequest, status: str) -> bool:
    """A pipeline runs or must succeed and is still to be made, or threads are open."""
    head = merges.head_pipeline(call.session, request)
    if status == "discussions_not_resolved":
        return True
    if head is None:
        return status == "ci_must_pass"
    return head.status not in FINISHED


def cancel_auto_merge(call: Call) -> dict[str, Any]:
    request = find_request(call)
    if not may_merge(call.session, call.user, request.project, request.target_branch):
        raise unauthorized()
    if not request.auto_merge:
        raise ApiError(406, {"message": "406 Not Acceptable"})
    request.auto_merge = False
    return {"status": "success"}


def _check_sha(call: Call, request: MergeRequest) -> None:
    if "sha" in call.params and call.params.text("sha") != request.sha:
        raise conflict(f"SHA does not match HEAD of source branch: {request.sha}")


_ONE = "/projects/:id/merge_requests/:iid"
ROUTES = [
    Route("POST", f"{_ONE}/approve", approve),
    Route("POST", f"{_ONE}/unapprove", unapprove),
    Route("GET", f"{_ONE}/approvals", show_approvals),
    Route("PUT", f"{_ONE}/merge", merge),
    Route("POST", f"{_ONE}/cancel_merge_when_pipeline_succeeds", cancel_auto_merge),
]
