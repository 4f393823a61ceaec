"""Pipelines that are wished for, by pushes and schedules, and not yet made.

A wish is written down together with the change that causes it, so that a crash in between loses
no pipeline.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci import control
from airdesk_sandbox.gitlab.ci.cron import next_run
from airdesk_sandbox.gitlab.ci.planning import Plan, plan
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import PipelineWish, Project, Schedule
from airdesk_sandbox.gitlab.permissions import may_run
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

_log = logging.getLogger("airdesk_sandbox.gitlab.ci")


class Wishes:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._under_way: set[int] = set()
        self._guard = threading.Lock()

    def grant(self) -> None:
        """Begin to make every pipeline that is wished for, each in a worker thread."""
        with self._server.db.reading() as session:
            waiting = session.scalars(select(PipelineWish.id).order_by(PipelineWish.id)).all()
        with self._guard:
            fresh = [wish_id for wish_id in waiting if wish_id not in self._under_way]
            self._under_way.update(fresh)
        for wish_id in fresh:
            self._begin(wish_id)

    def _begin(self, wish_id: int) -> None:
        self._server.later(lambda: self._make(wish_id))

    def _make(self, wish_id: int) -> None:
        planned: Plan | None = None
        try:
            with self._server.db.reading() as session:
                wish = session.get(PipelineWish, wish_id)
                if wish is None:
                    return
                planned = plan(self._server, session, PipelineRequest(**wish.request))
        except Exception:
            # a wish that cannot even be planned would fail for ever; it is dropped below
            _log.exception("no pipeline could be planned")
        finally:
            self._settle(wish_id, planned)

    def _settle(self, wish_id: int, planned: Plan | None) -> None:
        with self._server.db.writing() as session:
            wish = session.get(PipelineWish, wish_id)
            if wish is not None:
                session.delete(wish)
                if planned is not None:
                    control.store(self._server, session, planned)
        with self._guard:
            self._under_way.discard(wish_id)
        self._server.webhooks.wake()
        self._server.ci.wake()

    def play(self, schedule_id: int) -> None:
        """Start a schedule's pipeline now, if its owner still may."""
        with self._server.db.writing() as session:
            self._wish(session, session.get(Schedule, schedule_id))
        self.grant()

    def fire_due_schedules(self) -> None:
        moment = now()
        with self._server.db.reading() as session:
            due = session.scalars(
                select(Schedule.id).where(Schedule.active.is_(True), Schedule.next_run_at <= moment)
            ).all()
        if not due:
            return
        with self._server.db.writing() as session:
            for schedule_id in due:
                row = session.get_one(Schedule, schedule_id)
                row.next_run_at = next_run(row.cron, row.cron_timezone, moment)
                self._wish(session, row)
        self.grant()

    def _wish(self, session: Session, row: Schedule | None) -> None:
        project = session.get(Project, row.project_id) if row is not None else None
        if row is None or project is None:
            return
        sha = self._server.repository(project).ref(f"refs/heads/{row.ref}")
        if sha is None or not may_run(session, row.owner, project, row.ref):
            _log.info("schedule %s has no branch, or its owner no right to run it", row.id)
            return
        given = {variable["key"]: variable["value"] for variable in row.variables}
        wish = PipelineRequest(
            project.id, row.owner_id, row.ref, sha, "schedule", ZERO, variables=given
        )
        session.add(PipelineWish(request=asdict(wish)))
