"""conversations.history and conversations.replies."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.api.conversations import kind_of
from airdesk_sandbox.slack.api.paging import decode_cursor, encode_cursor
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import TIER_3
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.store.messages import Message, Window

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def history(call: Call) -> Answer:
    conversation = _readable(call)
    window = _window(call)
    if cursor := decode_cursor(call.maybe("cursor")):
        window = Window(window.oldest, cursor, inclusive=False, limit=window.limit)
    messages, more = call.slack.messages.history(conversation.id, window)
    answer: Answer = {
        "messages": [shown(message, call) for message in messages],
        "has_more": more,
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": encode_cursor(messages[-1]["ts"])}
    return answer


def replies(call: Call) -> Answer:
    conversation = _readable(call)
    ts = call.text("ts")
    asked = call.slack.messages.get(conversation.id, ts)
    parent = None
    if asked is not None:
        parent = call.slack.messages.get(conversation.id, asked.get("thread_ts") or ts)
    if parent is None:
        raise SlackError("thread_not_found")
    window = _window(call)
    cursor = decode_cursor(call.maybe("cursor"))
    if cursor:
        window = Window(cursor, window.latest, inclusive=False, limit=window.limit)
    # The parent comes first on the first page and counts against its limit.
    room = window.limit if cursor else max(1, window.limit - 1)
    found, more = call.slack.messages.replies(
        conversation.id,
        parent["ts"],
        Window(window.oldest, window.latest, window.inclusive, room),
    )
    first = [] if cursor else [parent]
    answer: Answer = {
        "messages": [shown(message, call) for message in [*first, *found]],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": encode_cursor(found[-1]["ts"])}
    return answer


def shown(message: Message, call: Call) -> Message:
    """A message as this call may see it: metadata in full only when it is asked for."""
    copy: dict[str, Any] = dict(message)
    metadata = copy.get("metadata")
    if metadata and not call.flag("include_all_metadata"):
        copy["metadata"] = {"event_type": metadata["event_type"]}
    return copy


def _readable(call: Call) -> Conversation:
    conversation = call.channel()
    call.require_scope(f"{kind_of(conversation)}:history")
    if call.app.bot_user_id not in conversation.members:
        raise SlackError("not_in_channel")
    return conversation


def _window(call: Call) -> Window:
    for name in ("oldest", "latest"):
        value = call.maybe(name)
        if value is not None and not value.replace(".", "", 1).isdigit():
            raise SlackError(f"invalid_ts_{name}")
    return Window(
        oldest=call.maybe("oldest") or "0",
        latest=call.maybe("latest") or "9999999999.999999",
        inclusive=call.flag("inclusive"),
        limit=call.number("limit", 100, low=1, high=999),
    )


METHODS = {
    "conversations.history": Method(history, TIER_3, HISTORY),
    "conversations.replies": Method(replies, TIER_3, HISTORY),
}
