"""Response URLs: five answers within thirty minutes to what a person did."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.store.database import Database

USES = 5
SECONDS = 30 * 60.0


class ResponseUrlError(Exception):
    """The URL cannot be used; the text is Slack's error word."""


@dataclass(frozen=True)
class Origin:
    """What is being answered: `ts` is the message that was clicked, None after a command."""

    app_id: str
    user: str
    channel: str
    ts: str | None = None
    thread_ts: str | None = None


class ResponseUrls:
    def __init__(self, database: Database, clock: Clock, base_url: str) -> None:
        self._db = database
        self._clock = clock
        self._base_url = base_url

    def new(self, origin: Origin) -> str:
        token = secrets.token_urlsafe(18)
        self._db.run(
            "insert into response_url values (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                token,
                origin.app_id,
                origin.user,
                origin.channel,
                origin.ts,
                origin.thread_ts,
                self._clock.now() + SECONDS,
            ),
        )
        return f"{self._base_url}/actions/{token}"

    def use(self, token: str) -> Origin:
        """Count one use.

        Raises:
            ResponseUrlError: the URL is unknown, too old, or was used five times.
        """
        row = self._db.one("select * from response_url where token = ?", (token,))
        if row is None:
            raise ResponseUrlError("invalid_url")
        if row["expires"] < self._clock.now():
            raise ResponseUrlError("expired_url")
        if row["uses"] >= USES:
            raise ResponseUrlError("used_url")
        self._db.run("update response_url set uses = uses + 1 where token = ?", (token,))
        return Origin(row["app"], row["user"], row["channel"], row["ts"], row["thread_ts"])
