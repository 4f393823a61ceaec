"""Projects."""

from __future__ import annotations

import shutil
from typing import Any

from sqlalchemy import Select, func, or_, select

from airdesk_sandbox.gitlab.call import Call, Reply, find_group
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.entities import projects as entity
from airdesk_sandbox.gitlab.entities.people import user_basic
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, not_found
from airdesk_sandbox.gitlab.models import (
    Member,
    MergeRequest,
    Namespace,
    Project,
    ProtectedBranch,
)
from airdesk_sandbox.gitlab.permissions import (
    DEVELOPER,
    group_level,
    may,
    memberships,
    project_level,
)
from airdesk_sandbox.gitlab.repo.write import Signature, commit_actions, create_repository, set_ref
from airdesk_sandbox.gitlab.routing import Route

_TEXTS = ("name", "description", "visibility", "merge_method", "squash_option", "default_branch")
_FLAGS = (
    "only_allow_merge_if_pipeline_succeeds",
    "only_allow_merge_if_all_discussions_are_resolved",
    "remove_source_branch_after_merge",
    "ci_allow_fork_pipelines_to_run_in_parent_project",
)
_CHOICES = {
    "visibility": ("private", "internal", "public"),
    "merge_method": ("merge", "rebase_merge", "ff"),
    "squash_option": ("never", "always", "default_on", "default_off"),
}


def present(call: Call, project: Project) -> dict[str, Any]:
    user = call.user
    direct = call.session.scalar(
        select(Member.access_level).where(
            Member.project_id == project.id, Member.user_id == user.id
        )
    )
    return entity.project_full(
        project,
        call.server.url,
        access=direct,
        group_access=group_level(call.session, user, project.namespace) or None,
        empty=not call.repository(project).branches(),
        forks=call.session.scalar(_forks_of(project)) or 0,
    )


def _forks_of(project: Project) -> Select[int]:
    return select(func.count(Project.id)).where(Project.forked_from_id == project.id)


def list_projects(call: Call) -> Reply:
    """Projects the caller sees; `membership`, `owned`, `min_access_level`, `search` narrow."""
    query = select(Project).order_by(Project.id.desc())
    if search := call.params.text("search"):
        like = f"%{search}%"
        query = query.where(or_(Project.name.like(like), Project.path.like(like)))
    lowest = call.params.number("min_access_level", 0)
    if call.params.flag("owned"):
        lowest = 50
    elif call.params.flag("membership"):
        lowest = max(lowest, 1)
    seen = [
        p for p in call.session.scalars(query) if may(call.session, call.user, "read_project", p)
    ]
    if lowest:
        seen = [p for p in seen if project_level(call.session, call.user, p) >= lowest]

    def shown(project: Project) -> dict[str, Any]:
        if call.params.flag("simple"):
            return entity.project_simple(project, call.server.url)
        return present(call, project)

    if call.params.text("pagination") == "keyset":
        return call.keyset(seen, shown, lambda project: project.id)
    return call.page_of(seen, shown)


def show_project(call: Call) -> dict[str, Any]:
    return present(call, call.project())


def create_project(call: Call) -> dict[str, Any]:
    params, session = call.params, call.session
    name = params.text("name") or params.need("path")
    path = params.text("path") or name.lower().replace(" ", "-")
    namespace = _namespace(call)
    full_path = f"{namespace.full_path}/{path}"
    if session.scalar(select(Project.id).where(Project.full_path == full_path)):
        raise bad_request({"path": ["has already been taken"], "name": ["has already been taken"]})
    project = Project(
        namespace=namespace,
        name=name,
        path=path,
        full_path=full_path,
        creator_id=call.user.id,
        default_branch=params.text("default_branch", "main"),
    )
    session.add(project)
    _apply(call, project)
    session.flush()
    # GitLab protects the default branch of every new project
    session.add(ProtectedBranch(project_id=project.id, name=project.default_branch))
    repository = create_repository(call.server.repository_path(project.id), project.default_branch)
    if params.flag("initialize_with_readme"):
        signature = Signature(call.user.name, call.user.email)
        readme = {"action": "create", "file_path": "README.md", "content": f"# {name}\n"}
        sha = commit_actions(
            repository,
            parent=None,
            actions=[readme],
            message="Initial commit",
            author=signature,
            committer=signature,
        )
        set_ref(repository, f"refs/heads/{project.default_branch}", sha, None)
    return present(call, project)


def update_project(call: Call) -> dict[str, Any]:
    project = call.project("admin_project")
    _apply(call, project)
    return present(call, project)


def delete_project(call: Call) -> Reply:
    project = call.project("own_project")
    path = call.server.repository_path(project.id)
    for request in call.session.scalars(
        select(MergeRequest).where(
            MergeRequest.fork_id == project.id, MergeRequest.state == "opened"
        )
    ):
        request.state, request.closed_at, request.closed_by = "closed", now(), call.user
    call.session.flush()
    call.session.delete(project)
    call.after.append(lambda: shutil.rmtree(path, ignore_errors=True))
    return Reply(202, {"message": "202 Accepted"})


def list_users(call: Call) -> Reply:
    """Everybody who can be mentioned: the members."""
    rows = memberships(call.session, project=call.project())
    users = sorted({row.user_id: row.user for row in rows}.items())
    return call.page_of([user for _, user in users], lambda u: user_basic(u, call.server.url))


def _namespace(call: Call) -> Namespace:
    if "namespace_id" not in call.params:
        own = call.session.scalar(
            select(Namespace).where(Namespace.owner_id == call.user.id, Namespace.kind == "user")
        )
        if own is None:
            raise forbidden()
        return own
    namespace = find_group(call.session, call.params.need("namespace_id"))
    if namespace is None:
        raise not_found("Namespace")
    if group_level(call.session, call.user, namespace) < DEVELOPER:
        raise bad_request({"namespace": ["is not valid"]})
    return namespace


def _apply(call: Call, project: Project) -> None:
    params = call.params
    for name in _TEXTS:
        if name in params:
            value = params.text(name)
            if value not in _CHOICES.get(name, (value,)):
                raise bad_request({name: ["is not included in the list"]})
            setattr(project, name, value)
    for name in _FLAGS:
        if name in params:
            setattr(project, name, params.flag(name))
    if "ci_config_path" in params:
        project.ci_config_path = params.text("ci_config_path") or None
    if "build_timeout" in params:
        project.build_timeout = params.number("build_timeout")
    if "jobs_enabled" in params:
        project.jobs_enabled = params.flag("jobs_enabled")
    if "builds_access_level" in params:
        project.jobs_enabled = params.text("builds_access_level") != "disabled"


ROUTES = [
    Route("GET", "/projects", list_projects),
    Route("POST", "/projects", create_project),
    Route("GET", "/projects/:id", show_project),
    Route("PUT", "/projects/:id", update_project),
    Route("DELETE", "/projects/:id", delete_project),
    Route("GET", "/projects/:id/users", list_users),
]
