"""conversations.list, info, members, join and open."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.api.paging import page
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import TIER_2, TIER_3, TIER_4
from airdesk_sandbox.slack.store.conversations import Conversation

READ = ("channels:read", "groups:read", "im:read", "mpim:read")


def kind_of(conversation: Conversation) -> str:
    """The word in a scope's name for this kind of conversation (`channels:read`, `im:history`)."""
    if conversation.is_direct:
        return "im" if len(conversation.members) == 2 else "mpim"
    return "groups" if conversation.is_private else "channels"


def list_conversations(call: Call) -> Answer:
    types = (call.maybe("types") or "public_channel").split(",")
    if unknown := set(types) - {"public_channel", "private_channel", "im", "mpim"}:
        raise SlackError("invalid_types", types=sorted(unknown))
    wanted = {
        {"public_channel": "channels", "private_channel": "groups"}.get(kind, kind)
        for kind in types
    }
    for kind in wanted:
        call.require_scope(f"{kind}:read")
    bot = call.app.bot_user_id
    known = [*call.slack.conversations.channels(), *call.slack.conversations.directs_of(bot)]
    visible = [
        conversation_object(one, call)
        for one in known
        if kind_of(one) in wanted and (not one.is_private or bot in one.members)
    ]
    channels, metadata = page(call, visible, default=100)
    return {"channels": channels, **metadata}


def info(call: Call) -> Answer:
    conversation = call.channel()
    call.require_scope(f"{kind_of(conversation)}:read")
    found = conversation_object(conversation, call)
    if call.flag("include_num_members"):
        found["num_members"] = len(conversation.members)
    return {"channel": found}


def members(call: Call) -> Answer:
    conversation = call.channel()
    call.require_scope(f"{kind_of(conversation)}:read")
    some, metadata = page(call, conversation.members, default=100)
    return {"members": list(some), **metadata}


def join(call: Call) -> Answer:
    conversation = call.channel()
    if conversation.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    already = call.app.bot_user_id in conversation.members
    call.slack.conversations.join(conversation.id, call.app.bot_user_id)
    answer: Answer = {"channel": conversation_object(call.channel(), call)}
    if already:
        answer |= {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    return answer


def open_direct(call: Call) -> Answer:
    if channel := call.maybe("channel"):
        conversation = call.slack.conversations.get(channel)
        if conversation is None or not conversation.is_direct:
            raise SlackError("channel_not_found")
        return {"no_op": True, "already_open": True, "channel": {"id": conversation.id}}
    users = [word.strip() for word in call.text("users").split(",") if word.strip()]
    if any(call.slack.workspace.user(user) is None for user in users):
        raise SlackError("user_not_found")
    call.require_scope("im:write" if len(users) == 1 else "mpim:write")
    conversation, existed = call.slack.conversations.open_direct([call.app.bot_user_id, *users])
    call.slack.changes.happened()
    answer: Answer = {"channel": {"id": conversation.id}}
    if call.flag("return_im"):
        answer["channel"] = conversation_object(conversation, call)
    return {**answer, "no_op": True, "already_open": True} if existed else answer


def conversation_object(conversation: Conversation, call: Call) -> dict[str, Any]:
    bot = call.app.bot_user_id
    common = {
        "id": conversation.id,
        "created": 0,
        "is_archived": False,
        "is_im": conversation.is_direct and len(conversation.members) == 2,
        "is_mpim": conversation.is_direct and len(conversation.members) > 2,
        "is_private": conversation.is_private,
        "is_org_shared": False,
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": call.slack.workspace.team_id,
    }
    if conversation.is_direct:
        others = [member for member in conversation.members if member != bot]
        return {**common, "user": others[0] if others else bot, "is_user_deleted": False}
    return {
        **common,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": True,
        "is_group": False,
        "is_member": bot in conversation.members,
        "is_general": False,
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(conversation.members),
    }


METHODS = {
    "conversations.list": Method(list_conversations, TIER_2, READ),
    "conversations.info": Method(info, TIER_3, READ),
    "conversations.members": Method(members, TIER_4, READ),
    "conversations.join": Method(join, TIER_3, ("channels:join",)),
    "conversations.open": Method(open_direct, TIER_3, ("im:write", "mpim:write")),
}
