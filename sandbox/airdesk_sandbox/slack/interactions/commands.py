"""Slash commands and plain messages that people type."""

from __future__ import annotations

import re
from typing import Any

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.handles.response_urls import Origin
from airdesk_sandbox.slack.interactions.answers import answer
from airdesk_sandbox.slack.interactions.events import tell_about_message
from airdesk_sandbox.slack.interactions.payloads import command_payload
from airdesk_sandbox.slack.interactions.people import ImpossibleError, acting, place
from airdesk_sandbox.slack.posting import person_message, post
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.workspace import User

SLACKBOT = "USLACKBOT"


async def run_command(slack: Slack, user_id: str, channel: str, text: str) -> dict[str, Any]:
    """Run a slash command. Returns `{"ok", "ack"}`, or `{"ok": False, "error"}`.

    As in Slack, it is Slackbot who tells the person that a command failed.
    """
    user = acting(slack, user_id)
    conversation = place(slack, user, channel)
    try:
        return await _deliver(slack, user, conversation, text)
    except ImpossibleError as error:
        message = person_message(slack, SLACKBOT, str(error))
        post(slack, conversation.id, message, seen_by=user.id)
        return {"ok": False, "error": str(error), "told": True}


async def _deliver(
    slack: Slack, user: User, conversation: Conversation, text: str
) -> dict[str, Any]:
    command, _, rest = text.strip().partition(" ")
    if command == "/invite":
        return _invite(slack, conversation, rest)
    app = slack.workspace.app_of_command(command)
    if app is None:
        raise ImpossibleError(
            f"{command} is not a valid command. In Slack, all messages that start with the "
            "“/” character are interpreted as commands."
        )
    payload = command_payload(slack, app, user, conversation, command, rest.strip())
    ack = await slack.dispatcher.ask(app, "slash_commands", payload)
    if not ack.ok:
        raise ImpossibleError(f"{command} failed with the error “{ack.problem}”")
    if ack.payload and (ack.payload.get("text") or ack.payload.get("blocks")):
        try:
            answer(slack, Origin(app.id, user.id, conversation.id), ack.payload)
        except SlackError as error:
            raise ImpossibleError(
                f"{command} failed with the error “invalid_command_response”"
            ) from error
    return {"ok": True, "ack": ack.payload}


def say(slack: Slack, user_id: str, channel: str, text: str, thread_ts: str | None) -> str:
    """Post what a person typed. Returns its `ts`."""
    user = acting(slack, user_id)
    conversation = place(slack, user, channel)
    if not text.strip():
        raise ImpossibleError("There is nothing to send.")
    message = person_message(slack, user.id, _with_ids(slack, text))
    stored = post(slack, conversation.id, message, thread_ts=thread_ts)
    tell_about_message(slack, conversation, stored)
    return str(stored["ts"])


def _invite(slack: Slack, conversation: Conversation, rest: str) -> dict[str, Any]:
    name = rest.strip().removeprefix("@").lower()
    for app in slack.workspace.apps:
        if app.name.lower() == name:
            slack.conversations.join(conversation.id, app.bot_user_id)
            slack.changes.happened()
            return {"ok": True, "ack": None}
    for user in slack.workspace.users:
        if name in (user.name.lower(), user.real_name.lower()):
            slack.conversations.join(conversation.id, user.id)
            slack.changes.happened()
            return {"ok": True, "ack": None}
    raise ImpossibleError(f"No user or app called “{rest.strip()}” was found.")


def _with_ids(slack: Slack, text: str) -> str:
    """What was typed, with Slack's escapes and with `@Thu Tran` and `#name` turned into ids."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    names: dict[str, str] = {}
    for user in slack.workspace.users:
        names |= {f"@{name}": f"<@{user.id}>" for name in _names(user)}
    for app in slack.workspace.apps:
        names[f"@{app.name}"] = f"<@{app.bot_user_id}>"
    for channel in slack.workspace.channels:
        names[f"#{channel.name}"] = f"<#{channel.id}>"
    if not names:
        return text
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: names[found.group()], text)


def _names(user: User) -> tuple[str, str]:
    return user.real_name, user.name
