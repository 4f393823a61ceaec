"""Somebody's teams and their connections: fresh where it is quick, otherwise as last known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from airdesk.clock import Clock, utc_now
from airdesk.errors import Refused, Unavailable
from airdesk.model import Membership
from airdesk.ports import CodeHost, VaultIndex
from airdesk.store.people import People

from airdesk_bot.quickly import Quickly

log = structlog.get_logger(__name__)

_FRESH = timedelta(minutes=1)
_STALE = timedelta(hours=12)
"""Older knowledge than this is not trusted: people change teams."""
_PATIENCE_SECONDS = 0.9
"""Slack gives three seconds from a command to its form, and two services are asked for it."""


class Teams:
    def __init__(
        self,
        *,
        people: People,
        as_person: Callable[[str], CodeHost],
        vault: VaultIndex,
        quickly: Quickly,
        clock: Clock = utc_now,
    ) -> None:
        self._people = people
        self._as_person = as_person
        self._vault = vault
        self._quickly = quickly
        self._clock = clock
        self._connections: dict[str, tuple[datetime, Sequence[str]]] = {}
        self._lock = threading.Lock()

    def known(self, slack_user_id: str) -> tuple[Membership, ...]:
        """The teams as last read, without asking anybody; none if that was long ago."""
        memberships, read_at = self._people.memberships(slack_user_id)
        if read_at is None or read_at < self._clock() - _STALE:
            return ()
        return tuple(memberships)

    def of(self, slack_user_id: str) -> tuple[Membership, ...]:
        """The teams as GitLab says now, or as last read when it does not say so in time.

        Raises:
            Unavailable: GitLab does not answer, and what is known is too old to trust.
        """
        memberships, read_at = self._people.memberships(slack_user_id)
        now = self._clock()
        if read_at is not None and read_at > now - _FRESH:
            return tuple(memberships)
        try:
            return self._quickly.ask(
                lambda: self._read(slack_user_id), seconds=_PATIENCE_SECONDS, service="GitLab"
            )
        except (Unavailable, Refused):
            if read_at is None or read_at < now - _STALE:
                raise
            return tuple(memberships)

    def _read(self, slack_user_id: str) -> tuple[Membership, ...]:
        memberships = tuple(self._as_person(slack_user_id).memberships())
        self._people.keep_memberships(slack_user_id, memberships, now=self._clock())
        return memberships

    def connections(self, teams: Iterable[str]) -> Sequence[str] | None:
        """Names of the teams' connections, as last read when Vault does not answer in time.

        `None` when they were not read before either.
        """
        names: set[str] = set()
        for team in teams:
            of_team = self._connections_of(team)
            if of_team is None:
                return None
            names.update(of_team)
        return sorted(names)

    def _connections_of(self, team: str) -> Sequence[str] | None:
        with self._lock:
            kept = self._connections.get(team)
        if kept is not None and kept[0] > self._clock() - _FRESH:
            return kept[1]
        try:
            names = self._quickly.ask(
                lambda: self._vault.connections(team), seconds=_PATIENCE_SECONDS, service="Vault"
            )
        except (Unavailable, Refused) as error:
            log.warning("connections_unknown", team=team, why=str(error))
            still_good = kept is not None and kept[0] > self._clock() - _STALE
            return kept[1] if kept is not None and still_good else None
        with self._lock:
            self._connections[team] = (self._clock(), names)
        return names
