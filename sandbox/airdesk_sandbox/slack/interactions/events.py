"""Events of the Events API that apps subscribe to."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.interactions.payloads import event_payload
from airdesk_sandbox.slack.interactions.people import acting, app_of
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.store.messages import Message


def tell_about_message(slack: Slack, conversation: Conversation, message: Message) -> None:
    """`message.channels`, `message.im` and the like, and `app_mention`."""
    kind = "im" if conversation.is_direct else "group" if conversation.is_private else "channel"
    subscription = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}
    for app in slack.workspace.apps:
        if app.bot_user_id not in conversation.members:
            continue
        event = {**message, "channel": conversation.id, "channel_type": kind}
        if subscription[kind] in app.events:
            slack.dispatcher.tell(app, event_payload(slack, app, event))
        if "app_mention" in app.events and f"<@{app.bot_user_id}>" in message["text"]:
            mention = {**event, "type": "app_mention"}
            mention.pop("channel_type")
            slack.dispatcher.tell(app, event_payload(slack, app, mention))


def home_opened(slack: Slack, user_id: str, app_id: str, tab: str) -> dict[str, Any]:
    """A person opened the app's Home or Messages tab; makes their direct message if need be."""
    user = acting(slack, user_id)
    app = app_of(slack, app_id)
    direct, _ = slack.conversations.open_direct([app.bot_user_id, user.id])
    if "app_home_opened" in app.events:
        home = slack.views.home_of(user.id, app.id)
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": direct.id,
            "tab": tab,
        }
        if home is not None:
            event["view"] = home.body
        slack.dispatcher.tell(app, event_payload(slack, app, event))
    slack.changes.happened()
    return {"ok": True, "channel": direct.id}
