"""Cursor paging of lists: opaque cursors, `response_metadata.next_cursor`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from airdesk_sandbox.slack.api.call import Call
from airdesk_sandbox.slack.errors import SlackError

T = TypeVar("T")


def encode_cursor(word: str) -> str:
    return base64.b64encode(f"next:{word}".encode()).decode()


def decode_cursor(cursor: str | None) -> str | None:
    """What `encode_cursor` was given, None for no cursor.

    Raises:
        SlackError: the cursor is none of ours.
    """
    if cursor is None:
        return None
    try:
        word = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if not word.startswith("next:"):
        raise SlackError("invalid_cursor")
    return word.removeprefix("next:")


def page(
    call: Call, items: Sequence[T], *, default: int, high: int = 1000
) -> tuple[Sequence[T], dict[str, Any]]:
    """The part of `items` that the call's cursor and limit ask for, and the answer's metadata."""
    limit = call.number("limit", default, low=1, high=high)
    word = decode_cursor(call.maybe("cursor")) or "0"
    if not word.isdigit():
        raise SlackError("invalid_cursor")
    start = int(word)
    more = start + limit < len(items)
    cursor = encode_cursor(str(start + limit)) if more else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": cursor}}
