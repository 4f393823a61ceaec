"""Who is calling: personal and project access tokens, OAuth, job tokens, browser sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import digest, password_matches
from airdesk_sandbox.gitlab.errors import ApiError, forbidden, invalid_token, unauthorized
from airdesk_sandbox.gitlab.models import (
    DeployToken,
    Job,
    OAuthToken,
    Token,
    User,
    WebSession,
)

EXPIRED = "Token is expired. You can either do re-authorization or token refresh."
REVOKED = "Token was revoked. You have to re-authorize from the user."
SESSION_COOKIE = "_gitlab_session"


@dataclass(frozen=True)
class Caller:
    """A user and by what the call was proven; `kind` is personal, oauth, job or session."""

    user: User
    kind: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    token: Token | None = None
    job: Job | None = None


def identify(
    session: Session, headers: Mapping[str, str], query_token: str | None
) -> Caller | None:
    """The caller of an API request, `None` where nothing was presented.

    Raises:
        ApiError: 401, what was presented is unknown, expired or revoked.
    """
    if job_token := headers.get("job-token"):
        return by_job_token(session, job_token)
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    private = headers.get("private-token") or query_token
    if private:
        return by_access_token(session, private)
    if scheme.lower() == "bearer" and bearer:
        return by_oauth_token(session, bearer) or by_access_token(session, bearer)
    return None


def by_access_token(session: Session, text: str) -> Caller:
    token = session.scalar(select(Token).where(Token.digest == digest(text)))
    if token is None:
        raise unauthorized()
    if token.revoked:
        raise invalid_token(REVOKED)
    if token.expires_at is not None and token.expires_at <= now():
        raise invalid_token(EXPIRED)
    return Caller(_active(token.user), "personal", frozenset(token.scopes), token=token)


def by_oauth_token(session: Session, text: str) -> Caller | None:
    """The caller of an OAuth access token, `None` if no such token was ever given."""
    token = session.scalar(select(OAuthToken).where(OAuthToken.access_digest == digest(text)))
    if token is None:
        return None
    if token.revoked_at is not None:
        raise invalid_token(REVOKED)
    if token.created_at + timedelta(seconds=token.expires_in) <= now():
        raise invalid_token(EXPIRED)
    return Caller(_active(token.user), "oauth", frozenset(token.scopes))


def by_job_token(session: Session, text: str) -> Caller:
    job = session.scalar(
        select(Job).where(Job.token_digest == digest(text), Job.status == "running")
    )
    if job is None:
        raise unauthorized()
    return Caller(_active(job.user), "job", job=job)


def by_cookie(session: Session, cookie: str | None) -> User | None:
    if not cookie:
        return None
    found = session.scalar(select(WebSession).where(WebSession.digest == digest(cookie)))
    return found.user if found is not None and found.user.state == "active" else None


def by_password(session: Session, login: str, password: str) -> User | None:
    user = session.scalar(select(User).where((User.username == login) | (User.email == login)))
    if user is None or user.state != "active" or not password_matches(password, user.password):
        return None
    return user


def by_deploy_token(session: Session, username: str, text: str) -> DeployToken | None:
    token = session.scalar(select(DeployToken).where(DeployToken.digest == digest(text)))
    if token is None or token.username != username or token.revoked:
        return None
    return None if token.expires_at is not None and token.expires_at <= now() else token


def require_scope(caller: Caller, *scopes: str) -> None:
    """
    Raises:
        ApiError: 403 `insufficient_scope`, the token has none of the scopes.
    """
    if caller.kind in ("personal", "oauth") and caller.scopes.isdisjoint(scopes):
        body = {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the "
            "access token.",
            "scope": " ".join(scopes),
        }
        raise ApiError(403, body)


def _active(user: User) -> User:
    if user.state != "active":
        raise forbidden("Your account has been blocked.")
    return user
