"""The bot's session with Airflow: its token, and how Airflow's answers become our two failures."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import httpx
import structlog
import urllib3
from airflow_client.client import ApiClient, Configuration
from airflow_client.client.exceptions import ApiException

from airdesk.clients.reading import read_attempts
from airdesk.errors import NotAllowed, Refused, Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

TIMEOUT_SECONDS = 10.0
RENEW_BEFORE_SECONDS = 60.0

NO_ANSWER = "Airflow does not answer."


class Session:
    """Base of the parts of `AirflowWorkflows`.

    Args:
        url: Airflow's address, as this process reaches it.
        user, password: the bot's account in Airflow.
        public_url: Airflow's address for people's browsers, where it is another one.
    """

    def __init__(
        self, url: str, user: str, password: str, *, public_url: str | None = None
    ) -> None:
        self.public_url = (public_url or url).rstrip("/")
        self.http = httpx.Client(base_url=url.rstrip("/"), timeout=TIMEOUT_SECONDS)
        # urllib3 would try again by itself; stamina does, where it is safe.
        self.api = ApiClient(Configuration(host=url.rstrip("/"), retries=0))
        self._user = user
        self._password = password
        self._expires = 0.0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of all connections."""
        self.http.close()
        self.api.rest_client.pool_manager.clear()

    def reading(self, doing: str, call: Callable[[], T]) -> T:
        """A request that changes nothing: tried again when Airflow stumbles."""
        try:
            for attempt in read_attempts(_is_passing):
                with attempt:
                    return self._with_token(call)
        except ApiException as error:
            raise failure(error.status or 0, doing) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable("Airflow", NO_ANSWER) from error
        raise AssertionError("a retry context ends by returning or raising")

    def _with_token(self, call: Callable[[], T]) -> T:
        self.token()
        try:
            return call()
        except ApiException as error:
            if not rejects_token(error.status or 0, error.body):
                raise
        self.token(renew=True)
        return call()

    def token(self, *, renew: bool = False) -> str:
        """A living token of the bot, from a login where needed."""
        with self._lock:
            standing = self.api.configuration.access_token
            if standing and not renew and time.time() < self._expires - RENEW_BEFORE_SECONDS:
                return str(standing)
            fresh = self._log_in()
            self.api.configuration.access_token = fresh
            self._expires = _expiry(fresh)
            return fresh

    def _log_in(self) -> str:
        try:
            answer = self.http.post(
                "/auth/token", json={"username": self._user, "password": self._password}
            )
        except httpx.TransportError as error:
            raise Unavailable("Airflow", NO_ANSWER) from error
        if answer.status_code in (400, 401, 403):
            raise Unavailable(
                "Airflow",
                "Airflow does not accept Airdesk's own account; an operator must set its password.",
            )
        if not answer.is_success:
            raise failure(answer.status_code, "log Airdesk in")
        log.debug("airflow login", user=self._user)
        return str(answer.json()["access_token"])


def rejects_token(status: int, body: str | None) -> bool:
    """Whether an answer means that the token is dead; Airflow says 403 to one it cannot read."""
    return status == 401 or (status == 403 and "Invalid JWT token" in (body or ""))


def failure(status: int, doing: str, detail: str | None = None) -> Refused | Unavailable:
    """What to tell the person; `doing` completes "Airflow refused to …"."""
    if status >= 500 or status in (0, 429):
        return Unavailable("Airflow", f"Airflow is in trouble (HTTP {status}).")
    if detail:
        return NotAllowed(detail) if status == 403 else Refused(detail)
    if status == 401:
        return Unavailable("Airflow", "Airflow does not accept Airdesk's own account.")
    if status == 403:
        return Refused(f"Airflow does not allow Airdesk to {doing} (403 Forbidden).")
    if status == 404:
        return Refused(f"Airflow cannot {doing}: it does not know that (404 Not Found).")
    return Refused(f"Airflow refused to {doing} (HTTP {status}).")


def _is_passing(error: Exception) -> bool:
    if isinstance(error, ApiException):
        return (error.status or 0) >= 500
    return isinstance(error, (urllib3.exceptions.HTTPError, OSError))


def _expiry(token: str) -> float:
    """Unix time at which a JSON Web Token ends; 0 (renew at once) for one that does not say.

    Nothing is verified: this is our own token, and Airflow verifies it.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return 0.0
