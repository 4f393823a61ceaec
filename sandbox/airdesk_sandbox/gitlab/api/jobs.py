"""Jobs: their traces and artifacts, retrying and cancelling them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from airdesk_sandbox.gitlab.api.pipelines import find_pipeline, require_run
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.ci import control
from airdesk_sandbox.gitlab.entities import ci as entity
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, not_found
from airdesk_sandbox.gitlab.models import Job, Pipeline
from airdesk_sandbox.gitlab.routing import Route

_REPORTS = {"junit": "junit.xml.gz", "codequality": "gl-code-quality-report.json.gz"}


def list_jobs(call: Call) -> Reply:
    row = find_pipeline(call)
    query = select(Job).where(Job.pipeline_id == row.id).order_by(Job.id.desc())
    return _jobs(call, query)


def list_project_jobs(call: Call) -> Reply:
    project = call.project("read_pipeline")
    query = select(Job).join(Pipeline).where(Pipeline.project_id == project.id)
    return _jobs(call, query.order_by(Job.id.desc()))


def _jobs(call: Call, query: Select[Job]) -> Reply:
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
    for kind, name in _REPORTS.items():
        found = files.report(kind)
        if found:
            size = sum(path.stat().st_size for path in found)
            body["artifacts"].append(
                {"file_type": kind, "size": size, "filename": name, "file_format": "gzip"}
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
    require_run(call, job.pipeline)
    if job.retried or job.status not in ("success", "failed", "canceled"):
        raise forbidden("Job is not retryable")
    fresh = control.retry_job(call.session, job, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(201, present(call, fresh))


def play_job(call: Call) -> Reply:
    job = _job(call)
    require_run(call, job.pipeline)
    if job.status != "manual":
        raise bad_request("400 Bad request - Unplayable Job")
    control.play(call.session, job, call.user)
    call.after.append(call.server.ci.wake)
    return Reply(200, present(call, job))


def cancel_job(call: Call) -> Reply:
    job = _job(call)
    require_run(call, job.pipeline)
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


def _job(call: Call) -> Job:
    project = call.project("read_pipeline")
    row = call.session.get(Job, call.number("job_id"))
    if row is None or row.pipeline.project_id != project.id:
        raise not_found()
    return row


_JOBS = "/projects/:id/jobs"
ROUTES = [
    Route("GET", "/projects/:id/pipelines/:pipeline_id/jobs", list_jobs),
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
