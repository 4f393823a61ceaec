"""Webhooks of projects, and what was sent to them."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.entities.projects import hook as hook_entity
from airdesk_sandbox.gitlab.entities.projects import hook_event
from airdesk_sandbox.gitlab.errors import ApiError, bad_request, invalid, not_found
from airdesk_sandbox.gitlab.models import Hook, HookDelivery
from airdesk_sandbox.gitlab.routing import Route

_FLAGS = (
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "note_events",
    "job_events",
    "pipeline_events",
    "enable_ssl_verification",
)
_STATUSES = {
    "successful": ("200", "299"),
    "client_failure": ("400", "499"),
    "server_failure": ("500", "599"),
}
_RESENDS, _MINUTE = 5, 60.0
_resent: dict[tuple[int, int], deque[float]] = {}
_guard = threading.Lock()


def list_hooks(call: Call) -> Reply:
    project = call.project("admin_project")
    query = select(Hook).where(Hook.project_id == project.id).order_by(Hook.id)
    return call.page(query, hook_entity)


def show_hook(call: Call) -> dict[str, Any]:
    return hook_entity(_hook(call))


def create_hook(call: Call) -> dict[str, Any]:
    project = call.project("admin_project")
    row = Hook(project_id=project.id, url=call.params.need("url"), push_events=True)
    _apply(call, row)
    call.session.add(row)
    call.session.flush()
    return hook_entity(row)


def update_hook(call: Call) -> dict[str, Any]:
    row = _hook(call)
    row.url = call.params.text("url", row.url)
    _apply(call, row)
    return hook_entity(row)


def _apply(call: Call, row: Hook) -> None:
    if not row.url.startswith(("http://", "https://")):
        raise bad_request("Invalid url given")
    for name in _FLAGS:
        if name in call.params:
            setattr(row, name, call.params.flag(name))
    if "token" in call.params:
        row.token = call.params.text("token")
    if "push_events_branch_filter" in call.params:
        row.push_events_branch_filter = call.params.text("push_events_branch_filter")


def delete_hook(call: Call) -> None:
    call.session.delete(_hook(call))


def list_events(call: Call) -> Reply:
    """What was sent, the newest first; `status` is a code or `successful`, `client_failure` …"""
    query = select(HookDelivery).where(
        HookDelivery.hook_id == _hook(call).id, HookDelivery.due_at.is_(None)
    )
    if wanted := call.params.text("status"):
        if wanted not in _STATUSES and not wanted.isdigit():
            raise invalid("status")
        first, last = _STATUSES.get(wanted, (wanted, wanted))
        query = query.where(HookDelivery.response_status.between(first, last))
    return call.page(query.order_by(HookDelivery.id.desc()), hook_event)


def resend_event(call: Call) -> Reply:
    """Send the same again, now; five times a minute for a hook and a person."""
    hook = _hook(call)
    event = call.session.get(HookDelivery, call.number("event_id"))
    if event is None or event.hook_id != hook.id:
        raise not_found()
    if not _may_resend(hook.id, call.user.id):
        told = "This endpoint has been requested too many times. Try again later."
        raise ApiError(429, {"message": {"error": told}})
    status = call.server.webhooks.resend(event.id)
    if not status.isdigit():
        raise ApiError(422, {"message": status})
    return Reply(201, {"response_status": int(status)})


def _may_resend(hook_id: int, user_id: int) -> bool:
    moment = time.monotonic()
    with _guard:
        times = _resent.setdefault((hook_id, user_id), deque())
        while times and times[0] < moment - _MINUTE:
            times.popleft()
        if len(times) >= _RESENDS:
            return False
        times.append(moment)
        return True


def _hook(call: Call) -> Hook:
    project = call.project("admin_project")
    row = call.session.get(Hook, call.number("hook_id"))
    if row is None or row.project_id != project.id:
        raise not_found()
    return row


_HOOKS = "/projects/:id/hooks"
ROUTES = [
    Route("GET", _HOOKS, list_hooks),
    Route("POST", _HOOKS, create_hook),
    Route("GET", f"{_HOOKS}/:hook_id", show_hook),
    Route("PUT", f"{_HOOKS}/:hook_id", update_hook),
    Route("DELETE", f"{_HOOKS}/:hook_id", delete_hook),
    Route("GET", f"{_HOOKS}/:hook_id/events", list_events),
    Route("POST", f"{_HOOKS}/:hook_id/events/:event_id/resend", resend_event, own_transaction=True),
]
