"""Asks: what people asked for, written down before Slack hears that we got it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airdesk.store.database import Database
from airdesk.store.records import Ask, AskKind
from airdesk.store.tables import AskRow

_DUE = "due"
_DONE = "done"


class Inbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self, *, key: str, kind: AskKind, person: str, payload: Mapping[str, str], now: datetime
    ) -> bool:
        """Write an ask down. Returns whether it is new; the same key is the same ask."""
        try:
            with self._database.write() as session:
                return insert_ask(
                    session, key=key, kind=kind, person=person, payload=payload, now=now
                )
        except IntegrityError:
            return False  # another replica got the same delivery at this very moment

    def take(self, *, now: datetime, lease: timedelta) -> Ask | None:
        """The ask that waited longest; nobody else gets it while it is leased."""
        with self._database.write() as session:
            row = session.scalar(
                select(AskRow)
                .where(AskRow.state == _DUE, AskRow.due_at <= now)
                .where(or_(AskRow.leased_until.is_(None), AskRow.leased_until < now))
                .order_by(AskRow.due_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return None
            row.leased_until = now + lease
            row.attempts += 1
            return _record(row)

    def finish(self, ask_id: str, outcome: str | None) -> None:
        """It is done, or refused with the sentence `outcome`; either way it is over."""
        self._set(ask_id, state=_DONE, outcome=outcome, leased_until=None)

    def postpone(self, ask_id: str, *, due_at: datetime, outcome: str) -> None:
        self._set(ask_id, due_at=due_at, outcome=outcome, leased_until=None)

    def hurry(self, person: str, *, now: datetime) -> None:
        """Take up what waits for this person now: what it waited for has happened."""
        with self._database.write() as session:
            session.execute(
                update(AskRow)
                .where(AskRow.person == person, AskRow.state == _DUE)
                .values(due_at=now)
            )

    def waiting(self) -> int:
        with self._database.read() as session:
            return len(session.scalars(select(AskRow.id).where(AskRow.state == _DUE)).all())

    def free_leases(self) -> None:
        with self._database.write() as session:
            session.execute(update(AskRow).values(leased_until=None))

    def _set(self, ask_id: str, **values: object) -> None:
        with self._database.write() as session:
            session.execute(update(AskRow).where(AskRow.id == ask_id).values(**values))


def insert_ask(
    session: Session,
    *,
    key: str,
    kind: AskKind,
    person: str,
    payload: Mapping[str, str],
    now: datetime,
) -> bool:
    """Write an ask down in a transaction that the caller holds."""
    if session.scalar(select(AskRow.id).where(AskRow.key == key)) is not None:
        return False
    session.add(
        AskRow(
            id=secrets.token_hex(8),
            key=key,
            kind=kind,
            person=person,
            payload=dict(payload),
            state=_DUE,
            attempts=0,
            due_at=now,
            created_at=now,
        )
    )
    return True


def _record(row: AskRow) -> Ask:
    return Ask(
        id=row.id,
        key=row.key,
        kind=AskKind(row.kind),
        person=row.person,
        payload=dict(row.payload),
        attempts=row.attempts,
        created_at=row.created_at,
    )
