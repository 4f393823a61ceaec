"""What the bot remembers: links, changes, asks, messages, cursors."""

from __future__ import annotations

from airdesk.store.database import Database
from airdesk.store.ownership import OwnedError
from airdesk.store.records import Ask, AskKind, Change, KeptGrant, LinkAttempt, SentMessage
from airdesk.store.reviews import Review
from airdesk.store.store import Store

__all__ = [
    "Ask",
    "AskKind",
    "Change",
    "Database",
    "KeptGrant",
    "LinkAttempt",
    "OwnedError",
    "Review",
    "SentMessage",
    "Store",
]
