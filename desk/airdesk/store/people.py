"""Who is linked, the teams they are in, and their sealed grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from airdesk.errors import Refused
from airdesk.model import Membership, Person
from airdesk.store.database import Database
from airdesk.store.records import KeptGrant
from airdesk.store.tables import GrantRow, PersonRow


class People:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, slack_user_id: str) -> Person | None:
        with self._database.read() as session:
            row = session.get(PersonRow, slack_user_id)
            return None if row is None else _person(row)

    def link(self, person: Person, *, sealed: str, expires_at: datetime, now: datetime) -> None:
        """Bind a Slack user to a GitLab user for good and keep the sealed grant.

        Raises:
            Refused: one of the two is bound to somebody else already.
        """
        with self._database.write() as session:
            row = _bound(session, person)
            if row is None:
                row = PersonRow(
                    slack_user_id=person.slack_user_id,
                    gitlab_user_id=person.gitlab_user_id,
                    directory_uid=person.directory_uid,
                    memberships=[],
                    linked_at=now,
                )
                session.add(row)
            row.gitlab_username = person.gitlab_username
            row.name = person.name
            session.flush()
            grant = session.get(GrantRow, person.slack_user_id, with_for_update=True)
            if grant is None:
                grant = GrantRow(slack_user_id=person.slack_user_id, version=0)
                session.add(grant)
            grant.sealed = sealed
            grant.expires_at = expires_at
            grant.version += 1
            grant.leased_until = None

    def has_grant(self, slack_user_id: str) -> bool:
        return self.grant(slack_user_id) is not None

    def grant(self, slack_user_id: str) -> KeptGrant | None:
        with self._database.read() as session:
            row = session.get(GrantRow, slack_user_id)
            return None if row is None else _grant(row)

    def lease_grant(self, kept: KeptGrant, *, now: datetime, lease: timedelta) -> bool:
        """Win the right to refresh exactly this version of the grant."""
        with self._database.write() as session:
            row = session.get(GrantRow, kept.person, with_for_update=True)
            if row is None or row.version != kept.version:
                return False
            if row.leased_until is not None and row.leased_until > now:
                return False
            row.leased_until = now + lease
            return True

    def replace_grant(self, kept: KeptGrant, *, sealed: str, expires_at: datetime) -> None:
        """Commit the refreshed grant before anybody uses it."""
        with self._database.write() as session:
            session.execute(
                update(GrantRow)
                .where(GrantRow.slack_user_id == kept.person, GrantRow.version == kept.version)
                .values(
                    sealed=sealed,
                    expires_at=expires_at,
                    version=kept.version + 1,
                    leased_until=None,
                )
            )

    def release_grant(self, kept: KeptGrant) -> None:
        with self._database.write() as session:
            session.execute(
                update(GrantRow)
                .where(GrantRow.slack_user_id == kept.person, GrantRow.version == kept.version)
                .values(leased_until=None)
            )

    def drop_grant(self, kept: KeptGrant) -> None:
        """Forget a grant that GitLab no longer takes; the binding of the two accounts stays."""
        with self._database.write() as session:
            session.execute(
                delete(GrantRow).where(
                    GrantRow.slack_user_id == kept.person, GrantRow.version == kept.version
                )
            )

    def memberships(self, slack_user_id: str) -> tuple[Sequence[Membership], datetime | None]:
        """Teams as last read from GitLab, and when that was."""
        with self._database.read() as session:
            row = session.get(PersonRow, slack_user_id)
            if row is None:
                return (), None
            return [Membership.model_validate(m) for m in row.memberships], row.memberships_at

    def keep_memberships(
        self, slack_user_id: str, memberships: Sequence[Membership], *, now: datetime
    ) -> None:
        with self._database.write() as session:
            session.execute(
                update(PersonRow)
                .where(PersonRow.slack_user_id == slack_user_id)
                .values(
                    memberships=[m.model_dump(mode="json") for m in memberships],
                    memberships_at=now,
                )
            )

    def free_leases(self) -> None:
        with self._database.write() as session:
            session.execute(update(GrantRow).values(leased_until=None))


def _bound(session: Session, person: Person) -> PersonRow | None:
    rows = session.scalars(
        select(PersonRow)
        .where(
            (PersonRow.slack_user_id == person.slack_user_id)
            | (PersonRow.gitlab_user_id == person.gitlab_user_id)
        )
        .with_for_update()
    ).all()
    for row in rows:
        if row.gitlab_user_id != person.gitlab_user_id:
            raise Refused(
                f"This Slack account is linked to {row.gitlab_username} in GitLab. "
                f"Sign in to GitLab as {row.gitlab_username}, or ask the platform team to undo "
                "that link."
            )
        if row.slack_user_id != person.slack_user_id:
            raise Refused(
                f"{person.gitlab_username} in GitLab is linked to another Slack account. "
                "Ask the platform team to undo that link if the other account was yours."
            )
    return rows[0] if rows else None


def _person(row: PersonRow) -> Person:
    return Person(
        slack_user_id=row.slack_user_id,
        gitlab_user_id=row.gitlab_user_id,
        gitlab_username=row.gitlab_username,
        name=row.name,
        directory_uid=row.directory_uid,
    )


def _grant(row: GrantRow) -> KeptGrant:
    return KeptGrant(
        person=row.slack_user_id,
        sealed=row.sealed,
        expires_at=row.expires_at,
        version=row.version,
    )
