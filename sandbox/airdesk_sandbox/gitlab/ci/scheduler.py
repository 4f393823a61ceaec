"""Keeps pipelines moving: starts their jobs, fires schedules, merges what waited for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci import control, progress, runner
from airdesk_sandbox.gitlab.ci.files import JobFiles
from airdesk_sandbox.gitlab.ci.wishes import Wishes
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import digest, new_token
from airdesk_sandbox.gitlab.models import Job, Pipeline
from airdesk_sandbox.gitlab.models.ci import FINISHED

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

_IDLE = 5.0
_log = logging.getLogger("airdesk_sandbox.gitlab.ci")


class Scheduler:
    def __init__(self, server: Server) -> None:
        self._server = server
        self.wishes = Wishes(server)
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ci-scheduler", daemon=True)
        self._running: dict[int, tuple[threading.Thread, threading.Event]] = {}
        self._guard = threading.Lock()

    def start(self) -> None:
        self._recover()
        self.wishes.grant()
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

    def kill(self, job_ids: list[int]) -> None:
        """End the processes of jobs that were marked cancelled."""
        with self._guard:
            for job_id in job_ids:
                if job_id in self._running:
                    self._running[job_id][1].set()

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
                self.wishes.fire_due_schedules()
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
        control.announce(self._server, session, pipeline)
        if pipeline.status in FINISHED and pipeline.merge_request is not None:
            from airdesk_sandbox.gitlab.merges import auto_merge

            session.flush()
            auto_merge(self._server, session, pipeline.merge_request, after)

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


def _finish(job: Job, outcome: runner.Outcome) -> None:
    job.status, job.finished_at = outcome.status, now()
    job.failure_reason, job.token_digest, job.process = outcome.reason, None, None
