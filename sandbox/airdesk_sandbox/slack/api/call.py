"""One call of the Web API: its arguments, who calls, and the errors Slack answers with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError, invalid_arguments
from airdesk_sandbox.slack.limits import Rate
from airdesk_sandbox.slack.store.conversations import Conversation
from airdesk_sandbox.slack.workspace import App

Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """`app` is whose token it is; `user` is set when the token is a person's (after sign-in)."""

    slack: Slack
    method: str
    args: dict[str, Any]
    app: App
    user: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A required argument as text.

        Raises:
            SlackError: it is missing.
        """
        value = self.args.get(name)
        if value in (None, ""):
            raise invalid_arguments(f"missing required field: {name}")
        return str(value)

    def maybe(self, name: str) -> str | None:
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        if value is None:
            return default
        return str(value).lower() in ("true", "1")

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        try:
            value = int(self.args.get(name) or default)
        except ValueError:
            raise SlackError("invalid_limit") from None
        if value < low:
            raise SlackError("invalid_limit")
        return min(value, high)

    def has_scope(self, scope: str) -> bool:
        return scope in self.app.scopes

    def require_scope(self, *any_of: str) -> None:
        """Refuse the call unless the app holds one of these scopes."""
        if not any(self.has_scope(scope) for scope in any_of):
            raise missing_scope(self.app, any_of)

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation an argument names by id.

        Raises:
            SlackError: there is none, or it is private and the app is not in it.
        """
        conversation = self.slack.conversations.get(self.text(name))
        if conversation is None:
            raise SlackError("channel_not_found")
        if conversation.is_private and self.app.bot_user_id not in conversation.members:
            raise SlackError("channel_not_found")
        return conversation


def missing_scope(app: App, any_of: Sequence[str]) -> SlackError:
    return SlackError("missing_scope", needed=",".join(any_of), provided=",".join(app.scopes))


@dataclass(frozen=True)
class Method:
    """How one method of the Web API is answered.

    Args:
        token: whose token it takes: a bot's, an app-level one, a person's, or none at all.
        rate: None when the handler counts by itself, since it goes by more than the method.
        scopes: the app needs one of them; handlers may ask for more once they know the channel.
    """

    handler: Callable[[Call], Answer]
    rate: Rate | None
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "user", "none"] = "bot"
