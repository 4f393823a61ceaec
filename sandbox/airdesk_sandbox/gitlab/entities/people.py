"""Users, groups and members as JSON."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.gitlab.clock import iso, now
from airdesk_sandbox.gitlab.models import Member, Namespace, Token, User


def user_basic(user: User, base: str) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "",
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": None,
        "web_url": f"{base}/{user.username}",
    }


def user_maybe(user: User | None, base: str) -> dict[str, Any] | None:
    return user_basic(user, base) if user is not None else None


def user_public(user: User, base: str) -> dict[str, Any]:
    return {**user_basic(user, base), "created_at": iso(user.created_at), "bot": user.is_bot}


def user_private(user: User, base: str) -> dict[str, Any]:
    """What only the user and administrators see; the identities are among it."""
    return {
        **user_public(user, base),
        "email": user.email,
        "commit_email": user.email,
        "confirmed_at": iso(user.created_at),
        "identities": [
            {"provider": i.provider, "extern_uid": i.extern_uid, "saml_provider_id": None}
            for i in user.identities
        ],
        "can_create_group": True,
        "can_create_project": True,
        "projects_limit": 100000,
        "two_factor_enabled": False,
        "external": False,
        "is_admin": user.is_admin,
    }


def group(namespace: Namespace, base: str) -> dict[str, Any]:
    return {
        "id": namespace.id,
        "web_url": f"{base}/groups/{namespace.full_path}",
        "name": namespace.name,
        "path": namespace.path,
        "description": namespace.description,
        "visibility": namespace.visibility,
        "full_name": namespace.full_path.replace("/", " / "),
        "full_path": namespace.full_path,
        "parent_id": namespace.parent_id,
        "created_at": iso(namespace.created_at),
        "avatar_url": None,
    }


def namespace_json(namespace: Namespace, base: str) -> dict[str, Any]:
    prefix = "groups/" if namespace.kind == "group" else ""
    return {
        "id": namespace.id,
        "name": namespace.name,
        "path": namespace.path,
        "kind": namespace.kind,
        "full_path": namespace.full_path,
        "parent_id": namespace.parent_id,
        "avatar_url": None,
        "web_url": f"{base}/{prefix}{namespace.full_path}",
    }


def member(row: Member, base: str) -> dict[str, Any]:
    return {
        **user_basic(row.user, base),
        "access_level": row.access_level,
        "created_at": iso(row.created_at),
        "expires_at": row.expires_at.date().isoformat() if row.expires_at else None,
        "membership_state": "active",
    }


def access_token(token: Token, text: str | None = None) -> dict[str, Any]:
    """A token's row; `text` only at its creation, as GitLab shows it once."""
    body: dict[str, Any] = {
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": iso(token.created_at),
        "description": None,
        "scopes": token.scopes,
        "user_id": token.user_id,
        "last_used_at": iso(token.last_used_at),
        "active": not token.revoked and (token.expires_at is None or token.expires_at > now()),
        "expires_at": token.expires_at.date().isoformat() if token.expires_at else None,
    }
    return body if text is None else {**body, "token": text}
