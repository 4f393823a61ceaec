"""Messages in Slack, each known by a key and sent once, whatever crashes in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.error import URLError

import structlog
from airdesk.clock import Clock, utc_now
from airdesk.errors import Unavailable
from airdesk.store.messages import Messages
from airdesk.store.records import SentMessage
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from airdesk_bot.channels import Channels, NoWayInError
from airdesk_bot.views.card import Card

log = structlog.get_logger(__name__)

T = TypeVar("T")

EVENT_TYPE = "airdesk_message"
_CLOCK_SKEW_SECONDS = 600
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"}
    | {"request_timeout", "team_added_to_org"}
)
_NO_WAY_IN = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


class UnsendableError(NoWayInError):
    """Slack does not take the message at all, now or later; that is a bug or a missing scope."""


class Messenger:
    """Posts and updates. The caller holds the lease of what the key belongs to."""

    def __init__(
        self, web: WebClient, *, messages: Messages, channels: Channels, clock: Clock = utc_now
    ) -> None:
        self._web = web
        self._messages = messages
        self._channels = channels
        self._clock = clock

    def put(
        self,
        key: str,
        card: Card,
        *,
        channel: str,
        thread_ts: str | None = None,
        otherwise_to: str | None = None,
    ) -> None:
        """Make the message of this key say what the card says: post it, or update it if it differs.

        Args:
            key: names the message for good.
            card: what it shall say.
            channel: id of the channel, or its name with `#`.
            thread_ts: the message it replies to.
            otherwise_to: Slack user id of whom to tell directly where the bot cannot post in
                the channel.

        Raises:
            NoWayInError: it cannot be posted there, and there is nobody to tell instead; or
                Slack does not take it at all (`UnsendableError`).
            Unavailable: Slack does not answer; doing it again does not post it twice.
        """
        elsewhere = f"{key}:direct"
        if self._messages.get(elsewhere) is None:
            try:
                self._put_in_channel(key, card, channel, thread_ts)
                return
            except UnsendableError:
                raise
            except NoWayInError as error:
                if otherwise_to is None:
                    raise
                log.warning("posting_directly", channel=channel, why=str(error))
        if otherwise_to is not None:
            direct = _asked(lambda: self._channels.direct(otherwise_to))
            _asked(lambda: self._put(elsewhere, card, direct, None))

    def _put_in_channel(self, key: str, card: Card, channel: str, thread_ts: str | None) -> None:
        channel_id = _asked(lambda: self._channels.id_of(channel))
        try:
            _asked(lambda: self._put(key, card, channel_id, thread_ts))
        except NoWayInError as error:
            if isinstance(error, UnsendableError) or not self._channels.join(channel_id):
                raise
            _asked(lambda: self._put(key, card, channel_id, thread_ts))

    def whisper(self, card: Card, *, channel: str, user: str) -> None:
        """Say it to one person only, now or not at all."""
        try:
            self._web.chat_postEphemeral(
                channel=channel, user=user, text=card.text, blocks=card.blocks
            )
        except (SlackClientError, URLError, OSError) as error:
            log.warning("whisper_lost", channel=channel, why=str(error))

    def _put(self, key: str, card: Card, channel: str, thread_ts: str | None) -> None:
        known = self._messages.intend(key, channel, now=self._clock())
        if known is not None and known.digest == card.digest:
            return
        ts = known.ts if known is not None else None
        if known is not None and ts is None:
            ts = self._look_up(known, thread_ts)
        if known is None or ts is None:
            self._post(key, card, channel, thread_ts)
            return
        try:
            self._web.chat_update(
                channel=known.channel,
                ts=ts,
                text=card.text,
                blocks=card.blocks,
                metadata=_metadata(key),
            )
        except SlackApiError as error:
            if error.response.get("error") != "message_not_found":
                raise
            # Somebody deleted it; what it says is still wanted.
            self._post(key, card, channel, thread_ts)
            return
        self._messages.sent(key, channel=known.channel, ts=ts, digest=card.digest)

    def _post(self, key: str, card: Card, channel: str, thread_ts: str | None) -> None:
        posted = self._web.chat_postMessage(
            channel=channel,
            text=card.text,
            blocks=card.blocks,
            metadata=_metadata(key),
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
        )
        self._messages.sent(
            key, channel=str(posted["channel"]), ts=str(posted["ts"]), digest=card.digest
        )

    def _look_up(self, known: SentMessage, thread_ts: str | None) -> str | None:
        """The `ts` of a message that may have been sent before a crash."""
        own = self._channels.bot_user_id()
        for message in self._history(known, thread_ts):
            metadata = message.get("metadata") or {}
            if (
                message.get("user") == own
                and metadata.get("event_type") == EVENT_TYPE
                and metadata.get("event_payload", {}).get("key") == known.key
            ):
                return str(message["ts"])
        return None

    def _history(self, known: SentMessage, thread_ts: str | None) -> Iterator[dict[str, Any]]:
        oldest = f"{known.intended_at.timestamp() - _CLOCK_SKEW_SECONDS:.6f}"
        cursor = ""
        while True:
            common: dict[str, Any] = {
                "channel": known.channel,
                "oldest": oldest,
                "limit": 200,
                "cursor": cursor or None,
                "include_all_metadata": True,
            }
            page = (
                self._web.conversations_history(**common)
                if thread_ts is None
                else self._web.conversations_replies(ts=thread_ts, **common)
            )
            yield from page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _asked(call: Callable[[], T]) -> T:
    try:
        return call()
    except SlackApiError as error:
        raise _translated(error) from error
    except (SlackClientError, URLError, OSError) as error:
        raise _silent() from error


def _translated(error: SlackApiError) -> Exception:
    name = str(error.response.get("error"))
    if name in _NO_WAY_IN:
        return NoWayInError(name)
    if name in _PASSING or error.response.status_code >= 500:
        return _silent()
    return UnsendableError(name)


def _silent() -> Unavailable:
    return Unavailable("Slack", "Slack does not answer.")
