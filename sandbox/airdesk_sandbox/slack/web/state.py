"""What one person sees of the workspace, as JSON for the page and for scripts."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.interactions.people import acting
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.store.messages import Message
from airdesk_sandbox.slack.workspace import App, User


def state_for(slack: Slack, user_id: str) -> dict[str, Any]:
    """Channels with messages, direct messages, open modals and Home tabs of one person."""
    user = acting(slack, user_id)
    workspace = slack.workspace
    channels = [one for one in slack.conversations.channels() if user.id in one.members]
    directs = slack.conversations.directs_of(user.id)
    homes = {app.id: slack.views.home_of(user.id, app.id) for app in workspace.apps}
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "me": person(user),
        "users": [person(one) for one in workspace.users],
        "apps": [app_row(slack, app) for app in workspace.apps],
        "channels": [_channel(slack, one, user) for one in (*channels, *directs)],
        "views": [{**v.body, "errors": v.errors} for v in slack.views.stack_of(user.id)],
        "homes": {app_id: home.body for app_id, home in homes.items() if home is not None},
    }


def person(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "email": user.email,
    }


def app_row(slack: Slack, app: App) -> dict[str, Any]:
    return {
        "id": app.id,
        "name": app.name,
        "bot_user_id": app.bot_user_id,
        "icon": app.icon,
        "description": app.description,
        "connected": not app.socket_mode or slack.socket_mode.is_connected(app.id),
        "commands": [
            {"command": c.command, "usage_hint": c.usage_hint, "description": c.description}
            for c in app.commands
        ],
    }


def _channel(slack: Slack, conversation: Conversation, user: User) -> dict[str, Any]:
    messages = slack.messages.visible_to(conversation.id, user.id)
    return {
        "id": conversation.id,
        "name": conversation.name or _partner(slack, conversation, user),
        "is_direct": conversation.is_direct,
        "is_private": conversation.is_private,
        "topic": conversation.topic,
        "members": list(conversation.members),
        "messages": [_message(message, hidden) for message, hidden in messages],
    }


def _partner(slack: Slack, conversation: Conversation, user: User) -> str:
    names = []
    for member in conversation.members:
        if member == user.id:
            continue
        other, app = slack.workspace.user(member), slack.workspace.app_of_bot(member)
        names.append(other.real_name if other else app.name if app else member)
    return ", ".join(names)


def _message(message: Message, ephemeral: bool) -> dict[str, Any]:
    """The stored message, with the short names scripts ask for beside Slack's own."""
    return {
        **message,
        "user": message.get("user"),
        "bot": message.get("bot_id"),
        "app": (message.get("bot_profile") or {}).get("name"),
        "blocks": message.get("blocks", []),
        "ephemeral": ephemeral,
        "thread_ts": message.get("thread_ts"),
        "edited": message.get("edited"),
        "metadata": message.get("metadata"),
    }
