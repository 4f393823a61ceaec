"""Branches and their protection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab import pushes
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.entities import projects as entity
from airdesk_sandbox.gitlab.errors import bad_request, conflict, forbidden, invalid, not_found
from airdesk_sandbox.gitlab.models import Project, ProtectedBranch
from airdesk_sandbox.gitlab.permissions import may_push, protection
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.repo.write import delete_ref, set_ref
from airdesk_sandbox.gitlab.routing import Route


def _present(call: Call, project: Project, name: str, sha: str) -> dict[str, Any]:
    return entity.branch(
        name,
        call.repository(project).commit(sha),
        project=project,
        web_url=f"{call.server.url}/{project.full_path}",
        rule=protection(call.session, project, name),
        can_push=may_push(call.session, call.user, project, name),
    )


def list_branches(call: Call) -> Reply:
    project = call.project("read_code")
    search = call.params.text("search")
    found = [pair for pair in call.repository(project).branches().items() if search in pair[0]]
    return call.page_of(found, lambda pair: _present(call, project, *pair))


def show_branch(call: Call) -> dict[str, Any]:
    project = call.project("read_code")
    name = call.path["branch"]
    sha = call.repository(project).ref(f"refs/heads/{name}")
    if sha is None:
        raise not_found("Branch")
    return _present(call, project, name, sha)


def create_branch(call: Call) -> dict[str, Any]:
    project = call.project("push_code")
    name, repository = call.params.need("branch"), call.repository(project)
    if not may_push(call.session, call.user, project, name):
        raise forbidden()
    sha = repository.resolve(call.params.need("ref"))
    if sha is None:
        raise bad_request("Invalid reference name: " + call.params.need("ref"))
    with call.server.lock(project.id):
        if repository.ref(f"refs/heads/{name}") is not None:
            raise bad_request("Branch already exists")
        set_ref(repository, f"refs/heads/{name}", sha, None)
    _record(call, project, name, ZERO, sha)
    return _present(call, project, name, sha)


def delete_branch(call: Call) -> None:
    project = call.project("push_code")
    name, repository = call.path["branch"], call.repository(project)
    sha = repository.ref(f"refs/heads/{name}")
    if sha is None:
        raise not_found("Branch")
    if protection(call.session, project, name) is not None:
        raise forbidden("Cannot remove a protected branch")
    with call.server.lock(project.id):
        delete_ref(repository, f"refs/heads/{name}")
    _record(call, project, name, sha, ZERO)


def _record(call: Call, project: Project, name: str, old: str, new: str) -> None:
    pushes.record(
        pushes.Push(call.server, call.session, project, call.user, name, old, new, after=call.after)
    )


def list_protected(call: Call) -> Reply:
    project = call.project("admin_project")
    query = select(ProtectedBranch).where(ProtectedBranch.project_id == project.id)
    return call.page(query.order_by(ProtectedBranch.id), entity.protected_branch)


def show_protected(call: Call) -> dict[str, Any]:
    return entity.protected_branch(_rule(call, call.project("admin_project")))


def protect(call: Call) -> dict[str, Any]:
    project, name = call.project("admin_project"), call.params.need("name")
    known = select(ProtectedBranch.id).where(
        ProtectedBranch.project_id == project.id, ProtectedBranch.name == name
    )
    if call.session.scalar(known):
        raise conflict(f"Protected branch '{name}' already exists")
    for premium in ("allowed_to_push", "allowed_to_merge", "code_owner_approval_required"):
        if call.params.raw(premium):
            raise bad_request(f"{premium} needs GitLab Premium; this is GitLab Free.")
    rule = ProtectedBranch(
        project_id=project.id,
        name=name,
        push_level=_level(call, "push_access_level"),
        merge_level=_level(call, "merge_access_level"),
        allow_force_push=call.params.flag("allow_force_push"),
    )
    call.session.add(rule)
    call.session.flush()
    return entity.protected_branch(rule)


def update_protected(call: Call) -> dict[str, Any]:
    rule = _rule(call, call.project("admin_project"))
    if "allow_force_push" in call.params:
        rule.allow_force_push = call.params.flag("allow_force_push")
    return entity.protected_branch(rule)


def unprotect(call: Call) -> None:
    call.session.delete(_rule(call, call.project("admin_project")))


def _rule(call: Call, project: Project) -> ProtectedBranch:
    found = call.session.scalar(
        select(ProtectedBranch).where(
            ProtectedBranch.project_id == project.id, ProtectedBranch.name == call.path["name"]
        )
    )
    if found is None:
        raise not_found()
    return found


def _level(call: Call, name: str) -> int:
    level = call.params.number(name, 40)
    if level not in entity.LEVELS:
        raise invalid(name)
    return level


_BRANCHES = "/projects/:id/repository/branches"
_PROTECTED = "/projects/:id/protected_branches"
ROUTES = [
    Route("GET", _BRANCHES, list_branches),
    Route("POST", _BRANCHES, create_branch),
    Route("GET", f"{_BRANCHES}/:branch", show_branch),
    Route("DELETE", f"{_BRANCHES}/:branch", delete_branch),
    Route("GET", _PROTECTED, list_protected),
    Route("POST", _PROTECTED, protect),
    Route("GET", f"{_PROTECTED}/:name", show_protected),
    Route("PATCH", f"{_PROTECTED}/:name", update_protected),
    Route("DELETE", f"{_PROTECTED}/:name", unprotect),
]
