"""Threads on merge requests: begun, answered and resolved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab import merges, threads
from airdesk_sandbox.gitlab.api.notes import create as store
from airdesk_sandbox.gitlab.api.notes import require_own
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, missing, not_found
from airdesk_sandbox.gitlab.models import MergeRequest, Note
from airdesk_sandbox.gitlab.repo.diff import diff
from airdesk_sandbox.gitlab.routing import Route

_SHAS = ("base_sha", "start_sha", "head_sha")


def list_discussions(call: Call) -> Reply:
    request = call.merge_request(call.project("read_merge_request"))
    found = threads.of(call.session, request)
    return call.page_of(found, lambda notes: _present(call, request, notes))


def show_discussion(call: Call) -> dict[str, Any]:
    request, notes = _thread(call)
    return _present(call, request, notes)


def create_discussion(call: Call) -> dict[str, Any]:
    """A thread that can be resolved; with `position` it stands on a line of the diff."""
    request = call.merge_request(call.project("create_note"))
    position = _position(call, request)
    row = store(
        call,
        request,
        kind="DiffNote" if position else "DiscussionNote",
        thread=threads.new_id(),
        position=position,
    )
    return _present(call, request, [row])


def reply(call: Call) -> dict[str, Any]:
    """An answer; a comment that stood alone becomes a thread by it."""
    call.project("create_note")
    request, notes = _thread(call)
    if notes[0].system:
        raise forbidden()
    if notes[0].kind is None:
        notes[0].kind, notes[0].discussion_id = "DiscussionNote", notes[0].thread
    row = store(
        call,
        request,
        kind=notes[0].kind,
        thread=notes[0].thread,
        position=notes[0].position,
    )
    return reviews.note(row, request, call.server.url)


def resolve(call: Call) -> dict[str, Any]:
    request, notes = _thread(call)
    if "resolved" not in call.params:
        raise missing("resolved")
    _resolve(call, request, notes)
    return _present(call, request, notes)


def show_note(call: Call) -> dict[str, Any]:
    request, notes = _thread(call)
    return reviews.note(_one(call, notes), request, call.server.url)


def update_note(call: Call) -> dict[str, Any]:
    """Another text (`body`), or `resolved`: one of the two, as GitLab asks."""
    request, notes = _thread(call)
    row = _one(call, notes)
    if "resolved" in call.params:
        _resolve(call, request, [row])
    elif "body" in call.params:
        require_own(call, request, row)
        row.body, row.updated_at = call.params.need("body"), now()
    else:
        raise bad_request("body, resolved are missing, at least one parameter must be provided")
    return reviews.note(row, request, call.server.url)


def delete_note(call: Call) -> None:
    request, notes = _thread(call)
    row = _one(call, notes)
    require_own(call, request, row)
    call.session.delete(row)


def _resolve(call: Call, request: MergeRequest, notes: list[Note]) -> None:
    if not any(note.resolvable for note in notes):
        raise bad_request("Note is not resolvable")
    if not threads.may_resolve(call.session, call.user, request):
        raise forbidden()
    threads.resolve(notes, call.user, call.params.flag("resolved"))
    call.session.flush()
    merges.auto_merge(call.server, call.session, request, call.after)


def _thread(call: Call) -> tuple[MergeRequest, list[Note]]:
    request = call.merge_request(call.project("read_merge_request"))
    wanted = call.path["discussion_id"]
    query = select(Note).where(Note.merge_request_id == request.id).order_by(Note.id)
    notes = [note for note in call.session.scalars(query) if note.thread == wanted]
    if not notes:
        raise not_found("Discussion")
    return request, notes


def _one(call: Call, notes: list[Note]) -> Note:
    wanted = call.number("note_id")
    found = next((note for note in notes if note.id == wanted), None)
    if found is None:
        raise not_found("Note")
    return found


def _position(call: Call, request: MergeRequest) -> dict[str, Any] | None:
    given = call.params.raw("position")
    if not given:
        return None
    if not isinstance(given, dict) or any(not given.get(name) for name in _SHAS):
        raise bad_request('400 Bad request - Note {:position=>["is incomplete"]}')
    path = given.get("new_path") or given.get("old_path")
    changes = diff(call.repository(request.project), request.base_sha, request.sha)
    if path not in {name for change in changes for name in (change.old_path, change.new_path)}:
        blank = '"can\'t be blank", "must be a valid line code"'
        raise bad_request(f"400 Bad request - Note {{:line_code=>[{blank}]}}")
    lines = {
        name: int(given[name]) if str(given.get(name, "")).isdigit() else None
        for name in ("old_line", "new_line")
    }
    return {
        **{name: str(given[name]) for name in _SHAS},
        "position_type": str(given.get("position_type", "text")),
        "old_path": given.get("old_path") or path,
        "new_path": given.get("new_path") or path,
        **lines,
    }


def _present(call: Call, request: MergeRequest, notes: list[Note]) -> dict[str, Any]:
    return {
        "id": notes[0].thread,
        "individual_note": notes[0].kind is None,
        "notes": [reviews.note(note, request, call.server.url) for note in notes],
    }


_ALL = "/projects/:id/merge_requests/:iid/discussions"
_ONE = f"{_ALL}/:discussion_id"
ROUTES = [
    Route("GET", _ALL, list_discussions),
    Route("POST", _ALL, create_discussion),
    Route("GET", _ONE, show_discussion),
    Route("PUT", _ONE, resolve),
    Route("POST", f"{_ONE}/notes", reply),
    Route("GET", f"{_ONE}/notes/:note_id", show_note),
    Route("PUT", f"{_ONE}/notes/:note_id", update_note),
    Route("DELETE", f"{_ONE}/notes/:note_id", delete_note),
]
