"""Submitted changes and what was last seen of them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airdesk.model import ChangeDraft, ChangeView, Stage
from airdesk.store.database import Database
from airdesk.store.inbox import insert_ask
from airdesk.store.records import AskKind, Change
from airdesk.store.tables import ChangeRow


class Changes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(
        self, draft: ChangeDraft, *, author: str, channel: str, origin: str, now: datetime
    ) -> Change:
        """Store the change together with the ask that opens its merge request, or neither.

        The same `origin` again returns the change that it made the first time.
        """
        try:
            return self._submit(draft, author=author, channel=channel, origin=origin, now=now)
        except IntegrityError:  # another replica got the same submission at this very moment
            return self._submit(draft, author=author, channel=channel, origin=origin, now=now)

    def _submit(
        self, draft: ChangeDraft, *, author: str, channel: str, origin: str, now: datetime
    ) -> Change:
        with self._database.write() as session:
            row = session.scalar(select(ChangeRow).where(ChangeRow.origin == origin))
            if row is not None:
                return _record(row)
            row = ChangeRow(
                id=secrets.token_hex(4),
                origin=origin,
                author=author,
                channel=channel,
                team=draft.team,
                dag_name=draft.dag_name,
                draft=draft.model_dump(mode="json"),
                stage=Stage.SUBMITTED,
                final=False,
                due_at=now,
                woken=0,
                created_at=now,
                changed_at=now,
            )
            session.add(row)
            insert_ask(
                session,
                key=f"open:{row.id}",
                kind=AskKind.OPEN_CHANGE,
                person=author,
                payload={"change": row.id},
                now=now,
            )
            session.flush()
            return _record(row)

    def get(self, change_id: str) -> Change | None:
        with self._database.read() as session:
            row = session.get(ChangeRow, change_id)
            return None if row is None else _record(row)

    def unmerged(self, team: str, dag_name: str) -> Change | None:
        """A change of that DAG that is still before its merge, if there is one."""
        with self._database.read() as session:
            row = session.scalar(
                select(ChangeRow)
                .where(ChangeRow.team == team, ChangeRow.dag_name == dag_name)
                .where(ChangeRow.stage.in_((Stage.SUBMITTED, Stage.REVIEW)))
                .limit(1)
            )
            return None if row is None else _record(row)

    def rollback_of(self, change: Change) -> Change | None:
        """The newest change that takes this one back, if there is one."""
        with self._database.read() as session:
            row = session.scalar(
                select(ChangeRow)
                .where(ChangeRow.origin.startswith(change.rollback_origin, autoescape=True))
                .order_by(ChangeRow.created_at.desc())
                .limit(1)
            )
            return None if row is None else _record(row)

    def following(self, teams: Collection[str], *, limit: int) -> Sequence[Change]:
        """Changes of these teams that have not ended, newest first."""
        with self._database.read() as session:
            rows = session.scalars(
                select(ChangeRow)
                .where(ChangeRow.team.in_(teams), ChangeRow.final.is_(False))
                .order_by(ChangeRow.created_at.desc())
                .limit(limit)
            )
            return [_record(row) for row in rows]

    def take(self, *, now: datetime, lease: timedelta) -> Change | None:
        """The change that waited longest to be looked at; nobody else gets it while leased."""
        with self._database.write() as session:
            row = session.scalar(
                select(ChangeRow)
                .where(ChangeRow.final.is_(False), ChangeRow.due_at <= now)
                .where(or_(ChangeRow.leased_until.is_(None), ChangeRow.leased_until < now))
                .order_by(ChangeRow.due_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return None
            row.leased_until = now + lease
            return _record(row)

    def save(
        self, change: Change, view: ChangeView, *, final: bool, due_at: datetime, now: datetime
    ) -> None:
        """Keep what was seen and give the lease back.

        A wake-up since `take` wins over `due_at` and over `final`.
        """
        dumped = view.model_dump(mode="json")
        with self._database.write() as session:
            row = _locked(session, change.id)
            if row.view != dumped:
                row.changed_at = now
            woken = row.woken != change.woken
            row.view = dumped
            row.stage = view.stage
            row.final = final and not woken
            row.due_at = now if woken else due_at
            row.leased_until = None

    def put_back(self, change: Change, *, due_at: datetime) -> None:
        """Give the lease back without having seen anything new."""
        with self._database.write() as session:
            row = _locked(session, change.id)
            row.due_at = due_at
            row.leased_until = None

    def wake(self, change_id: str, *, now: datetime) -> None:
        """Look at it soon; a change that had ended is followed again."""
        with self._database.write() as session:
            _wake(_locked(session, change_id), now)

    def wake_merge_request(self, team: str, iid: int, *, now: datetime) -> bool:
        """Look soon at the change of a merge request. Returns whether there is one."""
        with self._database.write() as session:
            rows = session.scalars(
                select(ChangeRow)
                .where(ChangeRow.team == team, ChangeRow.merge_request == iid)
                .with_for_update()
            ).all()
            for row in rows:
                _wake(row, now)
            return bool(rows)

    def wake_published(self, *, now: datetime) -> None:
        """Look soon at every change that is merged and not yet seen in Airflow."""
        with self._database.write() as session:
            rows = session.scalars(
                select(ChangeRow)
                .where(ChangeRow.final.is_(False))
                .where(ChangeRow.stage.in_((Stage.MERGED, Stage.PUBLISHED)))
                .with_for_update()
            ).all()
            for row in rows:
                _wake(row, now)

    def opened(self, change_id: str, iid: int, *, now: datetime) -> None:
        with self._database.write() as session:
            row = _locked(session, change_id)
            row.merge_request = iid
            row.hindrance = None
            _wake(row, now)

    def hinder(self, change_id: str, sentence: str | None, *, now: datetime) -> None:
        """Say on the card what keeps us from going on, or that nothing does."""
        with self._database.write() as session:
            row = _locked(session, change_id)
            if row.hindrance != sentence:
                row.hindrance = sentence
                _wake(row, now)

    def close(self, change_id: str, sentence: str, *, now: datetime) -> None:
        """End a change that cannot be opened; the sentence says why."""
        with self._database.write() as session:
            row = _locked(session, change_id)
            row.stage = Stage.CLOSED
            row.hindrance = sentence
            _wake(row, now)

    def free_leases(self) -> None:
        with self._database.write() as session:
            session.execute(update(ChangeRow).values(leased_until=None))


def _locked(session: Session, change_id: str) -> ChangeRow:
    return session.scalars(
        select(ChangeRow).where(ChangeRow.id == change_id).with_for_update()
    ).one()


def _wake(row: ChangeRow, now: datetime) -> None:
    row.woken += 1
    row.final = False
    row.due_at = now


def _record(row: ChangeRow) -> Change:
    return Change(
        id=row.id,
        origin=row.origin,
        author=row.author,
        channel=row.channel,
        draft=ChangeDraft.model_validate(row.draft),
        merge_request=row.merge_request,
        stage=Stage(row.stage),
        view=None if row.view is None else ChangeView.model_validate(row.view),
        hindrance=row.hindrance,
        final=row.final,
        created_at=row.created_at,
        changed_at=row.changed_at,
        woken=row.woken,
    )
