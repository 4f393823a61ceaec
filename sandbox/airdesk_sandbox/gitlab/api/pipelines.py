"""Pipelines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.ci import control, reports
from airdesk_sandbox.gitlab.ci.lint import NO_JOBS
from airdesk_sandbox.gitlab.ci.planning import plan
from airdesk_sandbox.gitlab.clock import parse_time
from airdesk_sandbox.gitlab.entities import ci as entity
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, invalid, not_found
from airdesk_sandbox.gitlab.models import MergeRequest, Pipeline, Project
from airdesk_sandbox.gitlab.permissions import may, may_run
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.pushes import pipeline_of
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.routing import Route


def list_pipelines(call: Call) -> Reply:
    project = call.project("read_pipeline")
    query = select(Pipeline).where(Pipeline.project_id == project.id)
    for name in ("status", "ref", "sha", "source"):
        if name in call.params:
            query = query.where(getattr(Pipeline, name) == call.params.text(name))
    try:
        if "updated_after" in call.params:
            after = parse_time(call.params.text("updated_after"))
            query = query.where(Pipeline.updated_at >= after)
    except ValueError:
        raise invalid("updated_after") from None
    rising = call.params.text("sort", "desc") == "asc"
    query = query.order_by(Pipeline.id.asc() if rising else Pipeline.id.desc())
    return call.page(query, lambda row: entity.pipeline_basic(row, call.server.url))


def list_of_merge_request(call: Call) -> Reply:
    request = call.merge_request(call.project("read_pipeline"))
    query = select(Pipeline).where(Pipeline.merge_request_id == request.id)
    query = query.order_by(Pipeline.id.desc())
    return call.page(query, lambda row: entity.pipeline_basic(row, call.server.url))


def show_latest(call: Call) -> dict[str, Any]:
    project = call.project("read_pipeline")
    ref = call.params.text("ref") or project.default_branch
    row = call.session.scalar(
        select(Pipeline)
        .where(Pipeline.project_id == project.id, Pipeline.ref == ref)
        .order_by(Pipeline.id.desc())
        .limit(1)
    )
    if row is None:
        raise not_found()
    return entity.pipeline_full(row, call.server.url)


def show_pipeline(call: Call) -> dict[str, Any]:
    return entity.pipeline_full(find_pipeline(call), call.server.url)


def show_variables(call: Call) -> list[dict[str, Any]]:
    row = find_pipeline(call)
    require_run(call, row)
    return [
        {"key": key, "value": value, "variable_type": "env_var"}
        for key, value in row.variables.get("env", {}).items()
    ]


def create_pipeline(call: Call) -> Reply:
    """Start a pipeline for a branch; answered when its jobs are known."""
    project, ref = call.project("update_pipeline"), call.params.need("ref")
    sha = call.repository(project).ref(f"refs/heads/{ref}")
    if sha is None:
        raise bad_request({"base": ["Reference not found"]})
    if not may_run(call.session, call.user, project, ref):
        raise bad_request({"base": ["You do not have permission to run a pipeline on this ref."]})
    given = {str(v.get("key")): str(v.get("value")) for v in call.params.objects("variables")}
    request = PipelineRequest(project.id, call.user.id, ref, sha, "api", ZERO, variables=given)
    return created(call, request)


def create_for_merge_request(call: Call) -> Reply:
    """A fork's runs in the fork, unless the caller may run pipelines in the project itself."""
    request = call.merge_request(call.project("read_merge_request"))
    wish = pipeline_of(call.session, request, call.user)
    project = call.session.get_one(Project, wish.project_id)
    if not may(call.session, call.user, "update_pipeline", project):
        raise forbidden()
    return created(call, wish)


def created(call: Call, request: PipelineRequest) -> Reply:
    """Make the pipeline now; its jobs start when the request is answered."""
    planned = plan(call.server, call.session, request)
    if planned is None:
        raise bad_request({"base": [NO_JOBS]})
    with call.server.db.writing() as session:
        pipeline = control.store(call.server, session, planned)
        body = entity.pipeline_full(pipeline, call.server.url)
    call.after += [call.server.ci.wake, call.server.webhooks.wake]
    return Reply(201, body)


def show_test_report(call: Call) -> dict[str, Any]:
    row = find_pipeline(call)
    return entity.test_report(reports.suites(call.server.ci.files, row), cases=True)


def show_test_summary(call: Call) -> dict[str, Any]:
    row = find_pipeline(call)
    return entity.test_report(reports.suites(call.server.ci.files, row), cases=False)


def retry_pipeline(call: Call) -> Reply:
    row = find_pipeline(call)
    require_run(call, row)
    control.retry_pipeline(call.session, row, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(201, entity.pipeline_full(row, call.server.url))


def cancel_pipeline(call: Call) -> Reply:
    row = find_pipeline(call)
    require_run(call, row)
    ids = control.cancel_pipeline(call.session, row)
    call.after.append(lambda: call.server.ci.kill(ids))
    call.after.append(call.server.ci.wake)
    return Reply(200, entity.pipeline_full(row, call.server.url))


def delete_pipeline(call: Call) -> None:
    call.project("own_project")
    call.session.delete(find_pipeline(call))


def find_pipeline(call: Call) -> Pipeline:
    """The pipeline of the path, if the caller may read pipelines there."""
    project = call.project("read_pipeline")
    row = call.session.get(Pipeline, call.number("pipeline_id"))
    if row is None or row.project_id != project.id:
        raise not_found()
    return row


def require_run(call: Call, row: Pipeline) -> None:
    """
    Raises:
        ApiError: 403, the caller may not change pipelines of that branch.
    """
    if not may_run(call.session, call.user, row.project, branch_of(call, row.project, row)):
        raise forbidden()


def branch_of(call: Call, project: Project, row: Pipeline) -> str:
    """The branch whose protection counts: a merge request pipeline has its source branch."""
    if row.merge_request_id is None:
        return row.ref
    request = call.session.get(MergeRequest, row.merge_request_id)
    return request.source_branch if request else project.default_branch


_PIPELINES = "/projects/:id/pipelines"
ROUTES = [
    Route("GET", _PIPELINES, list_pipelines),
    Route("POST", "/projects/:id/pipeline", create_pipeline, own_transaction=True),
    Route("GET", f"{_PIPELINES}/latest", show_latest),
    Route("GET", f"{_PIPELINES}/:pipeline_id", show_pipeline),
    Route("DELETE", f"{_PIPELINES}/:pipeline_id", delete_pipeline),
    Route("GET", f"{_PIPELINES}/:pipeline_id/variables", show_variables),
    Route("GET", f"{_PIPELINES}/:pipeline_id/test_report", show_test_report),
    Route("GET", f"{_PIPELINES}/:pipeline_id/test_report_summary", show_test_summary),
    Route("POST", f"{_PIPELINES}/:pipeline_id/retry", retry_pipeline),
    Route("POST", f"{_PIPELINES}/:pipeline_id/cancel", cancel_pipeline),
    Route("GET", "/projects/:id/merge_requests/:iid/pipelines", list_of_merge_request),
    Route(
        "POST",
        "/projects/:id/merge_requests/:iid/pipelines",
        create_for_merge_request,
        own_transaction=True,
    ),
]
