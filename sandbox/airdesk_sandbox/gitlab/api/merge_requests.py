"""Merge requests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from airdesk_sandbox.gitlab import merges, pushes
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.entities import projects as project_entity
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.entities.people import user_basic
from airdesk_sandbox.gitlab.errors import (
    ApiError,
    bad_request,
    conflict,
    forbidden,
    invalid,
    not_found,
)
from airdesk_sandbox.gitlab.models import DiffVersion, Event, MergeRequest, Project
from airdesk_sandbox.gitlab.permissions import may, may_update
from airdesk_sandbox.gitlab.repo.diff import diff
from airdesk_sandbox.gitlab.routing import Route


def show(call: Call) -> dict[str, Any]:
    return reviews.full(call, find_request(call))


def create(call: Call) -> dict[str, Any]:
    origin, params = call.project("push_code"), call.params
    source, target = params.need("source_branch"), params.need("target_branch")
    title, project = params.need("title"), _target_project(call, origin)
    if call.repository(origin).ref(f"refs/heads/{source}") is None:
        raise bad_request(['Source branch "' + source + '" does not exist'])
    if call.repository(project).ref(f"refs/heads/{target}") is None:
        raise bad_request(['Target branch "' + target + '" does not exist'])
    if source == target and origin.id == project.id:
        raise ApiError(
            422, {"message": ["You can't use same project/branch for source and target"]}
        )
    _refuse_second(call, origin, project, source, target)
    highest = select(func.max(MergeRequest.iid)).where(MergeRequest.project_id == project.id)
    request = MergeRequest(
        project=project,
        fork=origin if origin.id != project.id else None,
        iid=(call.session.scalar(highest) or 0) + 1,
        title=title,
        source_branch=source,
        target_branch=target,
        sha="",
        base_sha="",
        start_sha="",
        author=call.user,
        remove_source_branch=project.remove_source_branch_after_merge,
    )
    _apply(call, request)
    call.session.add(request)
    pushes.add_version(call.server, call.session, request)
    call.session.add(_event(request, call.user.id, "opened"))
    merges.hook(call.server, call.session, request, call.user, "open")
    pushes.wish_for_pipeline(call.session, request, call.user)
    call.after.append(call.server.ci.wishes.grant)
    call.after.append(call.server.webhooks.wake)
    call.session.flush()
    return reviews.full(call, request)


def _target_project(call: Call, origin: Project) -> Project:
    """The project that the request goes to: the source's own, or one it was forked from."""
    if "target_project_id" not in call.params:
        return origin
    target = call.session.get(Project, call.params.number("target_project_id"))
    if target is None or not may(call.session, call.user, "read_merge_request", target):
        raise not_found("Project")
    if _root(origin) != _root(target):
        raise ApiError(422, {"message": ["Source project is not a fork of the target project"]})
    return target


def _root(project: Project) -> int:
    """The project that all forks of forks came from."""
    while project.forked_from is not None:
        project = project.forked_from
    return project.id


def _refuse_second(call: Call, origin: Project, project: Project, source: str, target: str) -> None:
    same = select(MergeRequest.iid).where(
        func.coalesce(MergeRequest.fork_id, MergeRequest.project_id) == origin.id,
        MergeRequest.project_id == project.id,
        MergeRequest.source_branch == source,
        MergeRequest.target_branch == target,
        MergeRequest.state == "opened",
    )
    if (iid := call.session.scalar(same)) is not None:
        raise conflict(
            [f"Another open merge request already exists for this source branch: !{iid}"]
        )


def _event(request: MergeRequest, author_id: int, action: str) -> Event:
    return Event(
        project_id=request.project_id,
        author_id=author_id,
        action_name=action,
        target_type="MergeRequest",
        target_id=request.id,
        target_iid=request.iid,
        target_title=request.title,
    )


def update(call: Call) -> dict[str, Any]:
    request = find_request(call)
    if not may_update(call.session, call.user, request):
        raise forbidden()
    _apply(call, request)
    if "title" in call.params:
        request.title = call.params.need("title")
    action = "update"
    if state := call.params.text("state_event"):
        action = _change_state(call, request, state)
    request.updated_at = now()
    merges.hook(call.server, call.session, request, call.user, action)
    call.after.append(call.server.webhooks.wake)
    return reviews.full(call, request)


