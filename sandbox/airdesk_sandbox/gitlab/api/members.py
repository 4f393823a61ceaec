"""Members of groups and projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.api.users import expiry
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.entities import people
from airdesk_sandbox.gitlab.errors import bad_request, conflict, forbidden, not_found
from airdesk_sandbox.gitlab.models import Member, Namespace, Project, User
from airdesk_sandbox.gitlab.permissions import (
    MAINTAINER,
    OWNER,
    group_level,
    memberships,
    project_level,
)
from airdesk_sandbox.gitlab.routing import Handler, Route

LEVELS = (5, 10, 15, 20, 30, 40, 50)


def _place(call: Call) -> tuple[Namespace | None, Project | None]:
    if call.path["source"] == "groups":
        return call.group(), None
    if call.path["source"] == "projects":
        return None, call.project()
    raise not_found()


def _direct(call: Call) -> list[Member]:
    group, project = _place(call)
    where = Member.group_id == group.id if group else Member.project_id == (project and project.id)
    return list(call.session.scalars(select(Member).where(where).order_by(Member.id)))


def _all(call: Call) -> list[Member]:
    """Inherited memberships, too; of several of one user the highest."""
    group, project = _place(call)
    found = memberships(call.session, group=group, project=project)
    best: dict[int, Member] = {}
    for row in found:
        known = best.get(row.user_id)
        if known is None or row.access_level > known.access_level:
            best[row.user_id] = row
    return [best[user_id] for user_id in sorted(best)]


def _listing(call: Call, rows: list[Member]) -> Reply:
    wanted = {int(value) for value in call.params.texts("user_ids")}
    query = call.params.text("query").lower()
    chosen = [
        row
        for row in rows
        if (not wanted or row.user_id in wanted)
        and (query in row.user.username.lower() or query in row.user.name.lower())
    ]
    return call.page_of(chosen, lambda row: people.member(row, call.server.url))


def list_direct(call: Call) -> Reply:
    return _listing(call, _direct(call))


def list_all(call: Call) -> Reply:
    return _listing(call, _all(call))


def show_direct(call: Call) -> dict[str, Any]:
    return people.member(_one(call, _direct(call)), call.server.url)


def show_inherited(call: Call) -> dict[str, Any]:
    return people.member(_one(call, _all(call)), call.server.url)


def add_member(call: Call) -> dict[str, Any]:
    group, project = _place(call)
    _require_admin(call, group, project)
    level = _level(call)
    if "user_id" in call.params:
        user = call.session.get(User, call.params.number("user_id"))
    else:
        name = call.params.need("username")
        user = call.session.scalar(select(User).where(User.username == name))
    if user is None:
        raise not_found("User")
    if any(row.user_id == user.id for row in _direct(call)):
        raise conflict("Member already exists")
    row = Member(
        group_id=group.id if group else None,
        project_id=project.id if project else None,
        user=user,
        access_level=level,
        expires_at=expiry(call),
        created_by_id=call.user.id,
    )
    call.session.add(row)
    call.session.flush()
    return people.member(row, call.server.url)


def update_member(call: Call) -> dict[str, Any]:
    _require_admin(call, *_place(call))
    row = _one(call, _direct(call))
    row.access_level = _level(call)
    if "expires_at" in call.params:
        row.expires_at = expiry(call)
    return people.member(row, call.server.url)


def remove_member(call: Call) -> None:
    place = _place(call)
    row = _one(call, _direct(call))
    if row.user_id != call.user.id:  # everybody may leave
        _require_admin(call, *place)
    call.session.delete(row)


def _level(call: Call) -> int:
    level = call.params.number("access_level")
    if level not in LEVELS:
        raise bad_request({"access_level": ["is not included in the list"]})
    return level


def _one(call: Call, rows: list[Member]) -> Member:
    user_id = call.number("user_id")
    found = next((row for row in rows if row.user_id == user_id), None)
    if found is None:
        raise not_found()
    return found


def _require_admin(call: Call, group: Namespace | None, project: Project | None) -> None:
    """Owners manage groups; Maintainers manage projects, up to their own level."""
    if group is not None:
        level, needed = group_level(call.session, call.user, group), OWNER
    else:
        assert project is not None  # noqa: S101  _place gives one of the two
        level, needed = project_level(call.session, call.user, project), MAINTAINER
    asked = call.params.number("access_level", 0)
    if level < needed or asked > level:
        raise forbidden()


def _bind(handler: Handler, source: str) -> Handler:
    def bound(call: Call) -> Any:
        call.path["source"] = source
        return handler(call)

    return bound


_BASE = "/:source/:id/members"
ROUTES = [
    Route(method, path.replace(":source", source), _bind(handler, source))
    for source in ("groups", "projects")
    for method, path, handler in (
        ("GET", _BASE, list_direct),
        ("POST", _BASE, add_member),
        ("GET", f"{_BASE}/all", list_all),
        ("GET", f"{_BASE}/all/:user_id", show_inherited),
        ("GET", f"{_BASE}/:user_id", show_direct),
        ("PUT", f"{_BASE}/:user_id", update_member),
        ("DELETE", f"{_BASE}/:user_id", remove_member),
    )
]
