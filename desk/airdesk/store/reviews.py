"""Open merge requests of the teams, and what their note tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from airdesk.store.database import Database
from airdesk.store.tables import CursorRow, ReviewRow

_SEARCH = "open merge requests"


@dataclass(frozen=True, kw_only=True)
class Review:
    """An open merge request, whether it came from Slack or by `git push`."""

    team: str
    iid: int
    told: str | None
    """What its note was last written from."""
    woken: int
    changed_at: datetime
    """When something about it last moved, as far as we heard."""


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def notice(self, team: str, iid: int, *, now: datetime) -> None:
        """Look at this merge request soon, whether it is known or new."""
        try:
            self._notice(team, iid, now)
        except IntegrityError:
            self._notice(team, iid, now)  # somebody else noticed it first at this very moment

    def _notice(self, team: str, iid: int, now: datetime) -> None:
        with self._database.write() as session:
            row = session.get(ReviewRow, (team, iid), with_for_update=True)
            if row is None:
                session.add(_row(team, iid, now))
            else:
                row.woken, row.due_at, row.changed_at = row.woken + 1, now, now

    def take(self, *, now: datetime, lease: timedelta) -> Review | None:
        """The one that waited longest to be looked at; nobody else gets it while leased."""
        with self._database.write() as session:
            row = session.scalar(
                select(ReviewRow)
                .where(ReviewRow.due_at <= now)
                .where(or_(ReviewRow.leased_until.is_(None), ReviewRow.leased_until < now))
                .order_by(ReviewRow.due_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return None
            row.leased_until = now + lease
            return _record(row)

    def put_back(
        self, review: Review, *, told: str | None, due_at: datetime, now: datetime
    ) -> None:
        """Keep what its note tells now; a wake-up since `take` wins over `due_at`."""
        with self._database.write() as session:
            row = session.get(ReviewRow, (review.team, review.iid), with_for_update=True)
            if row is None:
                return
            if row.told != told:
                row.told, row.changed_at = told, now
            row.due_at = due_at if row.woken == review.woken else now
            row.leased_until = None

    def forget(self, review: Review) -> None:
        """It is closed or merged; one that is opened again is noticed again."""
        with self._database.write() as session:
            row = session.get(ReviewRow, (review.team, review.iid), with_for_update=True)
            if row is not None and row.woken == review.woken:
                session.delete(row)
            elif row is not None:
                row.leased_until = None

    def begin_search(self, *, every: timedelta, now: datetime) -> bool:
        """Whether it is time to ask for all open ones; then nobody else does for that long."""
        try:
            return self._begin_search(every, now)
        except IntegrityError:
            return False

    def _begin_search(self, every: timedelta, now: datetime) -> bool:
        with self._database.write() as session:
            row = session.get(CursorRow, _SEARCH, with_for_update=True)
            if row is None:
                session.add(CursorRow(name=_SEARCH, at=now))
                return True
            if row.at + every > now:
                return False
            row.at = now
            return True

    def add_unknown(self, found: Iterable[tuple[str, int]], *, now: datetime) -> int:
        """Take up those that no webhook told of. Returns how many these are."""
        with self._database.read() as session:
            known = {(row.team, row.iid) for row in session.scalars(select(ReviewRow))}
        unknown = [place for place in dict.fromkeys(found) if place not in known]
        for team, iid in unknown:
            self.notice(team, iid, now=now)
        return len(unknown)

    def free_leases(self) -> None:
        with self._database.write() as session:
            session.execute(update(ReviewRow).values(leased_until=None))


def _row(team: str, iid: int, now: datetime) -> ReviewRow:
    return ReviewRow(team=team, iid=iid, told=None, woken=0, due_at=now, changed_at=now)


def _record(row: ReviewRow) -> Review:
    return Review(
        team=row.team, iid=row.iid, told=row.told, woken=row.woken, changed_at=row.changed_at
    )
