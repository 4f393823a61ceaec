"""Messages of all conversations, stored in the shape in which Slack returns them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from airdesk_sandbox.slack.store.database import Database

Message = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """Which part of a conversation is asked for; times are `ts` texts, `limit` counts messages."""

    oldest: str = "0"
    latest: str = "9999999999.999999"
    inclusive: bool = False
    limit: int = 100


class Messages:
    def __init__(self, database: Database) -> None:
        self._db = database

    def last_ts(self) -> str:
        row = self._db.one("select max(ts) as ts from message")
        return row["ts"] if row is not None and row["ts"] else "0.000000"

    def add(self, channel: str, message: Message, *, seen_by: str | None = None) -> None:
        """Keep a message; `seen_by` makes it ephemeral, for that one person."""
        self._db.run(
            "insert into message values (?, ?, ?, ?, ?, ?)",
            (
                channel,
                message["ts"],
                message.get("thread_ts"),
                seen_by,
                message.get("app_id"),
                json.dumps(message),
            ),
        )

    def get(self, channel: str, ts: str) -> Message | None:
        """The public message with this `ts`, or None; ephemeral ones are nobody's but their own."""
        row = self._db.one(
            "select body from message where channel = ? and ts = ? and seen_by is null",
            (channel, ts),
        )
        return None if row is None else json.loads(row["body"])

    def get_ephemeral(self, channel: str, ts: str, user: str) -> Message | None:
        row = self._db.one(
            "select body from message where channel = ? and ts = ? and seen_by = ?",
            (channel, ts, user),
        )
        return None if row is None else json.loads(row["body"])

    def replace(self, channel: str, message: Message) -> None:
        self._db.run(
            "update message set body = ? where channel = ? and ts = ?",
            (json.dumps(message), channel, message["ts"]),
        )

    def delete(self, channel: str, ts: str) -> None:
        self._db.run("delete from message where channel = ? and ts = ?", (channel, ts))

    def history(self, channel: str, window: Window) -> tuple[list[Message], bool]:
        """Newest first, without replies; and whether there are more."""
        where = "(thread_ts is null or thread_ts = ts or body like '%\"thread_broadcast\"%')"
        return self._page(channel, where, (), window, "desc")

    def replies(self, channel: str, thread_ts: str, window: Window) -> tuple[list[Message], bool]:
        """Oldest first, replies only; the parent is not among them."""
        where = "thread_ts = ? and ts <> thread_ts"
        return self._page(channel, where, (thread_ts,), window, "asc")

    def visible_to(self, channel: str, user: str) -> Iterable[tuple[Message, bool]]:
        """Every message a person sees there, oldest first, and whether it is ephemeral."""
        rows = self._db.all(
            "select body, seen_by from message where channel = ? "
            "and (seen_by is null or seen_by = ?) order by ts",
            (channel, user),
        )
        return [(json.loads(row["body"]), row["seen_by"] is not None) for row in rows]

    def _page(
        self, channel: str, where: str, values: tuple[str, ...], window: Window, order: str
    ) -> tuple[list[Message], bool]:
        low, high = (">=", "<=") if window.inclusive else (">", "<")
        rows: list[sqlite3.Row] = self._db.all(
            f"select body from message where channel = ? and seen_by is null and {where} "
            f"and ts {low} ? and ts {high} ? order by ts {order} limit ?",
            (channel, *values, window.oldest, window.latest, window.limit + 1),
        )
        found = [json.loads(row["body"]) for row in rows]
        return found[: window.limit], len(found) > window.limit
