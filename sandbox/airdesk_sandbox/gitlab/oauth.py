"""OAuth 2: authorization code with PKCE, tokens, refresh, revocation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import digest, pkce_matches
from airdesk_sandbox.gitlab.models import OAuthApplication, OAuthGrant, OAuthToken, User

CODE_SECONDS = 600
TOKEN_SECONDS = 7200


class OAuthError(Exception):
    """RFC 6749's error code, with a sentence."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.body = {"error": code, "error_description": sentence}
        self.status = status


@dataclass(frozen=True)
class Ask:
    """A checked authorization request."""

    application: OAuthApplication
    redirect_uri: str
    scopes: list[str]
    state: str | None
    code_challenge: str | None

    def back(self, **values: str) -> str:
        """The application's address with the answer."""
        if self.state is not None:
            values["state"] = self.state
        joint = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{joint}{urlencode(values)}"


def check_ask(session: Session, given: dict[str, str]) -> Ask:
    """
    Raises:
        OAuthError: unknown application or address (never redirect then), or a bad request.
    """
    application = session.scalar(
        select(OAuthApplication).where(OAuthApplication.uid == given.get("client_id", ""))
    )
    if application is None:
        raise OAuthError("invalid_client", "Client authentication failed due to unknown client.")
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in application.redirect_uris:
        raise OAuthError("invalid_redirect_uri", "The redirect URI included is not valid.")
    if given.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "Only response_type=code is supported.")
    scopes = given.get("scope", "").split() or application.scopes[:1]
    if not set(scopes) <= set(application.scopes):
        raise OAuthError("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    challenge = given.get("code_challenge") or None
    if challenge and given.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "The code_challenge_method must be S256.")
    if challenge is None and not application.confidential:
        raise OAuthError("invalid_request", "Code challenge is required for public clients.")
    return Ask(application, redirect_uri, scopes, given.get("state"), challenge)


def grant(session: Session, ask: Ask, user: User) -> str:
    """An authorization code for `user`, who consented."""
    code = secrets.token_hex(32)
    session.add(
        OAuthGrant(
            application_id=ask.application.id,
            user_id=user.id,
            digest=digest(code),
            redirect_uri=ask.redirect_uri,
            scopes=ask.scopes,
            code_challenge=ask.code_challenge,
        )
    )
    return code


def exchange(session: Session, given: dict[str, str]) -> dict[str, Any]:
    """What `POST /oauth/token` answers.

    Raises:
        OAuthError: RFC 6749 section 5.2.
    """
    kind = given.get("grant_type")
    if kind == "authorization_code":
        return _by_code(session, given)
    if kind == "refresh_token":
        return _by_refresh(session, given)
    raise OAuthError("unsupported_grant_type", "The authorization grant type is not supported.")


def _by_code(session: Session, given: dict[str, str]) -> dict[str, Any]:
    application = _client(session, given)
    row = session.scalar(
        select(OAuthGrant).where(OAuthGrant.digest == digest(given.get("code", "")))
    )
    fresh = row is not None and row.created_at + timedelta(seconds=CODE_SECONDS) > now()
    fits = (
        row is not None
        and row.application_id == application.id
        and row.redirect_uri == given.get("redirect_uri")
    )
    if row is None or not fresh or not fits:
        raise _invalid_grant()
    challenge = row.code_challenge
    if challenge and not pkce_matches(given.get("code_verifier", ""), challenge):
        raise _invalid_grant()
    session.delete(row)
    return _issue(session, application.id, row.user_id, row.scopes)


def _by_refresh(session: Session, given: dict[str, str]) -> dict[str, Any]:
    """A new pair; the old access token and the old refresh token both stop."""
    application = _client(session, given)
    wanted = digest(given.get("refresh_token", ""))
    row = session.scalar(select(OAuthToken).where(OAuthToken.refresh_digest == wanted))
    if row is None or row.revoked_at is not None or row.application_id != application.id:
        raise _invalid_grant()
    if row.user.state != "active":
        raise _invalid_grant()
    row.revoked_at = now()
    return _issue(session, application.id, row.user_id, row.scopes)


def revoke(session: Session, given: dict[str, str]) -> None:
    """Revoke an access or refresh token; an unknown one is no error (RFC 7009)."""
    application = _client(session, given)
    wanted = digest(given.get("token", ""))
    row = session.scalar(
        select(OAuthToken).where(
            (OAuthToken.access_digest == wanted) | (OAuthToken.refresh_digest == wanted)
        )
    )
    if row is not None and row.application_id == application.id and row.revoked_at is None:
        row.revoked_at = now()


def _client(session: Session, given: dict[str, str]) -> OAuthApplication:
    found = session.scalar(
        select(OAuthApplication).where(OAuthApplication.uid == given.get("client_id", ""))
    )
    secret = given.get("client_secret")
    known = found is not None and (
        digest(secret) == found.secret_digest if secret else not found.confidential
    )
    if found is None or not known:
        raise OAuthError(
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication "
            "included, or unsupported authentication method.",
            401,
        )
    return found


def _issue(
    session: Session, application_id: int, user_id: int, scopes: list[str]
) -> dict[str, Any]:
    access, refresh, made = secrets.token_hex(32), secrets.token_hex(32), now()
    session.add(
        OAuthToken(
            application_id=application_id,
            user_id=user_id,
            access_digest=digest(access),
            refresh_digest=digest(refresh),
            scopes=scopes,
            expires_in=TOKEN_SECONDS,
            created_at=made,
        )
    )
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh,
        "scope": " ".join(scopes),
        "created_at": int(made.timestamp()),
    }


def _invalid_grant() -> OAuthError:
    return OAuthError(
        "invalid_grant",
        "The provided authorization grant is invalid, expired, revoked, does not match the "
        "redirection URI used in the authorization request, or was issued to another client.",
    )
