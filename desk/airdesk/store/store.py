"""All of the bot's memory under one roof."""

from __future__ import annotations

from airdesk.store.attempts import Attempts
from airdesk.store.changes import Changes
from airdesk.store.database import Database
from airdesk.store.documents import Documents
from airdesk.store.inbox import Inbox
from airdesk.store.messages import Messages
from airdesk.store.people import People
from airdesk.store.reported import Reported


class Store:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.people = People(database)
        self.attempts = Attempts(database)
        self.changes = Changes(database)
        self.inbox = Inbox(database)
        self.messages = Messages(database)
        self.reported = Reported(database)
        self.documents = Documents(database)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open, migrate and make ready.

        An SQLite file belongs to one bot process, so leases left in it are those of a process
        that died: they are freed. On Postgres they run out by themselves.
        """
        database = Database(url)
        database.migrate()
        store = cls(database)
        if database.is_sqlite:
            for part in (store.people, store.changes, store.inbox, store.reported):
                part.free_leases()
        return store

    def close(self) -> None:
        self.database.close()
