"""Which jobs may start now, and what a pipeline's status is."""

from __future__ import annotations

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import Job, Pipeline
from airdesk_sandbox.gitlab.models.ci import FINISHED

ACTIVE = ("created", "pending", "running", "waiting_for_resource")


def advance(pipeline: Pipeline) -> bool:
    """Queue, hold or skip the jobs whose predecessors have ended; whether the status changed."""
    jobs = pipeline.current_jobs
    moved = True
    while moved:
        waiting = [job for job in jobs if job.status == "created"]
        moved = sum(_advance_job(job, jobs) for job in waiting) > 0
    before = pipeline.status
    pipeline.status = status_of(jobs)
    if pipeline.status == before:
        return False
    pipeline.updated_at = now()
    if pipeline.status == "running" and pipeline.started_at is None:
        pipeline.started_at = now()
    pipeline.finished_at = now() if pipeline.status in FINISHED else None
    return True


def predecessors(job: Job, jobs: list[Job]) -> list[Job]:
    """The jobs that must end before this one may start."""
    if job.needs is None:
        return [other for other in jobs if other.stage_index < job.stage_index]
    names = {need["job"] for need in job.needs}
    return [other for other in jobs if other.name in names]


def _advance_job(job: Job, jobs: list[Job]) -> bool:
    before = predecessors(job, jobs)
    if not all(_is_through(other) for other in before):
        return False
    failed = any(o.status in ("failed", "canceled") and not o.allow_failure for o in before)
    if job.needs is not None:
        failed = failed or any(other.status == "skipped" for other in before)
    runs = {"always": True, "on_failure": failed}.get(job.when, not failed)
    if not runs:
        job.status = "skipped"
    elif job.when == "manual":
        job.status = "manual"
    else:
        job.status, job.queued_at = "pending", now()
    return True


def _is_through(job: Job) -> bool:
    """Ended, or an optional manual job that nobody has to wait for."""
    return job.status in FINISHED or (job.status == "manual" and job.allow_failure)


def status_of(jobs: list[Job]) -> str:
    """GitLab's composite status."""
    statuses = {job.status for job in jobs}
    if "running" in statuses:
        return "running"
    if "pending" in statuses or "created" in statuses:
        if "waiting_for_resource" in statuses:
            return "waiting_for_resource"
        if any(j.status == "manual" and not j.allow_failure for j in jobs) and (
            "pending" not in statuses
        ):
            return "manual"
        begun = statuses - {"pending", "created", "manual", "skipped"}
        return "running" if begun else ("pending" if "pending" in statuses else "created")
    if "waiting_for_resource" in statuses:
        return "waiting_for_resource"
    hard = {job.status for job in jobs if not job.allow_failure}
    for status in ("manual", "failed", "canceled"):
        if status in hard:
            return status
    return "success" if statuses & {"success", "failed", "canceled"} else "skipped"
