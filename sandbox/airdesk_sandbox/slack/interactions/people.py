"""Who acts and where, as the page names them; and what a person is told when it cannot be."""

from __future__ import annotations

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.workspace import App, User


class ImpossibleError(Exception):
    """The person cannot do this; the sentence is what Slack would show."""


def acting(slack: Slack, user_id: str) -> User:
    user = slack.workspace.user(user_id)
    if user is None:
        raise ImpossibleError(f"There is no {user_id} in this workspace.")
    return user


def place(slack: Slack, user: User, channel: str) -> Conversation:
    """The conversation of this id or `#name`, if the person is in it."""
    conversations = slack.conversations
    found = conversations.get(channel) or conversations.named(channel)
    if found is None or user.id not in found.members:
        raise ImpossibleError(f"{user.real_name} is not in {channel}.")
    return found


def app_of(slack: Slack, app_id: str | None) -> App:
    app = slack.workspace.app(app_id or "")
    if app is None:
        raise ImpossibleError("The app behind this is no longer in the workspace.")
    return app
