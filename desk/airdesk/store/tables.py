"""The tables, as SQLAlchemy maps them. Migrations lead; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes; SQLite forgets the zone, so it is always UTC and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012  SQLAlchemy's own spelling


class PersonRow(Base):
    __tablename__ = "persons"

    slack_user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    gitlab_user_id: Mapped[int] = mapped_column(unique=True)
    gitlab_username: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    directory_uid: Mapped[str] = mapped_column(String(255))
    memberships: Mapped[list[Any]]
    memberships_at: Mapped[datetime | None]
    linked_at: Mapped[datetime]


class GrantRow(Base):
    __tablename__ = "grants"

    slack_user_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("persons.slack_user_id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
    version: Mapped[int]
    leased_until: Mapped[datetime | None]


class LinkAttemptRow(Base):
    __tablename__ = "link_attempts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    slack_user_id: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    stage: Mapped[str] = mapped_column(String(16))
    browser: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str | None] = mapped_column(String(64), unique=True)
    nonce: Mapped[str | None] = mapped_column(String(64))
    verifier: Mapped[str | None] = mapped_column(String(128))
    expires_at: Mapped[datetime]


class ChangeRow(Base):
    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_due", "final", "due_at"),
        Index("ix_changes_merge_request", "team", "merge_request"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    origin: Mapped[str] = mapped_column(String(255), unique=True)
    author: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    team: Mapped[str] = mapped_column(String(64))
    dag_name: Mapped[str] = mapped_column(String(128))
    draft: Mapped[dict[str, Any]]
    merge_request: Mapped[int | None]
    stage: Mapped[str] = mapped_column(String(16))
    view: Mapped[dict[str, Any] | None]
    hindrance: Mapped[str | None] = mapped_column(Text)
    final: Mapped[bool]
    due_at: Mapped[datetime]
    woken: Mapped[int]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class AskRow(Base):
    __tablename__ = "asks"
    __table_args__ = (Index("ix_asks_due", "state", "due_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MessageRow(Base):
    __tablename__ = "messages"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    channel: Mapped[str] = mapped_column(String(64))
    ts: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str | None] = mapped_column(String(64))
    intended_at: Mapped[datetime]


class CursorRow(Base):
    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    leased_until: Mapped[datetime | None]


class ReportedRunRow(Base):
    __tablename__ = "reported_runs"

    dag_id: Mapped[str] = mapped_column(String(250), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(250), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))


class DocumentRow(Base):
    __tablename__ = "documents"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]


class ReviewRow(Base):
    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_due", "due_at"),)

    team: Mapped[str] = mapped_column(String(64), primary_key=True)
    iid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told: Mapped[str | None] = mapped_column(String(128))
    woken: Mapped[int]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
