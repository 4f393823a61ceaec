"""The server's settings and feature flags, as they are stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.models import Setting
from airdesk_sandbox.gitlab.throttle import DEFAULTS


def stored_settings(session: Session) -> dict[str, Any]:
    """All settings, those nobody changed included."""
    changed = {row.name: row.value for row in session.scalars(select(Setting))}
    return {name: changed.get(name, default) for name, default in DEFAULTS.items()}


def feature(session: Session, name: str) -> bool:
    """Whether a feature flag is on; all are off until an administrator says otherwise."""
    row = session.get(Setting, f"feature:{name}")
    return row is not None and bool(row.value)