def _change_state(call: Call, request: MergeRequest, state: str) -> str:
    if state == "close" and request.state == "opened":
        request.state, request.closed_at = "closed", now()
        request.closed_by, request.auto_merge = call.user, False
        call.session.add(_event(request, call.user.id, "closed"))
        return "close"
    if state == "reopen" and request.state == "closed":
        _refuse_second(
            call,
            request.source_project,
            request.project,
            request.source_branch,
            request.target_branch,
        )
        request.state, request.closed_at, request.closed_by = "opened", None, None
        call.session.add(_event(request, call.user.id, "opened"))
        return "reopen"
    if state not in ("close", "reopen"):
        raise invalid("state_event")
    return "update"


def _apply(call: Call, request: MergeRequest) -> None:
    params = call.params
    if "description" in params:
        request.description = params.text("description")
    if "labels" in params:
        request.labels = params.texts("labels")
    if "remove_source_branch" in params:
        request.remove_source_branch = params.flag("remove_source_branch")
    if params.flag("squash"):
        raise ApiError(501, {"message": "501 Not Implemented: squash on merge"})
    if "assignee_id" in params:
        request.assignee_ids = [n for n in [params.number("assignee_id")] if n]
    for name in ("assignee_ids", "reviewer_ids"):
        if name in params:
            setattr(request, name, [int(n) for n in params.texts(name) if n.isdigit() and int(n)])


def list_commits(call: Call) -> Reply:
    request = find_request(call)
    found = call.repository(request.project).commits(f"{request.base_sha}..{request.sha}")
    base = f"{call.server.url}/{request.project.full_path}"
    return call.page_of(found, lambda commit: project_entity.commit(commit, base))


def list_diffs(call: Call) -> Reply:
    request = find_request(call)
    changes = diff(call.repository(request.project), request.base_sha, request.sha)
    return call.page_of(changes, lambda change: change.as_json())


def show_changes(call: Call) -> dict[str, Any]:
    request = find_request(call)
    changes = diff(call.repository(request.project), request.base_sha, request.sha)
    rows = [change.as_json() for change in changes]
    return {**reviews.full(call, request), "changes": rows, "overflow": False}


def list_versions(call: Call) -> Reply:
    request = find_request(call)
    query = select(DiffVersion).where(DiffVersion.merge_request_id == request.id)
    return call.page(query.order_by(DiffVersion.id.desc()), reviews.version)


def show_version(call: Call) -> dict[str, Any]:
    request = find_request(call)
    row = call.session.get(DiffVersion, call.number("version_id"))
    if row is None or row.merge_request_id != request.id:
        raise not_found()
    repository = call.repository(request.project)
    base = f"{call.server.url}/{request.project.full_path}"
    found = repository.commits(f"{row.base_sha}..{row.head_sha}")
    return {
        **reviews.version(row),
        "commits": [project_entity.commit(commit, base) for commit in found],
        "diffs": [c.as_json() for c in diff(repository, row.base_sha, row.head_sha)],
    }


def list_participants(call: Call) -> Reply:
    request = find_request(call)
    people = {request.author_id: request.author}
    people.update({row.user_id: row.user for row in reviews.list_approvals(call, request)})
    return call.page_of(list(people.values()), lambda user: user_basic(user, call.server.url))


def find_request(call: Call) -> MergeRequest:
    """The merge request of the path, if the caller may read it."""
    return call.merge_request(call.project("read_merge_request"))


_ONE = "/projects/:id/merge_requests/:iid"
ROUTES = [
    Route("POST", "/projects/:id/merge_requests", create),
    Route("GET", _ONE, show),
    Route("PUT", _ONE, update),
    Route("GET", f"{_ONE}/commits", list_commits),
    Route("GET", f"{_ONE}/diffs", list_diffs),
    Route("GET", f"{_ONE}/changes", show_changes),
    Route("GET", f"{_ONE}/versions", list_versions),
    Route("GET", f"{_ONE}/versions/:version_id", show_version),
    Route("GET", f"{_ONE}/participants", list_participants),
]
