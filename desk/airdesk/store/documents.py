"""Texts read elsewhere, kept for when that place does not answer."""

from __future__ import annotations

from datetime import datetime

from airdesk.store.database import Database
from airdesk.store.tables import DocumentRow


class Documents:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        with self._database.read() as session:
            row = session.get(DocumentRow, name)
            return None if row is None else row.text

    def keep(self, name: str, text: str, *, now: datetime) -> None:
        with self._database.write() as session:
            session.merge(DocumentRow(name=name, text=text, read_at=now))
