"""All of the bot's memory under one roof."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from airdesk.store.attempts import Attempts
from airdesk.store.changes import Changes
from airdesk.store.database import Database
from airdesk.store.documents import Documents
from airdesk.store.inbox import Inbox
from airdesk.store.messages import Messages
from airdesk.store.ownership import Ownership
from airdesk.store.people import People
from airdesk.store.reported import Reported
from airdesk.store.reviews import Reviews


class Store:
    def __init__(self, database: Database, ownership: Ownership | None = None) -> None:
        self.database = database
        self._ownership = ownership
        self.people = People(database)
        self.attempts = Attempts(database)
        self.changes = Changes(database)
        self.inbox = Inbox(database)
        self.messages = Messages(database)
        self.reported = Reported(database)
        self.reviews = Reviews(database)
        self.documents = Documents(database)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open, migrate and make ready.

        An SQLite file belongs to one bot process, so leases left in it are those of a process
        that died: they are freed. On Postgres they run out by themselves.

        Raises:
            OwnedError: another bot has the SQLite file open.
        """
        file = make_url(url).database
        database = Database(url)
        ownership = Ownership(Path(file)) if database.is_sqlite and file else None
        database.migrate()
        store = cls(database, ownership)
        if database.is_sqlite:
            for part in (
                store.people,
                store.changes,
                store.inbox,
                store.reported,
                store.reviews,
            ):
                part.free_leases()
        return store

    def close(self) -> None:
        self.database.close()
        if self._ownership is not None:
            self._ownership.release()
