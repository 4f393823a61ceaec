"""Notes on merge requests, and what people did (events)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from airdesk_sandbox.gitlab import payloads
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now, parse_time
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.entities.projects import event as event_entity
from airdesk_sandbox.gitlab.errors import forbidden, invalid, not_found
from airdesk_sandbox.gitlab.models import Event, MergeRequest, Note, Project
from airdesk_sandbox.gitlab.permissions import MAINTAINER, may, project_level
from airdesk_sandbox.gitlab.routing import Route
from airdesk_sandbox.gitlab.webhooks import enqueue

_ACTIONS = {
    "pushed": ("pushed to", "pushed new", "deleted"),
    "merged": ("accepted",),
    "created": ("opened",),
    "closed": ("closed",),
    "commented": ("commented on",),
}


def list_notes(call: Call) -> Reply:
    request = call.merge_request(call.project("read_merge_request"))
    query = select(Note).where(Note.merge_request_id == request.id)
    if call.params.text("activity_filter") == "only_comments":
        query = query.where(Note.system.is_(False))
    column = Note.updated_at if call.params.text("order_by") == "updated_at" else Note.created_at
    rising = call.params.text("sort", "desc") == "asc"
    order = (column.asc(), Note.id.asc()) if rising else (column.desc(), Note.id.desc())
    return call.page(
        query.order_by(*order), lambda row: reviews.note(row, request, call.server.url)
    )


def show_note(call: Call) -> dict[str, Any]:
    request, row = _note(call)
    return reviews.note(row, request, call.server.url)


def create_note(call: Call) -> dict[str, Any]:
    request = call.merge_request(call.project("create_note"))
    return reviews.note(create(call, request), request, call.server.url)


def create(
    call: Call,
    request: MergeRequest,
    *,
    kind: str | None = None,
    thread: str | None = None,
    position: dict[str, Any] | None = None,
) -> Note:
    """Write a note of the caller down, and tell the webhooks."""
    row = Note(
        merge_request_id=request.id,
        author=call.user,
        body=call.params.need("body"),
        kind=kind,
        discussion_id=thread,
        position=position,
    )
    call.session.add(row)
    request.updated_at = now()
    call.session.flush()
    repository, base = call.repository(request.project), call.server.url
    enqueue(
        call.session,
        request.project,
        "note",
        lambda: payloads.note(row, request, base, repository.commit(request.sha)),
    )
    call.after.append(call.server.webhooks.wake)
    return row


def update_note(call: Call) -> dict[str, Any]:
    request, row = _note(call)
    require_own(call, request, row)
    row.body, row.updated_at = call.params.need("body"), now()
    return reviews.note(row, request, call.server.url)


def delete_note(call: Call) -> None:
    request, row = _note(call)
    require_own(call, request, row)
    call.session.delete(row)


def _note(call: Call) -> tuple[MergeRequest, Note]:
    request = call.merge_request(call.project("read_merge_request"))
    row = call.session.get(Note, call.number("note_id"))
    if row is None or row.merge_request_id != request.id:
        raise not_found("Note")
    return request, row


def require_own(call: Call, request: MergeRequest, row: Note) -> None:
    """Authors change their own notes; Maintainers may change anybody's, but no system note."""
    level = project_level(call.session, call.user, request.project)
    if row.system or (row.author_id != call.user.id and level < MAINTAINER):
        raise forbidden()


def own_events(call: Call) -> Reply:
    return _events(call, select(Event).where(Event.author_id == call.user.id))


def user_events(call: Call) -> Reply:
    query = select(Event).where(Event.author_id == call.number("user_id"))
    return _events(call, query)


def project_events(call: Call) -> Reply:
    project = call.project()
    return _events(call, select(Event).where(Event.project_id == project.id))


def _events(call: Call, query: Select[Event]) -> Reply:
    """`after` and `before` are dates and exclude the day itself, as in GitLab."""
    params = call.params
    if action := params.text("action"):
        query = query.where(Event.action_name.in_(_ACTIONS.get(action, (action,))))
    if target := params.text("target_type"):
        wanted = "MergeRequest" if target == "merge_request" else target
        query = query.where(Event.target_type == wanted)
    if "after" in params:
        query = query.where(Event.created_at >= _midnight(call, "after") + timedelta(days=1))
    if "before" in params:
        query = query.where(Event.created_at < _midnight(call, "before"))
    rising = params.text("sort", "desc") == "asc"
    rows = call.session.scalars(query.order_by(Event.id.asc() if rising else Event.id.desc()))
    known: dict[tuple[int, str], bool] = {}
    seen = [row for row in rows if _may_see(call, row, known)]
    return call.page_of(seen, lambda row: event_entity(row, call.server.url))


def _midnight(call: Call, name: str) -> datetime:
    try:
        day = parse_time(call.params.text(name)).date()
    except ValueError:
        raise invalid(name) from None
    return datetime.combine(day, time(), UTC)


def _may_see(call: Call, row: Event, known: dict[tuple[int, str], bool]) -> bool:
    ability = "read_merge_request" if row.target_type == "MergeRequest" else "read_code"
    key = (row.project_id, ability)
    if key not in known:
        project = call.session.get_one(Project, row.project_id)
        known[key] = may(call.session, call.user, ability, project)
    return known[key]


_NOTES = "/projects/:id/merge_requests/:iid/notes"
_READ_USER = ("read_user",)
ROUTES = [
    Route("GET", _NOTES, list_notes),
    Route("POST", _NOTES, create_note),
    Route("GET", f"{_NOTES}/:note_id", show_note),
    Route("PUT", f"{_NOTES}/:note_id", update_note),
    Route("DELETE", f"{_NOTES}/:note_id", delete_note),
    Route("GET", "/events", own_events, scopes=_READ_USER),
    Route("GET", "/users/:user_id/events", user_events, scopes=_READ_USER),
    Route("GET", "/projects/:id/events", project_events),
]
