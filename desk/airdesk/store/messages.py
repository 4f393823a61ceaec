"""Messages we sent, or were about to send, known by a key of our own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from airdesk.store.database import Database
from airdesk.store.records import SentMessage
from airdesk.store.tables import MessageRow


class Messages:
    """The caller holds the lease of what the key belongs to (a change, an ask, the run cursor),

    so that no two workers send the same key at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, key: str, channel: str, *, now: datetime) -> SentMessage | None:
        """Say that the message is about to be sent.

        Returns `None` the first time. Afterwards, what is known of it: with a `ts` it is in
        Slack; without, a crash may have come between sending and noting.
        """
        with self._database.write() as session:
            row = session.get(MessageRow, key)
            if row is not None:
                return _record(row)
            session.add(MessageRow(key=key, channel=channel, intended_at=now))
            return None

    def sent(self, key: str, *, channel: str, ts: str, digest: str) -> None:
        with self._database.write() as session:
            session.execute(
                update(MessageRow)
                .where(MessageRow.key == key)
                .values(channel=channel, ts=ts, digest=digest)
            )

    def get(self, key: str) -> SentMessage | None:
        with self._database.read() as session:
            row = session.get(MessageRow, key)
            return None if row is None else _record(row)


def _record(row: MessageRow) -> SentMessage:
    return SentMessage(
        key=row.key,
        channel=row.channel,
        ts=row.ts,
        digest=row.digest,
        intended_at=row.intended_at,
    )
