"""The payloads Slack sends to apps, as dictionaries ready to be delivered."""

from __future__ import annotations

import secrets
from typing import Any

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.handles.response_urls import Origin
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.store.messages import Message
from airdesk_sandbox.slack.store.views import StoredView
from airdesk_sandbox.slack.workspace import App, User

# Slack's old verification token; apps check signatures instead, but the field is still sent.
VERIFICATION = "sandbox"


def channel_name(conversation: Conversation) -> str:
    return conversation.name or "directmessage"


def place_of(conversation: Conversation) -> dict[str, Any]:
    return {"channel": conversation.id}


def command_payload(
    slack: Slack, app: App, user: User, conversation: Conversation, command: str, text: str
) -> dict[str, Any]:
    return {
        "token": VERIFICATION,
        "team_id": slack.workspace.team_id,
        "team_domain": slack.workspace.domain,
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.new(Origin(app.id, user.id, conversation.id)),
        "trigger_id": slack.triggers.new(app.id, user.id, place=place_of(conversation)),
    }


def interaction(slack: Slack, app: App, user: User, kind: str) -> dict[str, Any]:
    """What all interactive payloads share."""
    workspace = slack.workspace
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": workspace.team_id,
        },
        "api_app_id": app.id,
        "token": VERIFICATION,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_place(
    slack: Slack, app: App, user: User, conversation: Conversation, message: Message, hidden: bool
) -> dict[str, Any]:
    """Container, channel, message, trigger and response URL of an action in a message."""
    origin = Origin(app.id, user.id, conversation.id, message["ts"], message.get("thread_ts"))
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": conversation.id,
        "is_ephemeral": hidden,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    place = {
        "container": container,
        "channel": {"id": conversation.id, "name": channel_name(conversation)},
        "trigger_id": slack.triggers.new(app.id, user.id, place=place_of(conversation)),
        "response_url": slack.response_urls.new(origin),
    }
    return place if hidden else {**place, "message": message}


def view_place(slack: Slack, app: App, user: User, view: StoredView) -> dict[str, Any]:
    """Container, view and trigger of something that happens inside a view."""
    trigger = slack.triggers.new(app.id, user.id, place=view.place, view_id=view.id)
    return {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger,
        "view": view.body,
    }


def event_payload(slack: Slack, app: App, event: dict[str, Any]) -> dict[str, Any]:
    """The envelope of the Events API around one event."""
    ts = slack.clock.ts()
    return {
        "token": VERIFICATION,
        "team_id": slack.workspace.team_id,
        "context_team_id": slack.workspace.team_id,
        "api_app_id": app.id,
        "event": {**event, "event_ts": ts},
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(6).upper()}",
        "event_time": int(float(ts)),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": slack.workspace.team_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
