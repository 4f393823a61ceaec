"""OpenID Connect: codes that people grant to apps, tokens, and signed identity tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.store.database import Database
from airdesk_sandbox.slack.workspace import App

CODE_SECONDS = 600.0
ID_TOKEN_SECONDS = 300
KEY_ID = "sandbox"


class OpenIdError(Exception):
    """The grant cannot be used; the text is Slack's error word."""


@dataclass(frozen=True)
class Ask:
    """What an app asks for at the authorize page."""

    redirect_uri: str
    nonce: str | None
    challenge: str | None


@dataclass(frozen=True)
class Grant:
    user: str
    nonce: str | None


class Grants:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def new_code(self, app: App, user: str, ask: Ask) -> str:
        """A code for the redirect back to the app: ten minutes, one use."""
        code = secrets.token_urlsafe(24)
        self._db.run(
            "insert into openid_code values (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                code,
                app.client_id,
                user,
                ask.redirect_uri,
                ask.nonce,
                ask.challenge,
                self._clock.now() + CODE_SECONDS,
            ),
        )
        return code

    def exchange(
        self, app: App, code: str, redirect_uri: str | None, verifier: str | None
    ) -> Grant:
        """Use a code up.

        Raises:
            OpenIdError: it is unknown, old, used, of another app, or for another redirect.
        """
        row = self._db.one("select * from openid_code where code = ?", (code,))
        if row is None or row["client"] != app.client_id or row["expires"] < self._clock.now():
            raise OpenIdError("invalid_code")
        if row["used"]:
            raise OpenIdError("code_already_used")
        if redirect_uri != row["redirect_uri"]:
            raise OpenIdError("bad_redirect_uri")
        if row["challenge"] and _challenge(verifier or "") != row["challenge"]:
            raise OpenIdError("invalid_code_verifier")
        self._db.run("update openid_code set used = 1 where code = ?", (code,))
        return Grant(row["user"], row["nonce"])

    def new_token(self, app: App, user: str) -> str:
        token = f"xoxp-{secrets.token_urlsafe(30)}"
        self._db.run("insert into openid_token values (?, ?, ?)", (token, app.id, user))
        return token

    def owner_of(self, token: str) -> tuple[str, str] | None:
        """The app and the person behind a person's token, or None."""
        row = self._db.one("select app, user from openid_token where token = ?", (token,))
        return None if row is None else (row["app"], row["user"])


def id_token(slack: Slack, app: App, claims: dict[str, Any], nonce: str | None) -> str:
    """A JWT signed with RS256, as `keys` lets anybody verify; valid for five minutes."""
    now = int(slack.clock.now())
    body = {
        "iss": slack.base_url,
        "aud": app.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "auth_time": now,
        **claims,
    }
    if nonce is not None:
        body["nonce"] = nonce
    return jwt.encode(body, _private_key(slack), algorithm="RS256", headers={"kid": KEY_ID})


def public_keys(slack: Slack) -> dict[str, Any]:
    """The JSON Web Key Set with which identity tokens are verified."""
    public = _private_key(slack).public_key()
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))
    return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


def configuration(slack: Slack) -> dict[str, Any]:
    base = slack.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/connect/authorize",
        "token_endpoint": f"{base}/api/openid.connect.token",
        "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
        "jwks_uri": f"{base}/openid/connect/keys",
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }


def _private_key(slack: Slack) -> rsa.RSAPrivateKey:
    pem = slack.database.document("openid_key")
    if pem is None:
        fresh = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = fresh.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        slack.database.put_document("openid_key", pem)
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The stored signing key is no RSA key.")
    return key


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
