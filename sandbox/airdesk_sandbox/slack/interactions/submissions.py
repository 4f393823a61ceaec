"""Submitting and closing modals, and what an app may answer to a submission."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.blockkit.state import Values
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.handles.response_urls import Origin
from airdesk_sandbox.slack.interactions.actions import open_view
from airdesk_sandbox.slack.interactions.inputs import complaints, merge
from airdesk_sandbox.slack.interactions.payloads import interaction
from airdesk_sandbox.slack.interactions.people import ImpossibleError, acting, app_of
from airdesk_sandbox.slack.modals import close_view, push_modal, update_view
from airdesk_sandbox.slack.store.views import StoredView
from airdesk_sandbox.slack.workspace import App, User

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(slack: Slack, user_id: str, view_id: str, entered: Values) -> dict[str, Any]:
    """Press the modal's submit button. Returns `{"ok": True}` or `{"ok": False, "errors"}`."""
    user = acting(slack, user_id)
    view = open_view(slack, user_id, view_id)
    if slack.views.stack_of(user_id)[-1:] != [view]:
        raise ImpossibleError("Another modal lies on top of this one.")
    app = app_of(slack, view.app_id)
    values = merge(view.body["blocks"], view.body["state"]["values"], entered)
    view.body["state"] = {"values": values}
    view.errors = complaints(view.body["blocks"], values)
    slack.views.save(view)
    if view.errors:
        slack.changes.happened()
        return {"ok": False, "errors": view.errors}
    payload = {
        **interaction(slack, app, user, "view_submission"),
        "trigger_id": slack.triggers.new(app.id, user.id, place=view.place, view_id=view.id),
        "view": view.body,
        "response_urls": _response_urls(slack, app, user, view),
    }
    ack = await slack.dispatcher.ask(app, "interactive", payload)
    if not ack.ok:
        raise ImpossibleError(TROUBLE)
    return _obey(slack, app, view.id, ack.payload or {})


async def close(
    slack: Slack, user_id: str, view_id: str, *, whole_stack: bool = False
) -> dict[str, Any]:
    """Press Cancel (`whole_stack`: the × in the corner); tells apps that asked to be told."""
    user = acting(slack, user_id)
    view = open_view(slack, user_id, view_id)
    whole = whole_stack or bool(view.body.get("clear_on_close"))
    for closed in close_view(slack, view, whole_stack=whole):
        if not closed.body.get("notify_on_close"):
            continue
        app = app_of(slack, closed.app_id)
        payload = {
            **interaction(slack, app, user, "view_closed"),
            "view": closed.body,
            "is_cleared": whole,
        }
        await slack.dispatcher.ask(app, "interactive", payload)
    return {"ok": True}


def _obey(slack: Slack, app: App, view_id: str, response: dict[str, Any]) -> dict[str, Any]:
    """Do what the acknowledgement says. An answer Slack does not understand is trouble."""
    view = slack.views.get(view_id)
    if view is None or not view.is_open:
        return {"ok": True}
    try:
        match response.get("response_action"):
            case None:
                close_view(slack, view)
            case "clear":
                close_view(slack, view, whole_stack=True)
            case "update":
                update_view(slack, app, view, response.get("view"))
            case "push":
                push_modal(slack, app, view, response.get("view"))
            case "errors":
                return _show_errors(slack, view, response.get("errors"))
            case _:
                raise ImpossibleError(TROUBLE)
    except SlackError as error:
        raise ImpossibleError(TROUBLE) from error
    return {"ok": True}


def _show_errors(slack: Slack, view: StoredView, errors: Any) -> dict[str, Any]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise ImpossibleError(TROUBLE)
    view.errors = {block_id: str(text) for block_id, text in errors.items()}
    slack.views.save(view)
    slack.changes.happened()
    return {"ok": False, "errors": view.errors}


def _response_urls(slack: Slack, app: App, user: User, view: StoredView) -> list[dict[str, Any]]:
    urls = []
    for block in view.body["blocks"]:
        element = block.get("element", {})
        if not element.get("response_url_enabled"):
            continue
        value = view.body["state"]["values"][block["block_id"]][element["action_id"]]
        channel = value.get("selected_conversation") or value.get("selected_channel")
        if channel:
            url = slack.response_urls.new(Origin(app.id, user.id, channel))
            ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
            urls.append({**ids, "channel_id": channel, "response_url": url})
    return urls
