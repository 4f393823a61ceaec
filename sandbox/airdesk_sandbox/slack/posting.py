"""Making, changing and removing messages, whoever does it: an app, a person, a response URL."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.store.messages import Message
from airdesk_sandbox.slack.workspace import App

MAX_TEXT = 40_000
CONTENT = ("text", "blocks", "attachments", "metadata", "mrkdwn", "username", "icon_emoji")


def app_message(slack: Slack, app: App, content: dict[str, Any]) -> Message:
    """A message by an app; `content` holds what of `CONTENT` it says."""
    kept = {key: content[key] for key in CONTENT if content.get(key) not in (None, [], "")}
    return {
        "type": "message",
        "user": app.bot_user_id,
        "ts": slack.clock.ts(),
        "bot_id": app.bot_id,
        "app_id": app.id,
        "team": slack.workspace.team_id,
        "bot_profile": {
            "id": app.bot_id,
            "app_id": app.id,
            "user_id": app.bot_user_id,
            "name": app.name,
            "icons": {"emoji": app.icon} if app.icon else {},
            "deleted": False,
            "updated": 0,
            "team_id": slack.workspace.team_id,
        },
        **kept,
        "text": str(content.get("text") or "")[:MAX_TEXT],
    }


def person_message(slack: Slack, user: str, text: str) -> Message:
    return {
        "type": "message",
        "user": user,
        "ts": slack.clock.ts(),
        "client_msg_id": f"sandbox-{slack.clock.ts()}",
        "team": slack.workspace.team_id,
        "text": text[:MAX_TEXT],
    }


def post(
    slack: Slack,
    channel: str,
    message: Message,
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
    seen_by: str | None = None,
) -> Message:
    """Store a message and count it as a reply in its thread. Returns what was stored."""
    if thread_ts is not None:
        parent = slack.messages.get(channel, thread_ts)
        message["thread_ts"] = (parent or {}).get("thread_ts") or thread_ts
        if parent is not None and seen_by is None:
            message["parent_user_id"] = parent["user"]
            _count_reply(slack, channel, message)
        if broadcast:
            message["subtype"] = "thread_broadcast"
    slack.messages.add(channel, message, seen_by=seen_by)
    slack.changes.happened()
    return message


def change(slack: Slack, channel: str, message: Message, content: dict[str, Any]) -> Message:
    """Change a message's content in place.

    As in Slack: text without blocks removes the blocks; blocks without text leave the text;
    attachments and metadata that are not given stay; only changed plain text shows as edited.
    """
    if "blocks" in content or "text" in content:
        for key in ("blocks", "text"):
            if key in content or (key == "blocks" and "text" in content):
                message.pop(key, None)
    for key in ("attachments", "metadata"):
        if key in content:
            message.pop(key, None)
    message.update({k: v for k, v in content.items() if k in CONTENT and v not in (None, [], {})})
    message.setdefault("text", "")
    message["edited"] = {"user": message.get("bot_id") or message["user"], "ts": slack.clock.ts()}
    slack.messages.replace(channel, message)
    slack.changes.happened()
    return message


def remove(slack: Slack, channel: str, message: Message) -> None:
    """Delete a message; a parent that still has replies leaves a tombstone, as in Slack."""
    if message.get("reply_count"):
        message |= {"subtype": "tombstone", "text": "This message was deleted.", "hidden": True}
        for key in ("blocks", "attachments", "metadata"):
            message.pop(key, None)
        slack.messages.replace(channel, message)
    else:
        slack.messages.delete(channel, message["ts"])
        thread_ts = message.get("thread_ts")
        if thread_ts and thread_ts != message["ts"]:
            _recount(slack, channel, thread_ts)
    slack.changes.happened()


def _count_reply(slack: Slack, channel: str, reply: Message) -> None:
    parent = slack.messages.get(channel, reply["thread_ts"])
    if parent is None:
        return
    users = [*parent.get("reply_users", [])]
    if reply["user"] not in users:
        users.append(reply["user"])
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": parent.get("reply_count", 0) + 1,
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": reply["ts"],
        "is_locked": False,
        "subscribed": False,
    }
    slack.messages.replace(channel, parent)


def _recount(slack: Slack, channel: str, thread_ts: str) -> None:
    parent = slack.messages.get(channel, thread_ts)
    if parent is None:
        return
    parent["reply_count"] = max(0, parent.get("reply_count", 1) - 1)
    slack.messages.replace(channel, parent)
