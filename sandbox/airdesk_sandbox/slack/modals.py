"""Opening, pushing, changing and closing views; used by the Web API and by acknowledgements."""

from __future__ import annotations

import json
import secrets
from typing import Any

from airdesk_sandbox.slack.blockkit.check import check_view
from airdesk_sandbox.slack.blockkit.identify import with_block_ids
from airdesk_sandbox.slack.blockkit.state import initial_values, keep_entered
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.handles.triggers import Trigger
from airdesk_sandbox.slack.store.views import StoredView
from airdesk_sandbox.slack.workspace import App

MAX_STACK = 3
MAX_VIEW_BYTES = 250_000
_KEPT = ("title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled")


def open_modal(slack: Slack, app: App, trigger: Trigger, source: Any) -> StoredView:
    """Show a new modal; whatever modal the person had open gives way, as in Slack."""
    checked = checked_view(source, "modal")
    _refuse_taken(slack, app, checked, None)
    for old in slack.views.stack_of(trigger.user):
        old.is_open = False
        slack.views.save(old)
    return _save_new(slack, app, trigger.user, checked, trigger.place, parent=None)


def push_modal(slack: Slack, app: App, top: StoredView, source: Any) -> StoredView:
    """Show a modal on top of `top`.

    Raises:
        SlackError: three views are open already, or the view is wrong.
    """
    checked = checked_view(source, "modal")
    _refuse_taken(slack, app, checked, None)
    if top.depth >= MAX_STACK:
        raise SlackError("push_limit_reached")
    return _save_new(slack, app, top.user, checked, top.place, parent=top)


def update_view(slack: Slack, app: App, view: StoredView, source: Any) -> StoredView:
    """Give an open view new contents; entered values stay where ids and types stay."""
    checked = checked_view(source, view.kind)
    _refuse_taken(slack, app, checked, view.id)
    entered = view.body["state"]["values"]
    view.body |= _contents(slack, checked)
    for key in _KEPT:
        if key not in checked and view.kind == "modal":
            view.body[key] = _DEFAULTS.get(key)
    fresh = initial_values(view.body["blocks"], channel=view.place.get("channel", ""))
    view.body["state"] = {"values": keep_entered(fresh, entered)}
    view.external_id = checked.get("external_id") or None
    view.errors = {}
    slack.views.save(view)
    slack.changes.happened()
    return view


def publish_home(slack: Slack, app: App, user: str, source: Any) -> StoredView:
    """Set what a person sees on the app's Home tab."""
    checked = checked_view(source, "home")
    home = slack.views.home_of(user, app.id)
    if home is not None:
        return update_view(slack, app, home, source)
    _refuse_taken(slack, app, checked, None)
    return _save_new(slack, app, user, checked, {}, parent=None)


def close_view(slack: Slack, view: StoredView, *, whole_stack: bool = False) -> list[StoredView]:
    """Close a modal (and what lies on it), or the whole stack. Returns what closed, top first."""
    stack = slack.views.stack_of(view.user)
    closing = [one for one in stack if whole_stack or one.depth >= view.depth]
    for one in closing:
        one.is_open = False
        slack.views.save(one)
    slack.changes.happened()
    return closing[::-1]


def checked_view(source: Any, kind: str) -> dict[str, Any]:
    """The view of a request, parsed and checked.

    Raises:
        SlackError: `invalid_arguments` with Slack's `[ERROR]` lines, or `view_too_large`.
    """
    if isinstance(source, str):
        if len(source) > MAX_VIEW_BYTES:
            raise SlackError("view_too_large")
        try:
            source = json.loads(source)
        except ValueError:
            raise _invalid("must provide an object [json-pointer:/view]") from None
    if len(json.dumps(source)) > MAX_VIEW_BYTES:
        raise SlackError("view_too_large")
    problems = [str(problem) for problem in check_view(source)]
    if not problems and source["type"] != kind:
        problems = [f"must be of type {kind} [json-pointer:/view/type]"]
    if problems:
        raise _invalid("failed to match all allowed schemas [json-pointer:/view]", *problems)
    view: dict[str, Any] = dict(source)
    return view


def new_hash(slack: Slack) -> str:
    return f"{slack.clock.ts().partition('.')[0]}.{secrets.token_hex(4)}"


def _invalid(*lines: str) -> SlackError:
    messages = [f"[ERROR] {line}" for line in lines]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})


def _refuse_taken(slack: Slack, app: App, view: dict[str, Any], own_id: str | None) -> None:
    external_id = view.get("external_id")
    if external_id:
        other = slack.views.by_external_id(app.id, external_id)
        if other is not None and other.id != own_id:
            raise SlackError("duplicate_external_id")


_DEFAULTS: dict[str, Any] = {
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


def _contents(slack: Slack, view: dict[str, Any]) -> dict[str, Any]:
    return {
        "blocks": with_block_ids(view["blocks"]),
        "private_metadata": view.get("private_metadata") or "",
        "callback_id": view.get("callback_id") or "",
        "external_id": view.get("external_id") or "",
        "hash": new_hash(slack),
        **{key: view[key] for key in _KEPT if key in view},
    }


def _save_new(
    slack: Slack,
    app: App,
    user: str,
    view: dict[str, Any],
    place: dict[str, Any],
    *,
    parent: StoredView | None,
) -> StoredView:
    view_id = f"V{slack.clock.ts().replace('.', '')}{secrets.token_hex(2).upper()}"
    root = parent.root if parent else view_id
    body = {
        "id": view_id,
        "team_id": slack.workspace.team_id,
        "type": view["type"],
        **(_DEFAULTS if view["type"] == "modal" else {}),
        **_contents(slack, view),
        "previous_view_id": parent.id if parent else None,
        "root_view_id": root,
        "app_id": app.id,
        "app_installed_team_id": slack.workspace.team_id,
        "bot_id": app.bot_id,
    }
    values = initial_values(body["blocks"], channel=place.get("channel", ""))
    body["state"] = {"values": values}
    stored = StoredView(
        id=view_id,
        app_id=app.id,
        user=user,
        kind=view["type"],
        root=root,
        depth=parent.depth + 1 if parent else 1,
        external_id=view.get("external_id") or None,
        is_open=True,
        body=body,
        place=place,
    )
    slack.views.save(stored)
    slack.changes.happened()
    return stored
