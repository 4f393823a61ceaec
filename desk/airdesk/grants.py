"""Access tokens of people, from the sealed grants in the store."""

from __future__ import annotations

import threading
from datetime import timedelta

import stamina

from airdesk.clock import Clock, utc_now
from airdesk.errors import NotLinked, Refused, Unavailable
from airdesk.model import Grant
from airdesk.ports import GrantIssuer, Sealer
from airdesk.store.people import People
from airdesk.store.records import KeptGrant

_SPARE = timedelta(seconds=60)
"""A token that has less than this left is refreshed before it is used."""
_LEASE = timedelta(seconds=45)
"""Longer than a refresh may take: two requests with ten seconds each, and retries."""


class _RefreshingError(Exception):
    """Somebody else refreshes the grant at this moment."""


class Grants:
    """Hands out access tokens; a refresh is leased, committed, and only then used.

    A refresh kills both old tokens. If Vault stops answering between GitLab's answer and ours,
    the new grant stays in memory until it can be sealed; should the process die in that instant,
    the person has to link again, and what was asked waits for it.
    """

    def __init__(
        self, *, people: People, sealer: Sealer, issuer: GrantIssuer, clock: Clock = utc_now
    ) -> None:
        self._people = people
        self._sealer = sealer
        self._issuer = issuer
        self._clock = clock
        self._unsealed: dict[tuple[str, int], Grant] = {}
        self._lock = threading.Lock()

    def access_token(self, slack_user_id: str) -> str:
        """A token that is good for at least a minute.

        Raises:
            NotLinked: there is no grant, or GitLab has ended it.
            Unavailable: GitLab or Vault does not answer.
        """
        for attempt in stamina.retry_context(
            on=_RefreshingError, attempts=None, timeout=12, wait_initial=0.1, wait_max=0.5
        ):
            with attempt:
                return self._token(slack_user_id)
        raise AssertionError("retry_context ends by returning or raising")

    def _token(self, slack_user_id: str) -> str:
        kept = self._people.grant(slack_user_id)
        if kept is None:
            raise NotLinked
        if kept.expires_at > self._clock() + _SPARE:
            return Grant.model_validate_json(self._sealer.unseal(kept.sealed)).access_token
        if not self._people.lease_grant(kept, now=self._clock(), lease=_LEASE):
            raise _RefreshingError
        return self._refresh(kept).access_token

    def _refresh(self, kept: KeptGrant) -> Grant:
        try:
            grant = self._new_grant(kept)
            sealed = self._sealer.seal(grant.model_dump_json())
        except Refused as error:
            self._people.drop_grant(kept)
            raise NotLinked from error
        except Unavailable:
            self._people.release_grant(kept)
            raise
        self._people.replace_grant(kept, sealed=sealed, expires_at=grant.expires_at)
        with self._lock:
            self._unsealed.pop((kept.person, kept.version), None)
        return grant

    def _new_grant(self, kept: KeptGrant) -> Grant:
        key = (kept.person, kept.version)
        with self._lock:
            if key in self._unsealed:
                return self._unsealed[key]
        old = Grant.model_validate_json(self._sealer.unseal(kept.sealed))
        grant = self._issuer.refresh(old.refresh_token)
        with self._lock:
            self._unsealed[key] = grant
        return grant
