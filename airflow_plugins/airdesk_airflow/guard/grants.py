"""Grants: which DAG may use which connection, until when, and whether free code may too.

The document `grants/<team>` in Vault belongs to the team that owns the connections. Only security's
own project may write it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from airdesk_render.names import Team
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

EVERY_OWN_DAG = "*"
KEPT_SECONDS = 10.0
LONGEST_KEPT_SECONDS = 30.0
MOST_KEPT = 500
"""A task may ask for connections of teams that nobody has; their documents must not pile up."""


class Grant(BaseModel):
    """What is granted for one connection.

    `dags` holds full DAG ids; `*` stands for every DAG of the team that owns the connection, so
    another team's DAG is always named. A field that this version does not know makes the document
    unreadable, because it might be a restriction.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dags: tuple[str, ...]
    code: bool = False
    until: AwareDatetime | None = None

    def covers(self, dag_id: str, *, own: bool) -> bool:
        return dag_id in self.dags or (own and EVERY_OWN_DAG in self.dags)

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until


class Grants(BaseModel):
    """The grants document of one team, connection name to grant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connections: dict[str, Grant] = Field(default_factory=dict)


class GrantsError(Exception):
    """The document is there, but is not what we understand."""


Read = Callable[[str], Mapping[str, Any] | None]


class GrantBook:
    """Reads grants and keeps each document for a few seconds; an error is never kept or covered.

    Args:
        kept_seconds: how long a document is used before Vault is asked again, at most 30.
    """

    def __init__(
        self,
        read: Read,
        *,
        kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._kept_seconds = min(kept_seconds, LONGEST_KEPT_SECONDS)
        self._clock = clock
        self._kept: dict[Team, tuple[float, Grants]] = {}

    def of(self, team: Team) -> Grants:
        """The grants of a team; a team without a document has granted nothing.

        Raises:
            GrantsError: the document makes no sense.
            VaultReadError: whatever `read` raises passes through.
        """
        kept = self._kept.get(team)
        if kept is not None and self._clock() < kept[0] + self._kept_seconds:
            return kept[1]
        self._kept.pop(team, None)
        asked_at = self._clock()
        document = self._read(team.vault_grants)
        try:
            grants = Grants.model_validate(document or {})
        except ValidationError as error:
            raise GrantsError(str(error)) from error
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[team] = (asked_at, grants)
        return grants


def now_utc() -> datetime:
    return datetime.now(UTC)
