"""The one error handler of all listeners: every failure becomes a sentence for the person."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from airdesk.errors import Refused, Unavailable
from slack_sdk.errors import SlackApiError

from airdesk_bot.views.apology import apology
from airdesk_bot.views.card import Card
from airdesk_bot.views.refusal import refusal

log = structlog.get_logger(__name__)

Say = Callable[[Card], object]


@contextmanager
def guarded(doing: str, *, user: str, say: Say) -> Iterator[str]:
    """Run a listener's body; yields the request id that the log and an apology carry.

    Args:
        doing: the event's name in the log.
        user: Slack user id.
        say: tells the person, and only them.
    """
    request_id = secrets.token_hex(4)
    with structlog.contextvars.bound_contextvars(request_id=request_id, slack_user=user):
        log.info(doing)
        try:
            yield request_id
        except Refused as error:
            _say(say, refusal(user, error.sentence))
        except Unavailable as error:
            log.warning("unavailable", service=error.service, why=error.sentence)
            _say(say, refusal(user, error.sentence))
        except Exception:
            log.exception("listener_failed", doing=doing)
            _say(say, apology(request_id))


def _say(say: Say, card: Card) -> None:
    try:
        say(card)
    except (SlackApiError, OSError):
        log.exception("could_not_say")
