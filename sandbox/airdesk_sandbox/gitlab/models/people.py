"""Users, the namespaces (groups and personal ones) and who is a member of what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.db import Base


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    password: Mapped[str | None]
    """Salted scrypt digest; `None` for accounts that cannot sign in (project bots)."""
    state: Mapped[str] = mapped_column(default="active")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_bot: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    identities: Mapped[list[Identity]] = relationship(cascade="all, delete-orphan")


class Identity(Base):
    """How a directory (LDAP) or another provider knows the user."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider", "extern_uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str]
    extern_uid: Mapped[str]


class Namespace(Base):
    """A group, or the personal namespace of a user."""

    __tablename__ = "namespaces"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`group` or `user`."""
    name: Mapped[str]
    path: Mapped[str]
    full_path: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[str] = mapped_column(default="private")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("namespaces.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    parent: Mapped[Namespace | None] = relationship(remote_side="Namespace.id")


class Member(Base):
    """A membership: in exactly one of a group and a project."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("group_id", "user_id"),
        UniqueConstraint("project_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("namespaces.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    access_level: Mapped[int]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None]
    user: Mapped[User] = relationship()
