"""The buttons of a merge request, pressed by the person who is signed in."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from airdesk_sandbox.gitlab import merges, payloads, rebases, threads
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.errors import ApiError, bad_request, conflict, forbidden
from airdesk_sandbox.gitlab.models import MergeRequest, Note, Project
from airdesk_sandbox.gitlab.pages.requests import find
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may, may_merge, may_push
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


def note(view: View, project: Project, answered: Note | None = None) -> Response:
    request = find(view, project)
    if not may(view.session, view.user, "create_note", project):
        raise forbidden()
    body = view.form.get("body", "").strip()
    if not body:
        raise bad_request("Write something first.")
    row = Note(merge_request_id=request.id, author=view.user, body=body)
    if answered is not None:
        row.kind, row.discussion_id = answered.kind, answered.discussion_id
        row.position = answered.position
    elif "thread" in view.form:
        row.kind, row.discussion_id = "DiscussionNote", threads.new_id()
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


def cancel_auto_merge(view: View, project: Project) -> Response:
    request = find(view, project)
    if not may_merge(view.session, view.user, project, request.target_branch):
        raise forbidden("You may not merge into this branch.")
    request.auto_merge = False
    return _back(view, request)


def rebase(view: View, project: Project) -> Response:
    request = find(view, project)
    if not may_push(view.session, view.user, request.source_project, request.source_branch):
        raise forbidden("You may not push to the source branch.")
    if request.state == "opened" and not request.rebase_in_progress:
        request.rebase_in_progress, request.merge_error = True, None
        wanted = rebases.Rebase(request.id, view.user.id)
        view.after.append(lambda: rebases.perform(view.server, wanted))
    return _back(view, request)


def reply(view: View, project: Project) -> Response:
    """An answer in a thread, which it resolves if the other button was pressed."""
    request = find(view, project)
    found = [
        notes
        for notes in threads.of(view.session, request)
        if notes[0].thread == view.path["thread"] and not notes[0].system
    ]
    if not found:
        raise bad_request("There is no such thread.")
    first = found[0][0]
    if "resolve" in view.form:
        if not threads.may_resolve(view.session, view.user, request):
            raise forbidden("You may not resolve threads here.")
        threads.resolve(found[0], view.user, view.form["resolve"] == "true")
        view.session.flush()
        merges.auto_merge(view.server, view.session, request, view.after)
        return _back(view, request)
    first.kind, first.discussion_id = first.kind or "DiscussionNote", first.thread
    return note(view, project, first)


def _check_sha(view: View, request: MergeRequest) -> None:
    """What was on the page is what is decided about."""
    if view.form.get("sha") != request.sha:
        raise conflict("New commits were pushed meanwhile. Look at the changes again first.")


def _back(view: View, request: MergeRequest) -> Response:
    view.after.append(view.server.webhooks.wake)
    return RedirectResponse(f"/{request.project.full_path}/-/merge_requests/{request.iid}", 303)
