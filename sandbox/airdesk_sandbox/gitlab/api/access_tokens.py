"""Access tokens of projects and groups: a bot user with a role there, and its token."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from airdesk_sandbox.gitlab.api.users import ROTATED_DAYS, expiry, new_access_token
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import digest, new_token
from airdesk_sandbox.gitlab.entities import people
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, not_found, unauthorized
from airdesk_sandbox.gitlab.models import Member, Namespace, Project, Token, User
from airdesk_sandbox.gitlab.permissions import (
    MAINTAINER,
    OWNER,
    group_level,
    project_level,
)
from airdesk_sandbox.gitlab.routing import Handler, Route

SCOPES = ("api", "read_api", "read_repository", "write_repository", "self_rotate")
_LEVELS = (10, 20, 30, 40, 50)


def _place(call: Call) -> tuple[Project | None, Namespace | None, int]:
    """Project or group of the path, and the caller's role: Maintainers, or Owners of groups.

    Raises:
        ApiError: 404 or 403.
    """
    if call.path["source"] == "projects":
        project = call.project("admin_project")
        return project, None, project_level(call.session, call.user, project)
    group = call.group()
    level = group_level(call.session, call.user, group)
    if level < OWNER:
        raise forbidden()
    return None, group, level


def _tokens(call: Call) -> Select[Token]:
    project, group, _ = _place(call)
    if project is not None:
        return select(Token).where(Token.project_id == project.id)
    return select(Token).where(Token.group_id == (group.id if group else None))


def list_tokens(call: Call) -> Reply:
    """`state`: `active` or `inactive`; without it all that were not revoked."""
    query, state = _tokens(call), call.params.text("state")
    alive = Token.revoked.is_(False) & (Token.expires_at.is_(None) | (Token.expires_at > now()))
    if state == "active":
        query = query.where(alive)
    elif state == "inactive":
        query = query.where(~alive)
    else:
        query = query.where(Token.revoked.is_(False))
    return call.page(query.order_by(Token.id), lambda row: _present(call, row))


def show_token(call: Call) -> dict[str, Any]:
    return _present(call, _token(call))


def create_token(call: Call) -> dict[str, Any]:
    project, group, own = _place(call)
    level = call.params.number("access_level", MAINTAINER)
    if level not in _LEVELS:
        raise bad_request({"access_level": ["is not included in the list"]})
    if level > own:
        raise forbidden()
    if not set(call.params.texts("scopes")) <= set(SCOPES):
        raise bad_request({"scopes": ["can only contain available scopes"]})
    kind, place = ("project", project) if project is not None else ("group", group)
    name = f"{kind}_{place.id if place else 0}_bot_{secrets.token_hex(8)}"
    bot = User(
        username=name,
        name=call.params.need("name"),
        email=f"{name}@noreply.gitlab.test",
        is_bot=True,
    )
    call.session.add(bot)
    call.session.flush()
    ids = {
        "project_id": project.id if project is not None else None,
        "group_id": group.id if group is not None else None,
    }
    call.session.add(Member(user_id=bot.id, access_level=level, expires_at=None, **ids))
    call.session.flush()
    body = new_access_token(call, bot, **ids)
    return {**body, **_resource(call, call.session.get_one(Token, body["id"]))}


def revoke_token(call: Call) -> None:
    row = _token(call)
    row.revoked, row.user.state = True, "blocked"


def rotate_token(call: Call) -> dict[str, Any]:
    """A new token of the same bot in place of the old one, good for a week unless told else."""
    old = _own(call) if call.path["token_id"] == "self" else _token(call)
    if old.revoked or (old.expires_at is not None and old.expires_at <= now()):
        raise bad_request("Token already revoked")
    old.revoked, text = True, new_token("glpat-")
    fresh = Token(
        user_id=old.user_id,
        project_id=old.project_id,
        group_id=old.group_id,
        name=old.name,
        digest=digest(text),
        scopes=old.scopes,
        expires_at=expiry(call, default=timedelta(days=ROTATED_DAYS)),
    )
    call.session.add(fresh)
    call.session.flush()
    return {**people.access_token(fresh, text), **_resource(call, fresh)}


def _own(call: Call) -> Token:
    """The token that the call was made with, if it belongs here."""
    token = call.caller.token if call.caller else None
    wanted = call.path["id"]
    here = token is not None and wanted in (str(token.project_id), str(token.group_id))
    if token is None or not here:
        raise unauthorized()
    return token


def _token(call: Call) -> Token:
    row = call.session.scalar(_tokens(call).where(Token.id == call.number("token_id")))
    if row is None:
        raise not_found()
    return row


def _present(call: Call, row: Token) -> dict[str, Any]:
    return {**people.access_token(row), **_resource(call, row)}


def _resource(call: Call, row: Token) -> dict[str, Any]:
    where = Member.user_id == row.user_id
    return {
        "access_level": call.session.scalar(select(Member.access_level).where(where)),
        "resource_type": "project" if row.project_id is not None else "group",
        "resource_id": row.project_id if row.project_id is not None else row.group_id,
    }


def _bind(handler: Handler, source: str) -> Handler:
    def bound(call: Call) -> Any:
        call.path["source"] = source
        return handler(call)

    return bound


_BASE = "/:source/:id/access_tokens"
_SELF = ("self_rotate",)
ROUTES = [
    Route(method, path.replace(":source", source), _bind(handler, source), scopes=scopes)
    for source in ("projects", "groups")
    for method, path, handler, scopes in (
        ("GET", _BASE, list_tokens, ()),
        ("POST", _BASE, create_token, ()),
        ("GET", f"{_BASE}/:token_id", show_token, ()),
        ("DELETE", f"{_BASE}/:token_id", revoke_token, ()),
        ("POST", f"{_BASE}/:token_id/rotate", rotate_token, _SELF),
    )
]
