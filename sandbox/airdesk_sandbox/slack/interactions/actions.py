"""Clicks and choices: `block_actions` from messages and views, `block_suggestion` from menus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from airdesk_sandbox.slack.blockkit.identify import elements_of, find_element
from airdesk_sandbox.slack.blockkit.rules import Problem
from airdesk_sandbox.slack.blockkit.state import Values, complete, initial_values, value_key
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.interactions.inputs import merge
from airdesk_sandbox.slack.interactions.payloads import interaction, message_place, view_place
from airdesk_sandbox.slack.interactions.people import ImpossibleError, acting, app_of, place
from airdesk_sandbox.slack.interactions.suggestions import read_suggestions
from airdesk_sandbox.slack.store.messages import Message
from airdesk_sandbox.slack.store.views import StoredView

NO_ANSWER = "The app did not respond ({problem}). Try again in a moment."


@dataclass(frozen=True)
class Gesture:
    """What a person did to one element. `given` holds the value; `entered` the other inputs'."""

    action_id: str
    block_id: str | None = None
    given: dict[str, Any] = field(default_factory=dict)
    entered: Values = field(default_factory=dict)


async def act_on_message(
    slack: Slack, user_id: str, channel: str, ts: str, gesture: Gesture
) -> dict[str, Any]:
    """Click or choose something in a message."""
    user = acting(slack, user_id)
    conversation = place(slack, user, channel)
    message, hidden = _message(slack, conversation.id, ts, user_id)
    app = app_of(slack, message.get("app_id"))
    blocks = message.get("blocks", [])
    block, element = _element(blocks, gesture)
    action = _action(slack, block, element, gesture)
    values = merge(blocks, initial_values(blocks), gesture.entered)
    _remember(values, block, element, action)
    payload = {
        **interaction(slack, app, user, "block_actions"),
        **message_place(slack, app, user, conversation, message, hidden),
        "state": {"values": values},
        "actions": [action],
    }
    ack = await slack.dispatcher.ask(app, "interactive", payload)
    if not ack.ok:
        raise ImpossibleError(NO_ANSWER.format(problem=ack.problem))
    return {"ok": True, "url": element.get("url")}


async def act_on_view(slack: Slack, user_id: str, view_id: str, gesture: Gesture) -> dict[str, Any]:
    """Click or choose something in a modal or a Home tab.

    Inside an input block this only tells the app when the block says `dispatch_action`.
    """
    user = acting(slack, user_id)
    view = open_view(slack, user_id, view_id)
    app = app_of(slack, view.app_id)
    blocks = view.body["blocks"]
    block, element = _element(blocks, gesture)
    action = _action(slack, block, element, gesture)
    values = merge(blocks, view.body["state"]["values"], gesture.entered)
    _remember(values, block, element, action)
    view.body["state"] = {"values": values}
    slack.views.save(view)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return {"ok": True, "dispatched": False}
    payload = {
        **interaction(slack, app, user, "block_actions"),
        **view_place(slack, app, user, view),
        "actions": [action],
    }
    ack = await slack.dispatcher.ask(app, "interactive", payload)
    if not ack.ok:
        raise ImpossibleError(NO_ANSWER.format(problem=ack.problem))
    return {"ok": True, "dispatched": True, "url": element.get("url")}


async def suggest(
    slack: Slack, user_id: str, where: dict[str, str], gesture: Gesture, typed: str
) -> dict[str, Any]:
    """Ask the app for the options of an external menu, for what was typed so far.

    `where` is `{"view_id"}` or `{"channel", "ts"}`. Returns `options` or `option_groups`.
    """
    user = acting(slack, user_id)
    if view_id := where.get("view_id"):
        view = open_view(slack, user_id, view_id)
        app, blocks = app_of(slack, view.app_id), view.body["blocks"]
        context = view_place(slack, app, user, view)
        context.pop("trigger_id")
    else:
        conversation = place(slack, user, where.get("channel", ""))
        message, hidden = _message(slack, conversation.id, where.get("ts", ""), user_id)
        app, blocks = app_of(slack, message.get("app_id")), message.get("blocks", [])
        context = message_place(slack, app, user, conversation, message, hidden)
    block, element = _element(blocks, gesture)
    payload = {
        **interaction(slack, app, user, "block_suggestion"),
        **context,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    ack = await slack.dispatcher.ask(app, "interactive", payload)
    options, problems = read_suggestions(ack.payload)
    if not ack.ok or problems:
        raise ImpossibleError(_no_options(ack.problem, problems))
    return {"ok": True, **options}


def open_view(slack: Slack, user_id: str, view_id: str) -> StoredView:
    view = slack.views.get(view_id)
    if view is None or view.user != user_id or not view.is_open:
        raise ImpossibleError("This view is no longer open.")
    return view


def _no_options(problem: str, problems: list[Problem]) -> str:
    if problem:
        return f"There was a problem loading the options ({problem})."
    return f"There was a problem loading the options: {problems[0]}"


def _message(slack: Slack, channel: str, ts: str, user: str) -> tuple[Message, bool]:
    public = slack.messages.get(channel, ts)
    if public is not None:
        return public, False
    own = slack.messages.get_ephemeral(channel, ts, user)
    if own is None:
        raise ImpossibleError("This message is no longer there.")
    return own, True


def _element(
    blocks: list[dict[str, Any]], gesture: Gesture
) -> tuple[dict[str, Any], dict[str, Any]]:
    if gesture.block_id is not None:
        found = find_element(blocks, gesture.block_id, gesture.action_id)
        if found is not None:
            return found
    else:
        for block in blocks:
            for element in elements_of(block):
                if element.get("action_id") == gesture.action_id:
                    return block, element
    raise ImpossibleError(f"There is nothing called {gesture.action_id} here (any more).")


def _action(
    slack: Slack, block: dict[str, Any], element: dict[str, Any], gesture: Gesture
) -> dict[str, Any]:
    action: dict[str, Any] = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": slack.clock.ts(),
    }
    if element["type"] == "button":
        return action | {k: element[k] for k in ("text", "value", "style", "url") if k in element}
    if element["type"] == "overflow":
        return action | {"selected_option": _overflow(element, gesture.given)}
    try:
        return action | complete(element, gesture.given)
    except ValueError as error:
        raise ImpossibleError(f"{gesture.action_id}: {error}.") from error


def _overflow(element: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    wanted = (given.get("selected_option") or {}).get("value", given.get("value"))
    for option in element["options"]:
        if option.get("value") == wanted:
            chosen: dict[str, Any] = option
            return chosen
    raise ImpossibleError(f"{wanted!r} is not in this menu.")


def _remember(
    values: Values, block: dict[str, Any], element: dict[str, Any], action: dict[str, Any]
) -> None:
    key = value_key(element["type"])
    if key is not None:
        entry = {"type": element["type"], key: action[key]}
        values.setdefault(block["block_id"], {})[element["action_id"]] = entry
