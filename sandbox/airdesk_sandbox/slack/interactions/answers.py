"""Messages that answer an interaction: in an acknowledgement, or through a response URL."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.api.content import checked_blocks
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.handles.response_urls import Origin
from airdesk_sandbox.slack.posting import app_message, change, post, remove
from airdesk_sandbox.slack.store.messages import Message

_KNOWN = ("text", "blocks", "attachments", "metadata")


def answer(slack: Slack, origin: Origin, body: dict[str, Any]) -> None:
    """Do what the answer says: post, replace the message that was clicked, or delete it.

    Raises:
        SlackError: the answer says nothing, or its blocks are wrong.
    """
    original = _original(slack, origin)
    if original is not None and body.get("delete_original"):
        remove(slack, origin.channel, original)
        return
    content = {key: body[key] for key in _KNOWN if body.get(key) not in (None, "")}
    if not content:
        raise SlackError("no_text")
    if "blocks" in content:
        content["blocks"] = checked_blocks(content["blocks"])
    if original is not None and body.get("replace_original"):
        change(slack, origin.channel, original, content)
        return
    app = slack.workspace.app(origin.app_id)
    if app is None:
        raise SlackError("invalid_url")
    in_channel = body.get("response_type") == "in_channel"
    thread_ts = body.get("thread_ts") or (origin.thread_ts if not in_channel else None)
    post(
        slack,
        origin.channel,
        app_message(slack, app, content),
        thread_ts=thread_ts,
        seen_by=None if in_channel else origin.user,
    )


def _original(slack: Slack, origin: Origin) -> Message | None:
    if origin.ts is None:
        return None
    public = slack.messages.get(origin.channel, origin.ts)
    return public or slack.messages.get_ephemeral(origin.channel, origin.ts, origin.user)
