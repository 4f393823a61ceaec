"""views.open, push, update and publish."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.errors import SlackError, invalid_arguments
from airdesk_sandbox.slack.handles.triggers import Trigger, TriggerError
from airdesk_sandbox.slack.limits import TIER_4
from airdesk_sandbox.slack.modals import (
    checked_view,
    open_modal,
    publish_home,
    push_modal,
    update_view,
)
from airdesk_sandbox.slack.store.views import StoredView


def open_view(call: Call) -> Answer:
    source = _view(call)
    checked_view(source, "modal")  # a wrong view must not use the trigger up
    view = open_modal(call.slack, call.app, _trigger(call), source)
    return {"view": view.body}


def push_view(call: Call) -> Answer:
    source = _view(call)
    checked_view(source, "modal")
    trigger = _trigger(call)
    stack = call.slack.views.stack_of(trigger.user)
    if trigger.view_id is None or not stack:
        raise SlackError("not_found")
    return {"view": push_modal(call.slack, call.app, stack[-1], source).body}


def update(call: Call) -> Answer:
    source = _view(call)
    view = _named_view(call)
    given_hash = call.maybe("hash")
    if given_hash is not None and given_hash != view.body["hash"]:
        raise SlackError("hash_conflict")
    return {"view": update_view(call.slack, call.app, view, source).body}


def publish(call: Call) -> Answer:
    user = call.text("user_id")
    if call.slack.workspace.user(user) is None:
        raise SlackError("user_not_found")
    home = call.slack.views.home_of(user, call.app.id)
    given_hash = call.maybe("hash")
    if given_hash is not None and (home is None or given_hash != home.body["hash"]):
        raise SlackError("hash_conflict")
    return {"view": publish_home(call.slack, call.app, user, _view(call)).body}


def _view(call: Call) -> Any:
    view = call.args.get("view")
    if view in (None, ""):
        raise invalid_arguments("missing required field: view")
    return view


def _trigger(call: Call) -> Trigger:
    try:
        return call.slack.triggers.exchange(call.app.id, call.text("trigger_id"))
    except TriggerError as error:
        raise SlackError(str(error)) from error


def _named_view(call: Call) -> StoredView:
    if view_id := call.maybe("view_id"):
        found = call.slack.views.get(view_id)
    elif external_id := call.maybe("external_id"):
        found = call.slack.views.by_external_id(call.app.id, external_id)
    else:
        raise invalid_arguments("missing required field: view_id or external_id")
    if found is None or found.app_id != call.app.id or not found.is_open:
        raise SlackError("not_found")
    return found


METHODS = {
    "views.open": Method(open_view, TIER_4),
    "views.push": Method(push_view, TIER_4),
    "views.update": Method(update, TIER_4),
    "views.publish": Method(publish, TIER_4),
}
