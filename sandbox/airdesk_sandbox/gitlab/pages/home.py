"""The start page and groups: lists of projects."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from airdesk_sandbox.gitlab.call import find_group
from airdesk_sandbox.gitlab.errors import not_found
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may, project_level, sees_group

ROLES = {0: "", 10: "Guest", 20: "Reporter", 30: "Developer", 40: "Maintainer", 50: "Owner"}


def projects(view: View) -> Response:
    """All projects the person sees."""
    user = view.user
    found = view.session.scalars(select(Project).order_by(Project.last_activity_at.desc()))
    seen = [p for p in found if may(view.session, user, "read_project", p)]
    return _listing(view, "Projects", seen)


def group(view: View, full_path: str) -> Response:
    found = find_group(view.session, full_path)
    if found is None or not sees_group(view.session, view.user, found):
        raise not_found("Page")
    below = Project.full_path.like(f"{found.full_path}/%")
    rows = view.session.scalars(select(Project).where(below).order_by(Project.full_path))
    seen = [p for p in rows if may(view.session, view.user, "read_project", p)]
    return _listing(view, found.name, seen)


def _listing(view: View, title: str, found: list[Project]) -> Response:
    roles = {p.id: ROLES.get(project_level(view.session, view.user, p), "") for p in found}
    return view.render("projects.html", title=title, projects=found, roles=roles)
