"""Forks: copies of a project in another namespace, which may send merge requests back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from airdesk_sandbox.gitlab.api.projects import present
from airdesk_sandbox.gitlab.call import Call, Reply, find_project
from airdesk_sandbox.gitlab.errors import conflict, forbidden, not_found
from airdesk_sandbox.gitlab.models import Namespace, Project, ProtectedBranch
from airdesk_sandbox.gitlab.permissions import DEVELOPER, group_level, may
from airdesk_sandbox.gitlab.repo.read import GitError
from airdesk_sandbox.gitlab.repo.write import create_repository
from airdesk_sandbox.gitlab.routing import Route
from airdesk_sandbox.gitlab.server import Server

_VISIBILITY = ("private", "internal", "public")
# what a fork takes over; variables, webhooks, members and protection stay behind
_TAKEN_OVER = ("description", "default_branch", "ci_config_path", "build_timeout", "jobs_enabled")


def create_fork(call: Call) -> dict[str, Any]:
    """Answered at once; `import_status` of the new project tells when its branches are there."""
    source = call.project("read_code")
    namespace, name = _namespace(call), call.params.text("name") or source.name
    path = call.params.text("path") or source.path
    full_path = f"{namespace.full_path}/{path}"
    if call.session.scalar(select(Project.id).where(Project.full_path == full_path)):
        taken = ["has already been taken"]
        raise conflict({"name": taken, "path": taken})
    fork = Project(
        namespace=namespace,
        name=name,
        path=path,
        full_path=full_path,
        visibility=_visibility(call, source, namespace),
        creator_id=call.user.id,
        forked_from=source,
        import_status="scheduled",
        **{column: getattr(source, column) for column in _TAKEN_OVER},
    )
    fork.description = call.params.text("description", fork.description)
    call.session.add(fork)
    call.session.flush()
    call.session.add(ProtectedBranch(project_id=fork.id, name=fork.default_branch))
    create_repository(call.server.repository_path(fork.id), fork.default_branch)
    branches = call.params.text("branches")
    call.after.append(lambda: _fill(call.server, source.id, fork.id, branches))
    return present(call, fork)


def _namespace(call: Call) -> Namespace:
    """Where to: `namespace_id`, `namespace_path`, `namespace`, or the person's own."""
    key = next(
        (
            call.params.text(n)
            for n in ("namespace_id", "namespace_path", "namespace")
            if n in call.params
        ),
        None,
    )
    where: ColumnElement[bool] = (Namespace.owner_id == call.user.id) & (Namespace.kind == "user")
    if key is not None:
        where = Namespace.id == int(key) if key.isdigit() else Namespace.full_path == key
    found = call.session.scalar(select(Namespace).where(where))
    if found is None or group_level(call.session, call.user, found) < DEVELOPER:
        raise not_found("Target Namespace")
    return found


def _visibility(call: Call, source: Project, namespace: Namespace) -> str:
    """Never wider than the source's, nor than what a group allows."""
    wanted = call.params.text("visibility", source.visibility)
    if wanted not in _VISIBILITY or _VISIBILITY.index(wanted) > _VISIBILITY.index(
        source.visibility
    ):
        raise conflict(
            {
                "visibility_level": [
                    f"{wanted} is not allowed since the fork source project has lower visibility."
                ]
            }
        )
    limits = [wanted, *([namespace.visibility] if namespace.kind == "group" else [])]
    return min(limits, key=_VISIBILITY.index)


def _fill(server: Server, source_id: int, fork_id: int, branches: str) -> None:
    """Bring the branches over. No pipeline comes of it, as when GitLab imports a fork."""
    refs = f"refs/heads/{branches or '*'}"
    repository = server.repository_path(source_id)
    with server.db.reading() as session:
        into = server.repository(session.get_one(Project, fork_id))
    try:
        into.git("fetch", "--quiet", str(repository), f"+{refs}:{refs}", "+refs/tags/*:refs/tags/*")
        status = "finished"
    except GitError:
        status = "failed"
    with server.db.writing() as session:
        session.get_one(Project, fork_id).import_status = status


def list_forks(call: Call) -> Reply:
    project = call.project()
    query = select(Project).where(Project.forked_from_id == project.id).order_by(Project.id.desc())
    if search := call.params.text("search"):
        like = f"%{search}%"
        query = query.where(or_(Project.name.like(like), Project.path.like(like)))
    seen = [
        p for p in call.session.scalars(query) if may(call.session, call.user, "read_project", p)
    ]
    return call.page_of(seen, lambda fork: present(call, fork))


def link_fork(call: Call) -> dict[str, Any]:
    project = call.project("own_project")
    source = find_project(call.session, call.path["forked_from_id"])
    if source is None or not may(call.session, call.user, "read_project", source):
        raise not_found("Source Project")
    if project.forked_from_id is not None:
        raise forbidden("Project already forked")
    project.forked_from = source
    call.session.flush()
    return present(call, project)


def unlink_fork(call: Call) -> None:
    project = call.project("own_project")
    if project.forked_from_id is None:
        raise not_found("Fork")
    project.forked_from = None


ROUTES = [
    Route("POST", "/projects/:id/fork", create_fork),
    Route("DELETE", "/projects/:id/fork", unlink_fork),
    Route("POST", "/projects/:id/fork/:forked_from_id", link_fork),
    Route("GET", "/projects/:id/forks", list_forks),
]
