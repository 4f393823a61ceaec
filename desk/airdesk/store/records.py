"""What the store hands out: frozen copies of rows, safe to carry between threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from airdesk.model import ChangeDraft, ChangeView, Stage


class AskKind(StrEnum):
    """What a person may ask that has an effect; each has one handler in the bot."""

    OPEN_CHANGE = "open_change"
    APPROVE_CHANGE = "approve_change"
    RUN_CHANGE = "run_change"
    ROLL_BACK_CHANGE = "roll_back_change"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A submitted change and what was last seen of it."""

    id: str
    origin: str
    """What made it, unique: the Slack view and a digest of what was typed."""
    author: str
    """Slack user id."""
    channel: str
    draft: ChangeDraft
    merge_request: int | None
    stage: Stage
    view: ChangeView | None
    hindrance: str | None
    """A sentence about what keeps an ask on this change from being done right now."""
    final: bool
    created_at: datetime
    changed_at: datetime
    """When the view last became another one."""
    woken: int
    """Counts wake-ups, so that one that comes while the change is being looked at is not lost."""

    @property
    def branch(self) -> str:
        return f"airdesk/{self.draft.dag_name}-{self.id}"

    @property
    def rollback_origin(self) -> str:
        """What the origins of all changes begin with that take this one back."""
        return f"rollback:{self.id}:"

    @property
    def is_closed(self) -> bool:
        return self.stage is Stage.CLOSED


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Something a person asked for; it is done once, however often it is taken up."""

    id: str
    key: str
    kind: AskKind
    person: str
    """Slack user id."""
    payload: dict[str, str]
    attempts: int
    """How often it was taken up, this time included."""
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A Slack message known by its key. `ts` is `None` while we do not know whether it went out."""

    key: str
    channel: str
    ts: str | None
    digest: str | None
    intended_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeptGrant:
    """A person's OAuth tokens as they rest in the database: sealed by Vault."""

    person: str
    sealed: str
    expires_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class LinkAttempt:
    """One walk through the link page; every step of it can be taken once."""

    id: str
    slack_user_id: str
    channel: str
    nonce: str | None
    verifier: str | None = field(repr=False)
