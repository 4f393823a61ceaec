"""Which ended runs were dealt with, and since when we look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airdesk.model import Run
from airdesk.store.database import Database
from airdesk.store.tables import CursorRow, ReportedRunRow

_NAME = "ended runs"
_LATE = timedelta(minutes=2)
"""Airflow may show a run that ended before one that we saw already: look back this far."""
_KEEP = timedelta(hours=1)


class Reported:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, *, now: datetime, lease: timedelta) -> datetime | None:
        """Become the one who reports, until `give_back`; `None` if somebody else is.

        Returns the time since which ended runs are to be fetched. The very first time that is
        now: history is not reported.
        """
        try:
            return self._take(now, lease)
        except IntegrityError:
            return None  # another replica starts for the first time at this very moment

    def _take(self, now: datetime, lease: timedelta) -> datetime | None:
        with self._database.write() as session:
            row = session.get(CursorRow, _NAME, with_for_update=True)
            if row is None:
                row = CursorRow(name=_NAME, at=now)
                session.add(row)
            elif row.leased_until is not None and row.leased_until > now:
                return None
            row.leased_until = now + lease
            return row.at

    def give_back(self) -> None:
        with self._database.write() as session:
            session.get_one(CursorRow, _NAME, with_for_update=True).leased_until = None

    def is_new(self, run: Run) -> bool:
        with self._database.read() as session:
            return session.get(ReportedRunRow, _key(run)) is None

    def last_state(self, dag_id: str) -> str | None:
        """How the newest run that was dealt with ended."""
        with self._database.read() as session:
            return session.scalar(
                select(ReportedRunRow.state)
                .where(ReportedRunRow.dag_id == dag_id)
                .order_by(ReportedRunRow.ended_at.desc())
                .limit(1)
            )

    def done(self, run: Run) -> None:
        """The run is dealt with; the cursor follows it."""
        dag_id, run_id, ended_at = _key(run)
        with self._database.write() as session:
            row = session.get_one(CursorRow, _NAME, with_for_update=True)
            row.at = max(row.at, ended_at - _LATE)
            session.merge(
                ReportedRunRow(dag_id=dag_id, run_id=run_id, ended_at=ended_at, state=run.state)
            )
            _forget_old(session, dag_id, before=row.at - _KEEP)

    def free_leases(self) -> None:
        with self._database.write() as session:
            row = session.get(CursorRow, _NAME, with_for_update=True)
            if row is not None:
                row.leased_until = None


def _forget_old(session: Session, dag_id: str, *, before: datetime) -> None:
    """Older rows of this DAG are of no use: the cursor has passed them, and the newest stays."""
    newest = (
        select(ReportedRunRow.ended_at)
        .where(ReportedRunRow.dag_id == dag_id)
        .order_by(ReportedRunRow.ended_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(ReportedRunRow)
        .where(ReportedRunRow.dag_id == dag_id, ReportedRunRow.ended_at < before)
        .where(ReportedRunRow.ended_at < newest),
        execution_options={"synchronize_session": False},
    )


def _key(run: Run) -> tuple[str, str, datetime]:
    if run.ended_at is None:
        raise ValueError(f"{run.dag_id} {run.run_id} has not ended.")
    return run.dag_id, run.run_id, run.ended_at
