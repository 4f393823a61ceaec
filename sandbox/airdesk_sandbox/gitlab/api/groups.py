"""Groups and their projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.entities import people
from airdesk_sandbox.gitlab.entities.projects import project_simple
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, not_found
from airdesk_sandbox.gitlab.models import Member, Namespace, Project
from airdesk_sandbox.gitlab.permissions import (
    MAINTAINER,
    OWNER,
    group_level,
    may,
    sees_group,
)
from airdesk_sandbox.gitlab.routing import Route


def list_groups(call: Call) -> Reply:
    """Groups the caller sees; `min_access_level`, `owned` and `search` narrow them."""
    groups = call.session.scalars(
        select(Namespace).where(Namespace.kind == "group").order_by(Namespace.full_path)
    ).all()
    lowest = OWNER if call.params.flag("owned") else call.params.number("min_access_level", 0)
    user, search = call.user, call.params.text("search").lower()
    if "top_level_only" in call.params and call.params.flag("top_level_only"):
        groups = [group for group in groups if group.parent_id is None]
    chosen = [
        group
        for group in groups
        if search in group.full_path.lower()
        and (
            group_level(call.session, user, group) >= lowest
            if lowest
            else sees_group(call.session, user, group)
        )
    ]
    return call.page_of(chosen, lambda group: people.group(group, call.server.url))


def show_group(call: Call) -> dict[str, Any]:
    group = call.group()
    body = people.group(group, call.server.url)
    if call.params.flag("with_projects", default=True):
        body["projects"] = [project_simple(p, call.server.url) for p in _projects(call, group)]
    return body


def create_group(call: Call) -> dict[str, Any]:
    params = call.params
    path, parent = params.need("path"), None
    if "parent_id" in params:
        parent = call.session.get(Namespace, params.number("parent_id"))
        if parent is None or parent.kind != "group":
            raise not_found("Group")
        if group_level(call.session, call.user, parent) < MAINTAINER:
            raise forbidden()
    full_path = f"{parent.full_path}/{path}" if parent else path
    if call.session.scalar(select(Namespace.id).where(Namespace.full_path == full_path)):
        raise bad_request('Failed to save group {:path=>["has already been taken"]}')
    group = Namespace(
        kind="group",
        name=params.need("name"),
        path=path,
        full_path=full_path,
        description=params.text("description"),
        visibility=params.text("visibility", "private"),
        parent_id=parent.id if parent else None,
    )
    call.session.add(group)
    call.session.flush()
    call.session.add(Member(group_id=group.id, user_id=call.user.id, access_level=OWNER))
    return people.group(group, call.server.url)


def update_group(call: Call) -> dict[str, Any]:
    group = call.group()
    if group_level(call.session, call.user, group) < OWNER:
        raise forbidden()
    for name in ("name", "description", "visibility"):
        if name in call.params:
            setattr(group, name, call.params.text(name))
    return people.group(group, call.server.url)


def list_group_projects(call: Call) -> Reply:
    group, search = call.group(), call.params.text("search").lower()
    found = [p for p in _projects(call, group) if search in p.path.lower()]
    return call.page_of(found, lambda project: project_simple(project, call.server.url))


def list_subgroups(call: Call) -> Reply:
    group = call.group()
    below = call.session.scalars(
        select(Namespace).where(Namespace.parent_id == group.id).order_by(Namespace.path)
    ).all()
    seen = [child for child in below if sees_group(call.session, call.user, child)]
    return call.page_of(seen, lambda child: people.group(child, call.server.url))


def _projects(call: Call, group: Namespace) -> list[Project]:
    """The group's own projects; with `include_subgroups` those below, too."""
    query = select(Project).where(Project.namespace_id == group.id).order_by(Project.id.desc())
    if call.params.flag("include_subgroups"):
        below = Project.full_path.like(f"{group.full_path}/%")
        query = select(Project).where(below).order_by(Project.id.desc())
    return [
        p for p in call.session.scalars(query) if may(call.session, call.user, "read_project", p)
    ]


ROUTES = [
    Route("GET", "/groups", list_groups),
    Route("POST", "/groups", create_group),
    Route("GET", "/groups/:id", show_group),
    Route("PUT", "/groups/:id", update_group),
    Route("GET", "/groups/:id/projects", list_group_projects),
    Route("GET", "/groups/:id/subgroups", list_subgroups),
]
