"""Pipelines by stage, and jobs with their live log."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from airdesk_sandbox.gitlab.ci import control, reports
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, not_found
from airdesk_sandbox.gitlab.models import Job, Pipeline, Project
from airdesk_sandbox.gitlab.models.ci import FINISHED
from airdesk_sandbox.gitlab.pages.job_log import log
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may, may_run

_SHOWN = 40


def listing(view: View, project: Project) -> Response:
    _require_read(view, project)
    rows = view.session.scalars(
        select(Pipeline)
        .where(Pipeline.project_id == project.id)
        .order_by(Pipeline.id.desc())
        .limit(_SHOWN)
    ).all()
    return view.render("pipelines.html", project=project, tab="pipelines", pipelines=rows)


def pipeline(view: View, project: Project) -> Response:
    row = _pipeline(view, project)
    stages = [
        (stage, sorted((j for j in row.current_jobs if j.stage == stage), key=lambda j: j.name))
        for stage in row.stages
    ]
    return view.render(
        "pipeline.html",
        project=project,
        tab="pipelines",
        pipeline=row,
        stages=stages,
        commit=view.server.repository(project).commit(row.sha),
        suites=reports.suites(view.server.ci.files, row),
        needs=_needs(row),
        live=row.status not in FINISHED,
        may_change=_may_change(view, row),
    )


def _needs(row: Pipeline) -> dict[int, list[str]]:
    """What jobs wait for by `needs` rather than by stage."""
    return {job.id: [need["job"] for need in job.needs] for job in row.current_jobs if job.needs}


def job(view: View, project: Project) -> Response:
    row = _job(view, project)
    return view.render(
        "job.html",
        project=project,
        tab="pipelines",
        job=row,
        pipeline=row.pipeline,
        log=log(_trace(view, row)),
        live=row.status not in FINISHED,
        artifacts=view.server.ci.files(row.id).artifacts.is_dir(),
        may_change=_may_change(view, row.pipeline),
    )


def raw(view: View, project: Project) -> Response:
    row = _job(view, project)
    return PlainTextResponse(_trace(view, row), headers={"X-Job-Status": row.status})


def retry(view: View, project: Project) -> Response:
    row = _pipeline(view, project)
    _require_change(view, row)
    control.retry_pipeline(view.session, row, view.user)
    return _back(view, row)


def cancel(view: View, project: Project) -> Response:
    row = _pipeline(view, project)
    _require_change(view, row)
    ids = control.cancel_pipeline(view.session, row)
    view.after.append(lambda: view.server.ci.kill(ids))
    return _back(view, row)


def play(view: View, project: Project) -> Response:
    row = _job(view, project)
    _require_change(view, row.pipeline)
    if row.status != "manual":
        raise bad_request("This job does not wait for anybody.")
    control.play(view.session, row, view.user)
    return _back(view, row.pipeline)


def _back(view: View, row: Pipeline) -> Response:
    view.after.append(view.server.ci.wake)
    return RedirectResponse(f"/{row.project.full_path}/-/pipelines/{row.id}", 303)


def _trace(view: View, row: Job) -> str:
    path = view.server.ci.files(row.id).trace
    # as bytes: a lone carriage return, which marks sections, must stay one
    return path.read_bytes().decode(errors="replace") if path.exists() else ""


def _may_change(view: View, row: Pipeline) -> bool:
    request = row.merge_request
    branch = request.source_branch if request is not None else row.ref
    return may_run(view.session, view.maybe_user, row.project, branch)


def _require_change(view: View, row: Pipeline) -> None:
    if view.user is not None and not _may_change(view, row):
        raise forbidden("You may not change pipelines of this branch.")


def _require_read(view: View, project: Project) -> None:
    if not may(view.session, view.maybe_user, "read_pipeline", project):
        raise forbidden()


def _pipeline(view: View, project: Project) -> Pipeline:
    _require_read(view, project)
    row = view.session.get(Pipeline, int(view.path["pipeline_id"]))
    if row is None or row.project_id != project.id:
        raise not_found("Pipeline")
    return row


def _job(view: View, project: Project) -> Job:
    _require_read(view, project)
    row = view.session.get(Job, int(view.path["job_id"]))
    if row is None or row.pipeline.project_id != project.id:
        raise not_found("Job")
    return row
