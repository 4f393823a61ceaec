"""The buttons of a merge request, pressed by the person who is signed in."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from airdesk_sandbox.gitlab import merges, payloads
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.errors import ApiError, bad_request, conflict, forbidden
from airdesk_sandbox.gitlab.models import MergeRequest, Note, Project
from airdesk_sandbox.gitlab.pages.requests import find
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may, may_merge
from airdesk_sandbox.gitlab.webhooks import enqueue


def approve(view: View, project: Project) -> Response:
    request = find(view, project)
    _check_sha(view, request)
    if not merges.approve(view.server, view.session, request, view.user):
        raise forbidden("You cannot approve this merge request.")
    return _back(view, request)


def unapprove(view: View, project: Project) -> Response:
    request = find(view, project)
    merges.unapprove(view.server, view.session, request, view.user)
    return _back(view, request)


def merge(view: View, project: Project) -> Response:
    """Merge, or set it to merge when its pipeline has passed."""
    request, session = find(view, project), view.session
    if not may_merge(session, view.user, project, request.target_branch):
        raise forbidden("You may not merge into this branch.")
    _check_sha(view, request)
    status = merges.detailed_status(session, view.server.repository(project), request)
    if status == "ci_still_running":
        request.auto_merge, request.merge_user, request.updated_at = True, view.user, now()
    elif status == "mergeable":
        merges.merge_now(view.server, session, request, view.user, view.after)
    else:
        raise ApiError(405, {"message": f"It cannot be merged now: {status}."})
    return _back(view, request)


def note(view: View, project: Project) -> Response:
    request = find(view, project)
    if not may(view.session, view.user, "create_note", project):
        raise forbidden()
    body = view.form.get("body", "").strip()
    if not body:
        raise bad_request("Write something first.")
    row = Note(merge_request_id=request.id, author=view.user, body=body)
    view.session.add(row)
    view.session.flush()
    repository, base = view.server.repository(project), view.server.url
    enqueue(
        view.session,
        project,
        "note",
        lambda: payloads.note(row, request, base, repository.commit(request.sha)),
    )
    return _back(view, request)


def _check_sha(view: View, request: MergeRequest) -> None:
    """What was on the page is what is decided about."""
    if view.form.get("sha") != request.sha:
        raise conflict("New commits were pushed meanwhile. Look at the changes again first.")


def _back(view: View, request: MergeRequest) -> Response:
    view.after.append(view.server.webhooks.wake)
    return RedirectResponse(f"/{request.project.full_path}/-/merge_requests/{request.iid}", 303)
