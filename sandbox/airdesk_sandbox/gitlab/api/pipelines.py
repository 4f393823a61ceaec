"""Pipelines and jobs."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.ci import control
from airdesk_sandbox.gitlab.ci.planning import plan
from airdesk_sandbox.gitlab.ci.request import PipelineRequest
from airdesk_sandbox.gitlab.clock import parse_time
from airdesk_sandbox.gitlab.entities import ci as entity
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, invalid, not_found
from airdesk_sandbox.gitlab.models import Job, MergeRequest, Pipeline, Project
from airdesk_sandbox.gitlab.permissions import may_run
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.routing import Route

_NO_JOBS = (
    "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs "
    "from being added."
)


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
    return entity.pipeline_full(_pipeline(call), call.server.url)


def show_variables(call: Call) -> list[dict[str, Any]]:
    row = _pipeline(call)
    _require_run(call, row)
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
    request = call.merge_request(call.project("update_pipeline"))
    wish = PipelineRequest(
        request.project_id,
        call.user.id,
        request.head_ref,
        request.sha,
        "merge_request_event",
        ZERO,
        merge_request_id=request.id,
    )
    return created(call, wish)


def created(call: Call, request: PipelineRequest) -> Reply:
    """Make the pipeline now; its jobs start when the request is answered."""
    planned = plan(call.server, call.session, request)
    if planned is None:
        raise bad_request({"base": [_NO_JOBS]})
    with call.server.db.writing() as session:
        pipeline = control.store(session, planned)
        body = entity.pipeline_full(pipeline, call.server.url)
    call.after.append(call.server.ci.wake)
    return Reply(201, body)


def retry_pipeline(call: Call) -> Reply:
    row = _pipeline(call)
    _require_run(call, row)
    control.retry_pipeline(call.session, row, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(201, entity.pipeline_full(row, call.server.url))


def cancel_pipeline(call: Call) -> Reply:
    row = _pipeline(call)
    _require_run(call, row)
    ids = control.cancel_pipeline(call.session, row)
    call.after.append(lambda: call.server.ci.kill(ids))
    call.after.append(call.server.ci.wake)
    return Reply(200, entity.pipeline_full(row, call.server.url))


def delete_pipeline(call: Call) -> None:
    call.project("own_project")
    call.session.delete(_pipeline(call))


def list_jobs(call: Call) -> Reply:
    row = _pipeline(call)
    query = select(Job).where(Job.pipeline_id == row.id).order_by(Job.id.desc())
    return _jobs(call, query)


def list_project_jobs(call: Call) -> Reply:
    project = call.project("read_pipeline")
    query = select(Job).join(Pipeline).where(Pipeline.project_id == project.id)
    return _jobs(call, query.order_by(Job.id.desc()))


def _jobs(call: Call, query: Any) -> Reply:
    if not call.params.flag("include_retried"):
        query = query.where(Job.retried.is_(False))
    if scope := call.params.texts("scope"):
        query = query.where(Job.status.in_(scope))
    return call.page(query, lambda job: present(call, job))


def show_job(call: Call) -> dict[str, Any]:
    return present(call, _job(call))


def show_own_job(call: Call) -> dict[str, Any]:
    """The job whose token the caller presents."""
    if call.caller is None or call.caller.job is None:
        raise not_found()
    return present(call, call.caller.job)


def present(call: Call, job: Job) -> dict[str, Any]:
    body = entity.job(job, call.server.url)
    commit = call.repository(job.pipeline.project).commit(job.pipeline.sha)
    body["commit"] = {"id": commit.sha, "short_id": commit.sha[:8], "title": commit.title}
    files = call.server.ci.files(job.id)
    if files.trace.exists():
        size = files.trace.stat().st_size
        body["artifacts"].append(
            {"file_type": "trace", "size": size, "filename": "job.log", "file_format": None}
        )
    if files.artifacts.is_dir():
        body["artifacts_file"] = {"filename": "artifacts.zip", "size": 0}
        body["artifacts"].append(
            {"file_type": "archive", "size": 0, "filename": "artifacts.zip", "file_format": "zip"}
        )
    return body


def show_trace(call: Call) -> Reply:
    path = call.server.ci.files(_job(call).id).trace
    text = path.read_bytes() if path.exists() else b""
    return Reply(200, text, content_type="text/plain; charset=utf-8")


def retry_job(call: Call) -> Reply:
    job = _job(call)
    _require_run(call, job.pipeline)
    if job.retried or job.status not in ("success", "failed", "canceled"):
        raise forbidden("Job is not retryable")
    fresh = control.retry_job(call.session, job, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(201, present(call, fresh))


def play_job(call: Call) -> Reply:
    job = _job(call)
    _require_run(call, job.pipeline)
    if job.status != "manual":
        raise bad_request("400 Bad request - Unplayable Job")
    control.play(call.session, job, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(200, present(call, job))


def cancel_job(call: Call) -> Reply:
    job = _job(call)
    _require_run(call, job.pipeline)
    ids = control.cancel_jobs(call.session, [job])
    call.after.append(lambda: call.server.ci.kill(ids))
    call.after.append(call.server.ci.wake)
    return Reply(201, present(call, job))


def download_artifacts(call: Call) -> Reply:
    return _zipped(call.server.ci.files(_job(call).id).artifacts)


def show_artifact(call: Call) -> Reply:
    return _artifact(call, _job(call))


def download_artifacts_of_ref(call: Call) -> Reply:
    return _zipped(call.server.ci.files(_job_of_ref(call).id).artifacts)


def show_artifact_of_ref(call: Call) -> Reply:
    return _artifact(call, _job_of_ref(call))


def _job_of_ref(call: Call) -> Job:
    """The newest successful job of that name on a branch."""
    project = call.project("read_pipeline")
    row = call.session.scalar(
        select(Job)
        .join(Pipeline)
        .where(
            Pipeline.project_id == project.id,
            Pipeline.ref == call.path["ref"],
            Job.name == call.params.need("job"),
            Job.status == "success",
        )
        .order_by(Job.id.desc())
        .limit(1)
    )
    if row is None:
        raise not_found()
    return row


def _artifact(call: Call, job: Job) -> Reply:
    root = call.server.ci.files(job.id).artifacts
    path = (root / call.path["artifact_path"]).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise not_found()
    return Reply(200, path.read_bytes(), content_type="application/octet-stream")


def _zipped(root: Path) -> Reply:
    if not root.is_dir():
        raise not_found()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(root))
    headers = {"Content-Disposition": 'attachment; filename="artifacts.zip"'}
    return Reply(200, buffer.getvalue(), headers, "application/zip")


def _pipeline(call: Call) -> Pipeline:
    project = call.project("read_pipeline")
    row = call.session.get(Pipeline, call.number("pipeline_id"))
    if row is None or row.project_id != project.id:
        raise not_found()
    return row


def _job(call: Call) -> Job:
    project = call.project("read_pipeline")
    row = call.session.get(Job, call.number("job_id"))
    if row is None or row.pipeline.project_id != project.id:
        raise not_found()
    return row


def _require_run(call: Call, row: Pipeline) -> None:
    if not may_run(call.session, call.user, row.project, branch_of(call, row.project, row)):
        raise forbidden()


def branch_of(call: Call, project: Project, row: Pipeline) -> str:
    """The branch whose protection counts: a merge request pipeline has its source branch."""
    if row.merge_request_id is None:
        return row.ref
    request = call.session.get(MergeRequest, row.merge_request_id)
    return request.source_branch if request else project.default_branch


_PIPELINES = "/projects/:id/pipelines"
_JOBS = "/projects/:id/jobs"
ROUTES = [
    Route("GET", _PIPELINES, list_pipelines),
    Route("POST", "/projects/:id/pipeline", create_pipeline, own_transaction=True),
    Route("GET", f"{_PIPELINES}/latest", show_latest),
    Route("GET", f"{_PIPELINES}/:pipeline_id", show_pipeline),
    Route("DELETE", f"{_PIPELINES}/:pipeline_id", delete_pipeline),
    Route("GET", f"{_PIPELINES}/:pipeline_id/variables", show_variables),
    Route("GET", f"{_PIPELINES}/:pipeline_id/jobs", list_jobs),
    Route("POST", f"{_PIPELINES}/:pipeline_id/retry", retry_pipeline),
    Route("POST", f"{_PIPELINES}/:pipeline_id/cancel", cancel_pipeline),
    Route("GET", "/projects/:id/merge_requests/:iid/pipelines", list_of_merge_request),
    Route(
        "POST",
        "/projects/:id/merge_requests/:iid/pipelines",
        create_for_merge_request,
        own_transaction=True,
    ),
    Route("GET", "/job", show_own_job, job_token=True),
    Route("GET", _JOBS, list_project_jobs),
    Route("GET", f"{_JOBS}/artifacts/:ref/download", download_artifacts_of_ref, job_token=True),
    Route(
        "GET", f"{_JOBS}/artifacts/:ref/raw/*artifact_path", show_artifact_of_ref, job_token=True
    ),
    Route("GET", f"{_JOBS}/:job_id", show_job),
    Route("GET", f"{_JOBS}/:job_id/trace", show_trace),
    Route("GET", f"{_JOBS}/:job_id/artifacts", download_artifacts, job_token=True),
    Route("GET", f"{_JOBS}/:job_id/artifacts/*artifact_path", show_artifact, job_token=True),
    Route("POST", f"{_JOBS}/:job_id/retry", retry_job),
    Route("POST", f"{_JOBS}/:job_id/play", play_job),
    Route("POST", f"{_JOBS}/:job_id/cancel", cancel_job),
]
