"""Walks through the link page. Each step is taken at most once, and only for ten minutes.

What a browser carries (the link's own secret, its cookie, OAuth's `state`) is kept as a digest.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from airdesk.store.database import Database
from airdesk.store.records import LinkAttempt
from airdesk.store.tables import LinkAttemptRow

LIFETIME = timedelta(minutes=10)

_ISSUED = "issued"
_AT_SLACK = "at_slack"
_PROVED = "proved"
_AT_GITLAB = "at_gitlab"
_USED = "used"


class Attempts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, slack_user_id: str, channel: str, *, now: datetime) -> str:
        """Start a walk. Returns the secret that the link carries."""
        secret = secrets.token_urlsafe(32)
        with self._database.write() as session:
            session.execute(delete(LinkAttemptRow).where(LinkAttemptRow.expires_at < now))
            session.add(
                LinkAttemptRow(
                    id=_digest(secret),
                    slack_user_id=slack_user_id,
                    channel=channel,
                    stage=_ISSUED,
                    expires_at=now + LIFETIME,
                )
            )
        return secret

    def to_slack(
        self, secret: str, *, browser: str, state: str, nonce: str, now: datetime
    ) -> LinkAttempt | None:
        """The link was opened in a browser, which goes on to sign in with Slack.

        Opening it again starts the walk anew, until Slack has confirmed the person.
        """
        with self._database.write() as session:
            row = session.get(LinkAttemptRow, _digest(secret), with_for_update=True)
            if row is None or row.expires_at < now or row.stage not in (_ISSUED, _AT_SLACK):
                return None
            row.stage = _AT_SLACK
            row.browser = _digest(browser)
            row.state = _digest(state)
            row.nonce = nonce
            return _record(row)

    def back_from_slack(self, state: str, *, browser: str, now: datetime) -> LinkAttempt | None:
        """Slack sent the browser back; its `state` is used up."""
        return self._back(state, browser=browser, now=now, expected=_AT_SLACK, then=_PROVED)

    def to_gitlab(self, attempt_id: str, *, state: str, verifier: str) -> None:
        """Slack confirmed the person; the browser goes on to GitLab."""
        with self._database.write() as session:
            row = session.get_one(LinkAttemptRow, attempt_id, with_for_update=True)
            row.stage = _AT_GITLAB
            row.state = _digest(state)
            row.verifier = verifier

    def back_from_gitlab(self, state: str, *, browser: str, now: datetime) -> LinkAttempt | None:
        """GitLab sent the browser back; the walk is used up, whatever comes of it."""
        return self._back(state, browser=browser, now=now, expected=_AT_GITLAB, then=_USED)

    def _back(
        self, state: str, *, browser: str, now: datetime, expected: str, then: str
    ) -> LinkAttempt | None:
        with self._database.write() as session:
            row = session.scalar(
                select(LinkAttemptRow)
                .where(LinkAttemptRow.state == _digest(state))
                .with_for_update()
            )
            if row is None or row.stage != expected or row.expires_at < now:
                return None
            if row.browser is None or not secrets.compare_digest(row.browser, _digest(browser)):
                return None
            attempt = _record(row)
            row.stage = then
            row.state = row.nonce = row.verifier = None
            return attempt


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(row: LinkAttemptRow) -> LinkAttempt:
    return LinkAttempt(
        id=row.id,
        slack_user_id=row.slack_user_id,
        channel=row.channel,
        nonce=row.nonce,
        verifier=row.verifier,
    )
