"""Making, retrying, playing and cancelling: changes to pipelines in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab import payloads
from airdesk_sandbox.gitlab.ci.planning import Plan
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import Job, MergeRequest, Pipeline, User
from airdesk_sandbox.gitlab.models.ci import FINISHED
from airdesk_sandbox.gitlab.webhooks import enqueue

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server


def store(server: Server, session: Session, plan: Plan) -> Pipeline:
    """Write a planned pipeline down; its jobs are `created` and wait for the scheduler."""
    wish = plan.request
    highest = select(func.max(Pipeline.iid)).where(Pipeline.project_id == wish.project_id)
    pipeline = Pipeline(
        project_id=wish.project_id,
        iid=(session.scalar(highest) or 0) + 1,
        sha=wish.sha,
        before_sha=wish.before_sha,
        ref=wish.ref,
        source=wish.source,
        user_id=wish.user_id,
        merge_request_id=wish.merge_request_id,
        variables={"env": wish.variables, "files": wish.files},
        config={k: v for k, v in plan.config.items() if k in ("stages", "variables")},
        stages=plan.stages,
        yaml_errors=plan.problem,
    )
    if plan.problem is not None or plan.skipped:
        pipeline.status = "failed" if plan.problem is not None else "skipped"
        pipeline.finished_at = now()
    session.add(pipeline)
    session.flush()
    for planned in plan.jobs:
        session.add(
            Job(
                pipeline_id=pipeline.id,
                name=planned.name,
                stage=planned.stage,
                stage_index=planned.stage_index,
                when=planned.when,
                allow_failure=planned.allow_failure,
                needs=planned.needs,
                spec=planned.spec,
                resource_group=_resource_group(planned.spec),
                retries_left=_retries(planned.spec),
                user_id=wish.user_id,
            )
        )
    session.flush()
    session.refresh(pipeline)
    if wish.merge_request_id is not None:
        request = session.get_one(MergeRequest, wish.merge_request_id)
        if request.sha == wish.sha:
            request.head_pipeline_id = pipeline.id
    announce(server, session, pipeline)
    return pipeline


def announce(server: Server, session: Session, pipeline: Pipeline) -> None:
    """Tell the project's webhooks that a pipeline is new or has another status."""
    repository = server.repository(pipeline.project)
    enqueue(
        session,
        pipeline.project,
        "pipeline",
        lambda: payloads.pipeline(pipeline, server.url, repository.commit(pipeline.sha)),
    )


def retry_job(session: Session, job: Job, user: User) -> Job:
    """A fresh job in place of one that ended; what was skipped after it may run again."""
    job.retried = True
    fresh = Job(
        pipeline=job.pipeline,
        name=job.name,
        stage=job.stage,
        stage_index=job.stage_index,
        when="on_success" if job.when == "manual" else job.when,
        allow_failure=job.allow_failure,
        needs=job.needs,
        spec=job.spec,
        resource_group=job.resource_group,
        retries_left=_retries(job.spec),
        user=user,
        status="pending",
        queued_at=now(),
    )
    session.add(fresh)
    for later in job.pipeline.current_jobs:
        if later.status == "skipped" and later.stage_index >= job.stage_index:
            later.status = "created"
    _reopen(job.pipeline)
    session.flush()
    return fresh


def retry_pipeline(session: Session, pipeline: Pipeline, user: User) -> None:
    """Retry every job that failed or was cancelled."""
    for job in list(pipeline.current_jobs):
        if job.status in ("failed", "canceled"):
            retry_job(session, job, user)


def play(session: Session, job: Job, user: User) -> None:
    """Start a manual job, as `user`."""
    job.status, job.queued_at, job.user = "pending", now(), user
    for later in job.pipeline.current_jobs:
        if later.status == "skipped" and later.stage_index > job.stage_index:
            later.status = "created"
    _reopen(job.pipeline)
    session.flush()


def cancel_pipeline(session: Session, pipeline: Pipeline) -> list[int]:
    return cancel_jobs(session, pipeline.current_jobs)


def cancel_jobs(session: Session, jobs: Iterable[Job]) -> list[int]:
    """Mark jobs cancelled; returns the ids of those whose processes must be ended."""
    running = []
    for job in jobs:
        if job.status in FINISHED:
            continue
        if job.status == "running":
            running.append(job.id)
        job.status, job.finished_at, job.token_digest = "canceled", now(), None
    session.flush()
    return running


def _reopen(pipeline: Pipeline) -> None:
    pipeline.finished_at, pipeline.updated_at = None, now()
    if pipeline.status in FINISHED:
        pipeline.status = "pending"


def _resource_group(spec: dict[str, object]) -> str | None:
    name = spec.get("resource_group")
    return str(name) if name else None


def _retries(spec: dict[str, object]) -> int:
    retry = spec.get("retry", 0)
    count = retry.get("max", 0) if isinstance(retry, dict) else retry
    return int(count) if isinstance(count, (int, str)) else 0
