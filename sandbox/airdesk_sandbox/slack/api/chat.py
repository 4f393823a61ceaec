"""chat.postMessage, postEphemeral, update, delete and getPermalink."""

from __future__ import annotations

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.api.content import read_content
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import POSTING, SPECIAL, TIER_3, TIER_4
from airdesk_sandbox.slack.posting import app_message, change, post, remove
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.store.messages import Message

MAX_UPDATE_TEXT = 4_000


def post_message(call: Call) -> Answer:
    conversation = _target(call)
    wait = call.slack.limiter.take(call.method, POSTING, call.app.id, conversation.id)
    if wait:
        raise SlackError("ratelimited", retry_after=wait)
    content = read_content(call)
    thread_ts = call.maybe("thread_ts")
    if thread_ts and call.slack.messages.get(conversation.id, thread_ts) is None:
        raise SlackError("thread_not_found")
    message = post(
        call.slack,
        conversation.id,
        app_message(call.slack, call.app, content),
        thread_ts=thread_ts,
        broadcast=call.flag("reply_broadcast"),
    )
    return {"channel": conversation.id, "ts": message["ts"], "message": message}


def post_ephemeral(call: Call) -> Answer:
    conversation = _target(call)
    user = call.text("user")
    if call.slack.workspace.user(user) is None or user not in conversation.members:
        raise SlackError("user_not_in_channel")
    message = post(
        call.slack,
        conversation.id,
        app_message(call.slack, call.app, read_content(call)),
        thread_ts=call.maybe("thread_ts"),
        seen_by=user,
    )
    return {"message_ts": message["ts"]}


def update(call: Call) -> Answer:
    conversation = call.channel()
    message = _own(call, conversation, "cant_update_message")
    if len(str(call.args.get("text") or "")) > MAX_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    message = change(call.slack, conversation.id, message, read_content(call))
    return {
        "channel": conversation.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


def delete(call: Call) -> Answer:
    conversation = call.channel()
    remove(call.slack, conversation.id, _own(call, conversation, "cant_delete_message"))
    return {"channel": conversation.id, "ts": call.text("ts")}


def permalink(call: Call) -> Answer:
    conversation = call.channel()
    ts = call.text("message_ts")
    message = call.slack.messages.get(conversation.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.slack.base_url}/archives/{conversation.id}/p{ts.replace('.', '')}"
    thread_ts = message.get("thread_ts")
    if thread_ts and thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def _target(call: Call) -> Conversation:
    """The conversation to post to: an id, a `#name`, or a person's id for a direct message."""
    name = call.text("channel")
    conversations = call.slack.conversations
    found: Conversation | None
    if call.slack.workspace.user(name) is not None:
        found, _ = conversations.open_direct([call.app.bot_user_id, name])
    else:
        found = conversations.get(name) or conversations.named(name)
    if found is None:
        raise SlackError("channel_not_found")
    if call.app.bot_user_id in found.members:
        return found
    if found.is_private:
        raise SlackError("channel_not_found")
    if not call.has_scope("chat:write.public"):
        raise SlackError("not_in_channel")
    return found


def _own(call: Call, conversation: Conversation, refusal: str) -> Message:
    message = call.slack.messages.get(conversation.id, call.text("ts"))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message.get("app_id") != call.app.id:
        raise SlackError(refusal)
    return message


WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, None, WRITE),
    "chat.postEphemeral": Method(post_ephemeral, TIER_4, WRITE),
    "chat.update": Method(update, TIER_3, WRITE),
    "chat.delete": Method(delete, TIER_3, WRITE),
    "chat.getPermalink": Method(permalink, SPECIAL),
}
