"""Vault: which connections exist, and the encryption of what the bot stores."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import hvac
import structlog
from airdesk_render.names import Team
from hvac import exceptions

from airdesk.errors import Refused, Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

TIMEOUT_SECONDS = 5
RENEW_BEFORE_SECONDS = 30.0


class VaultClient:
    """Implements `VaultIndex` and `Sealer` with an AppRole that can read no value.

    Attributes:
        url: Vault's address, such as `https://vault.corp.test`.
        kv_mount: the KV version 2 mount that holds connections and grants.
        transit_key: name of the key in the transit engine.
    """

    def __init__(
        self,
        url: str,
        role_id: str,
        secret_id: str,
        *,
        kv_mount: str = "airflow",
        transit_key: str = "airdesk-bot",
    ) -> None:
        self._client = hvac.Client(url=url, timeout=TIMEOUT_SECONDS)
        self._role_id = role_id
        self._secret_id = secret_id
        self._kv_mount = kv_mount
        self._transit_key = transit_key
        self._expires = 0.0
        self._lock = threading.Lock()

    def connections(self, team: str) -> Sequence[str]:
        """Names of the team's connections, sorted; empty where there are none."""
        folder = Team(team).vault_connection("")

        def read() -> Sequence[str]:
            try:
                answer = self._client.secrets.kv.v2.list_secrets(
                    path=folder, mount_point=self._kv_mount
                )
            except exceptions.InvalidPath:
                return ()
            names: list[str] = answer["data"]["keys"]
            return tuple(sorted(name for name in names if not name.endswith("/")))

        return self._ask(read, f"list the connections of {team}")

    def seal(self, plain: str) -> str:
        """Encrypt; the result is Vault's `vault:v1:…` text."""
        encoded = base64.b64encode(plain.encode()).decode()

        def encrypt() -> str:
            answer = self._client.secrets.transit.encrypt_data(
                name=self._transit_key, plaintext=encoded
            )
            return str(answer["data"]["ciphertext"])

        return self._ask(encrypt, "encrypt with Airdesk's key")

    def unseal(self, sealed: str) -> str:
        """Decrypt what `seal` gave."""

        def decrypt() -> str:
            answer = self._client.secrets.transit.decrypt_data(
                name=self._transit_key, ciphertext=sealed
            )
            return base64.b64decode(answer["data"]["plaintext"]).decode()

        return self._ask(decrypt, "decrypt with Airdesk's key")

    def _ask(self, call: Callable[[], T], doing: str) -> T:
        """Run one request as the AppRole; a token that ended is replaced once."""
        fresh = self._ensure_login()
        try:
            return _translated(call, doing)
        except _DeniedError as denied:
            if fresh:
                raise Refused(denied.sentence) from denied
        self._ensure_login(force=True)
        try:
            return _translated(call, doing)
        except _DeniedError as denied:
            raise Refused(denied.sentence) from denied

    def _ensure_login(self, *, force: bool = False) -> bool:
        """Log in where there is no living token; tells whether it did."""
        with self._lock:
            if not force and time.monotonic() < self._expires:
                return False
            try:
                answer: dict[str, Any] = _translated(
                    lambda: self._client.auth.approle.login(
                        role_id=self._role_id, secret_id=self._secret_id
                    ),
                    "log in with Airdesk's AppRole",
                )
            except _DeniedError as denied:
                raise Unavailable("Vault", denied.sentence) from denied
            lease = float(answer["auth"]["lease_duration"])
            # A lease of 0 never ends. Otherwise half of a very short one is still better than none.
            usable = max(lease - RENEW_BEFORE_SECONDS, lease / 2) if lease else float("inf")
            self._expires = time.monotonic() + usable
            log.debug("vault login", lease_seconds=lease)
            return True


class _DeniedError(Exception):
    """Vault said no to this token, which may only be too old."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _translated(call: Callable[[], T], doing: str) -> T:
    try:
        return call()
    except exceptions.VaultDown as error:
        raise Unavailable(
            "Vault", "Vault is sealed; an operator must unseal it, then this goes on by itself."
        ) from error
    except (exceptions.Forbidden, exceptions.Unauthorized) as error:
        raise _DeniedError(f"Vault does not let Airdesk {doing}.") from error
    except exceptions.InvalidRequest as error:
        # The login answers 400 to a wrong or used-up secret_id; transit to a text it did not make.
        reasons = "; ".join(str(reason) for reason in error.errors or ["no reason given"])
        raise _DeniedError(f"Vault refused to {doing}: {reasons}.") from error
    except exceptions.VaultError as error:
        raise Unavailable("Vault", f"Vault failed to {doing}.") from error
    except OSError as error:  # requests' exceptions: refused, timed out, broken off
        raise Unavailable("Vault", "Vault does not answer.") from error
