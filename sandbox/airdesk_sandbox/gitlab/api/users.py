"""Users and the tokens they hold."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now, parse_time
from airdesk_sandbox.gitlab.digests import digest, hash_password, new_token
from airdesk_sandbox.gitlab.entities import people
from airdesk_sandbox.gitlab.errors import bad_request, conflict, forbidden, invalid, not_found
from airdesk_sandbox.gitlab.models import Identity, Namespace, Token, User
from airdesk_sandbox.gitlab.routing import Route

SCOPES = (
    "api",
    "read_api",
    "read_user",
    "read_repository",
    "write_repository",
    "sudo",
    "self_rotate",
)
LONGEST_DAYS = 365
ROTATED_DAYS = 7


def show_current(call: Call) -> dict[str, Any]:
    return people.user_private(call.user, call.server.url)


def list_users(call: Call) -> Reply:
    query = select(User).order_by(User.id.desc())
    if username := call.params.text("username"):
        query = query.where(User.username == username)
    if search := call.params.text("search"):
        like = f"%{search}%"
        query = query.where(
            or_(User.username.like(like), User.name.like(like), User.email == search)
        )
    if extern_uid := call.params.text("extern_uid"):
        call.admin()
        wanted = Identity.extern_uid == extern_uid
        query = query.join(Identity).where(
            wanted, Identity.provider == call.params.need("provider")
        )
    return call.page(query, lambda user: _visible(call, user))


def show_user(call: Call) -> dict[str, Any]:
    return _visible(call, _user(call))


def create_user(call: Call) -> dict[str, Any]:
    call.admin()
    params = call.params
    username, email = params.need("username"), params.need("email")
    taken = call.session.scalar(
        select(User.id).where(or_(User.username == username, User.email == email))
    )
    if taken or call.session.scalar(select(Namespace.id).where(Namespace.full_path == username)):
        raise conflict("Username has already been taken")
    password = params.text("password") or new_token("")
    if len(password) < 8:
        raise bad_request({"password": ["is too short (minimum is 8 characters)"]})
    user = User(
        username=username,
        name=params.need("name"),
        email=email,
        password=hash_password(password),
        is_admin=params.flag("admin"),
    )
    if extern_uid := params.text("extern_uid"):
        user.identities.append(Identity(provider=params.need("provider"), extern_uid=extern_uid))
    call.session.add(user)
    call.session.flush()
    call.session.add(
        Namespace(kind="user", name=user.name, path=username, full_path=username, owner_id=user.id)
    )
    return people.user_private(user, call.server.url)


def update_user(call: Call) -> dict[str, Any]:
    call.admin()
    user, params = _user(call), call.params
    if "name" in params:
        user.name = params.text("name")
    if "password" in params:
        user.password = hash_password(params.text("password"))
    if "admin" in params:
        user.is_admin = params.flag("admin")
    if extern_uid := params.text("extern_uid"):
        provider = params.need("provider")
        user.identities = [i for i in user.identities if i.provider != provider]
        call.session.flush()
        user.identities.append(Identity(provider=provider, extern_uid=extern_uid))
    call.session.flush()
    return people.user_private(user, call.server.url)


def block_user(call: Call) -> bool:
    call.admin()
    _user(call).state = "blocked"
    return True


def unblock_user(call: Call) -> bool:
    call.admin()
    _user(call).state = "active"
    return True


def create_token(call: Call) -> dict[str, Any]:
    """An administrator makes a personal access token for somebody."""
    call.admin()
    return new_access_token(call, _user(call))


def new_access_token(
    call: Call, user: User, *, project_id: int | None = None, group_id: int | None = None
) -> dict[str, Any]:
    scopes = call.params.texts("scopes")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise bad_request({"scopes": ["can only contain available scopes"]})
    if "sudo" in scopes and not user.is_admin:
        raise bad_request({"scopes": ["can only contain available scopes"]})
    text = new_token("glpat-")
    token = Token(
        user_id=user.id,
        project_id=project_id,
        group_id=group_id,
        name=call.params.need("name"),
        digest=digest(text),
        scopes=scopes,
        expires_at=_lifetime(call),
    )
    call.session.add(token)
    call.session.flush()
    return people.access_token(token, text)


def _lifetime(call: Call) -> datetime | None:
    """A year where nothing else is asked for, and never more than that (GitLab 16.0 and later)."""
    longest = now() + timedelta(days=LONGEST_DAYS)
    until = expiry(call, default=timedelta(days=LONGEST_DAYS))
    if until is not None and until > longest:
        latest = longest.date().isoformat()
        raise bad_request({"expires_at": [f"must be before {latest}"]})
    return until


def expiry(call: Call, *, default: timedelta | None = None) -> datetime | None:
    """`expires_at` (a date: good until its first moment in UTC, as GitLab counts)."""
    text = call.params.text("expires_at")
    if not text:
        return midnight(now() + default) if default is not None else None
    try:
        return parse_time(text).astimezone(UTC)
    except ValueError:
        raise invalid("expires_at") from None


def midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def list_tokens(call: Call) -> Reply:
    user_id = call.params.number("user_id", call.user.id)
    if user_id != call.user.id:
        call.admin()
    query = select(Token).where(
        Token.user_id == user_id, Token.project_id.is_(None), Token.group_id.is_(None)
    )
    return call.page(query.order_by(Token.id), people.access_token)


def show_own_token(call: Call) -> dict[str, Any]:
    token = call.caller.token if call.caller else None
    if token is None:
        raise bad_request("This endpoint needs a personal access token.")
    return people.access_token(token)


def show_token(call: Call) -> dict[str, Any]:
    return people.access_token(_own_token(call))


def revoke_token(call: Call) -> None:
    _own_token(call).revoked = True


def revoke_own_token(call: Call) -> None:
    if call.caller is None or call.caller.token is None:
        raise bad_request("This endpoint needs a personal access token.")
    call.caller.token.revoked = True


def rotate_token(call: Call) -> dict[str, Any]:
    """A new token in place of the old one, which stops at once."""
    old = _own_token(call)
    scopes = call.caller.scopes if call.caller is not None else frozenset()
    if "api" not in scopes and call.path["token_id"] != "self":
        raise forbidden()
    if old.revoked or (old.expires_at is not None and old.expires_at <= now()):
        raise bad_request("Token already revoked")
    old.revoked = True
    text = new_token("glpat-")
    token = Token(
        user_id=old.user_id,
        project_id=old.project_id,
        group_id=old.group_id,
        name=old.name,
        digest=digest(text),
        scopes=old.scopes,
        expires_at=expiry(call, default=timedelta(days=ROTATED_DAYS)),
    )
    call.session.add(token)
    call.session.flush()
    return people.access_token(token, text)


def _own_token(call: Call) -> Token:
    if call.path["token_id"] == "self" and call.caller is not None and call.caller.token:
        return call.caller.token
    token = call.session.get(Token, call.number("token_id"))
    if token is None:
        raise not_found()
    if token.user_id != call.user.id and not call.user.is_admin:
        raise forbidden()
    return token


def _user(call: Call) -> User:
    user = call.session.get(User, call.number("user_id"))
    if user is None:
        raise not_found("User")
    return user


def _visible(call: Call, user: User) -> dict[str, Any]:
    whole = call.user.is_admin
    return (people.user_private if whole else people.user_public)(user, call.server.url)


_READ_USER = ("read_user",)
ROUTES = [
    Route("GET", "/user", show_current, scopes=_READ_USER),
    Route("GET", "/users", list_users, scopes=_READ_USER),
    Route("POST", "/users", create_user),
    Route("GET", "/users/:user_id", show_user, scopes=_READ_USER),
    Route("PUT", "/users/:user_id", update_user),
    Route("POST", "/users/:user_id/block", block_user),
    Route("POST", "/users/:user_id/unblock", unblock_user),
    Route("POST", "/users/:user_id/personal_access_tokens", create_token),
    Route("GET", "/personal_access_tokens", list_tokens),
    Route("GET", "/personal_access_tokens/self", show_own_token, scopes=SCOPES),
    Route("DELETE", "/personal_access_tokens/self", revoke_own_token, scopes=SCOPES),
    Route("GET", "/personal_access_tokens/:token_id", show_token),
    Route("DELETE", "/personal_access_tokens/:token_id", revoke_token),
    Route(
        "POST", "/personal_access_tokens/:token_id/rotate", rotate_token, scopes=("self_rotate",)
    ),
]
