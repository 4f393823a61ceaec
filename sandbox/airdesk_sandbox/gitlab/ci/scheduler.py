"""Keeps pipelines moving: makes them, starts their jobs, fires schedules, merges what waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab import payloads
from airdesk_sandbox.gitlab.ci import control, progress, runner
from airdesk_sandbox.gitlab.ci.cron import next_run
from airdesk_sandbox.gitlab.ci.files import JobFiles
from airdesk_sandbox.gitlab.ci.planning import plan
from airdesk_sandbox.gitlab.ci.request import PipelineRequest
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import digest, new_token
from airdesk_sandbox.gitlab.models import Job, Pipeline, Project, Schedule
from airdesk_sandbox.gitlab.models.ci import FINISHED
from airdesk_sandbox.gitlab.permissions import may_run
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.webhooks import enqueue

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

_IDLE = 5.0
_log = logging.getLogger("airdesk_sandbox.gitlab.ci")


class Scheduler:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ci-scheduler", daemon=True)
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._guard = threading.Lock()

    def start(self) -> None:
        self._recover()
        self._thread.start()

    def stop(self) -> None:
        """End all running jobs; they are failed, as after a crash."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._guard:
            running = list(self._running.values())
        for _, stop in running:
            stop.set()
        for thread, _ in running:
            thread.join()

    def wake(self) -> None:
        self._wake.set()

    def files(self, job_id: int) -> JobFiles:
        return JobFiles(self._server.settings.data / "ci" / "jobs" / str(job_id))

    def create(self, request: PipelineRequest) -> None:
        """Make the pipeline that was wished for, if the configuration has jobs for it."""
        with self._server.db.reading() as session:
            planned = plan(self._server, session, request)
        if planned is None:
            return
        with self._server.db.writing() as session:
            pipeline = control.store(session, planned)
            self._announce(session, pipeline)
        self._server.webhooks.wake()
        self.wake()

    def kill(self, job_ids: list[int]) -> None:
        """End the processes of jobs that were marked cancelled."""
        with self._guard:
            for job_id in job_ids:
                if job_id in self._running:
                    self._running[job_id][1].set()

    def play_schedule(self, schedule_id: int) -> None:
        """Start a schedule's pipeline now, if its owner still may."""
        with self._server.db.reading() as session:
            row = session.get(Schedule, schedule_id)
            project = session.get(Project, row.project_id) if row else None
            if row is None or project is None:
                return
            sha = self._server.repository(project).ref(f"refs/heads/{row.ref}")
            if sha is None or not may_run(session, row.owner, project, row.ref):
                _log.info("schedule %s has no branch or no right to run", schedule_id)
                return
            given = {v["key"]: v["value"] for v in row.variables}
            wish = PipelineRequest(
                project.id, row.owner_id, row.ref, sha, "schedule", ZERO, variables=given
            )
        self.create(wish)

    def _recover(self) -> None:
        """After a crash: end processes that survived it, and fail their jobs."""
        with self._server.db.writing() as session:
            for job in session.scalars(select(Job).where(Job.status == "running")):
                process = job.process or {}
                if process and runner.is_same_process(process["pid"], process["started"]):
                    runner.end_group(process["pid"])
                _finish(job, runner.Outcome("failed", "runner_system_failure"))

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._fire_schedules()
                if self._has_work():
                    self._step()
            except Exception:
                _log.exception("a scheduler step failed; the next one tries again")
            self._wake.wait(timeout=_IDLE)
            self._wake.clear()

    def _has_work(self) -> bool:
        with self._server.db.reading() as session:
            active = select(Pipeline.id).where(Pipeline.status.in_((*progress.ACTIVE, "manual")))
            return session.scalar(active.limit(1)) is not None

    def _step(self) -> None:
        """Move every active pipeline on, then start as many jobs as there is room for."""
        after: list[Callable[[], None]] = []
        with self._server.db.writing() as session:
            rows = session.scalars(
                select(Pipeline).where(Pipeline.status.in_((*progress.ACTIVE, "manual")))
            ).all()
            for pipeline in rows:
                self._advance(session, pipeline, after)
            started = self._pick(session)
            for job, _ in started:
                self._advance(session, job.pipeline, after)
            launches = [(job.id, token) for job, token in started]
        for job_id, token in launches:
            self._launch(job_id, token)
        for work in after:
            self._server.later(work)
        self._server.webhooks.wake()

    def _advance(
        self, session: Session, pipeline: Pipeline, after: list[Callable[[], None]]
    ) -> None:
        if not progress.advance(pipeline):
            return
        self._announce(session, pipeline)
        if pipeline.status in FINISHED and pipeline.merge_request is not None:
            from airdesk_sandbox.gitlab.merges import auto_merge

            session.flush()
            auto_merge(self._server, session, pipeline.merge_request, after)

    def _announce(self, session: Session, pipeline: Pipeline) -> None:
        repository = self._server.repository(pipeline.project)
        enqueue(
            session,
            pipeline.project,
            "pipeline",
            lambda: payloads.pipeline(pipeline, self._server.url, repository.commit(pipeline.sha)),
        )

    def _pick(self, session: Session) -> list[tuple[Job, str]]:
        """The jobs to start now, with their tokens; one per resource group and project."""
        with self._guard:
            room = self._server.settings.jobs - len(self._running)
        queued = session.scalars(
            select(Job).where(Job.status.in_(("pending", "waiting_for_resource"))).order_by(Job.id)
        ).all()
        running = session.scalars(select(Job).where(Job.status == "running")).all()
        busy = {(job.pipeline.project_id, job.resource_group) for job in running}
        chosen: list[tuple[Job, str]] = []
        for job in queued:
            place = (job.pipeline.project_id, job.resource_group)
            if job.resource_group is not None and place in busy:
                job.status = "waiting_for_resource"
                continue
            if len(chosen) >= room:
                continue
            busy.add(place)
            token = new_token("glcbt-")
            job.status, job.started_at, job.token_digest = "running", now(), digest(token)
            chosen.append((job, token))
        return chosen

    def _launch(self, job_id: int, token: str) -> None:
        stop = threading.Event()
        thread = threading.Thread(
            target=self._execute, args=(job_id, token, stop), name=f"job-{job_id}", daemon=True
        )
        with self._guard:
            self._running[job_id] = (thread, stop)
        thread.start()

    def _execute(self, job_id: int, token: str, stop: threading.Event) -> None:
        outcome = runner.Outcome("failed", "runner_system_failure")

        def started(pid: int, moment: float) -> None:
            with self._server.db.writing() as session:
                session.get_one(Job, job_id).process = {"pid": pid, "started": moment}

        try:
            outcome = runner.run(
                self._server, runner.prepare(self._server, job_id, token), stop, started
            )
        except Exception:
            _log.exception("job %s could not be run", job_id)
        finally:
            self._conclude(job_id, outcome)

    def _conclude(self, job_id: int, outcome: runner.Outcome) -> None:
        try:
            with self._server.db.writing() as session:
                job = session.get_one(Job, job_id)
                if self._stopping and outcome.status == "canceled":
                    outcome = runner.Outcome("failed", "runner_system_failure")
                if job.status == "running":
                    _finish(job, outcome)
                    if outcome.status == "failed" and job.retries_left > 0:
                        fresh = control.retry_job(session, job, job.user)
                        fresh.retries_left = job.retries_left - 1
        finally:
            with self._guard:
                self._running.pop(job_id, None)
            self.wake()

    def _fire_schedules(self) -> None:
        moment = now()
        due = self._due_schedules(moment)
        if not due:
            return
        with self._server.db.writing() as session:
            for schedule_id in due:
                row = session.get_one(Schedule, schedule_id)
                row.next_run_at = next_run(row.cron, row.cron_timezone, moment)
        for schedule_id in due:
            self._server.later(lambda which=schedule_id: self.play_schedule(which))  # type: ignore[misc]  # a default binds the loop's value

    def _due_schedules(self, moment: datetime) -> list[int]:
        with self._server.db.reading() as session:
            query = select(Schedule.id).where(
                Schedule.active.is_(True), Schedule.next_run_at <= moment
            )
            return list(session.scalars(query))


def _finish(job: Job, outcome: runner.Outcome) -> None:
    job.status, job.finished_at = outcome.status, now()
    job.failure_reason, job.token_digest, job.process = outcome.reason, None, None
