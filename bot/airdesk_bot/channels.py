"""Who the bot is in Slack, and the ids of channels."""

from __future__ import annotations

import threading
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


class NoWayInError(Exception):
    """The bot cannot post in this channel."""


class Channels:
    """Slack's directory, asked once for what does not change."""

    def __init__(self, web: WebClient) -> None:
        self._web = web
        self._identity: dict[str, Any] = {}
        self._ids: dict[str, str] = {}
        self._lock = threading.Lock()

    def bot_user_id(self) -> str:
        return str(self._who()["user_id"])

    def team_id(self) -> str:
        """The workspace's id."""
        return str(self._who()["team_id"])

    def id_of(self, channel: str) -> str:
        """The id behind `#name`; an id stays what it is.

        Raises:
            NoWayInError: there is no such channel, or the bot cannot see it.
        """
        if not channel.startswith("#"):
            return channel
        name = channel.removeprefix("#")
        with self._lock:
            if name not in self._ids:
                self._ids = self._listed()
            if name in self._ids:
                return self._ids[name]
        raise NoWayInError(f"There is no channel {channel} that the bot can see.")

    def join(self, channel_id: str) -> bool:
        """Enter a public channel. Returns whether the bot is in it now."""
        try:
            self._web.conversations_join(channel=channel_id)
        except SlackApiError:
            return False
        return True

    def direct(self, user_id: str) -> str:
        """Id of the direct conversation with a person."""
        return str(self._web.conversations_open(users=user_id)["channel"]["id"])

    def _who(self) -> dict[str, Any]:
        with self._lock:
            if not self._identity:
                answer = self._web.auth_test()
                self._identity = {key: answer[key] for key in ("user_id", "team_id")}
            return self._identity

    def _listed(self) -> dict[str, str]:
        found = self._listed_as("public_channel")
        try:
            return found | self._listed_as("private_channel")
        except SlackApiError as error:
            if error.response.get("error") != "missing_scope":
                raise
            return found  # the operator keeps the bot out of private channels

    def _listed_as(self, kind: str) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = ""
        while True:
            page = self._web.conversations_list(
                limit=200, cursor=cursor or None, exclude_archived=True, types=kind
            )
            found |= {entry["name"]: entry["id"] for entry in page["channels"]}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found
