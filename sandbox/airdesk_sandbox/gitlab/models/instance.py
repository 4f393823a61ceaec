"""What holds for the whole server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from airdesk_sandbox.gitlab.db import Base


class Setting(Base):
    """An application setting, or under `feature:NAME` a feature flag, that is not as it comes."""

    __tablename__ = "settings"
    __table_args__ = {"sqlite_autoincrement": False}  # noqa: RUF012  names are the keys

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
