"""Whether a configuration is right, without making a pipeline of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci.engine import CiError, Workspace
from airdesk_sandbox.gitlab.ci.planned_jobs import PlannedJob, jobs_of
from airdesk_sandbox.gitlab.ci.planning import (
    checkout,
    judged,
    origin,
    planned,
    read,
    workspace,
)
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

NO_JOBS = (
    "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs "
    "from being added."
)


@dataclass
class Verdict:
    """`merged` is the configuration with all it includes; empty where it cannot be read."""

    errors: list[str] = field(default_factory=list)
    merged: str = ""
    jobs: list[PlannedJob] = field(default_factory=list)


def lint(
    server: Server, session: Session, request: PipelineRequest, text: str, *, simulate: bool
) -> Verdict:
    """Judge a text as the configuration of a pipeline; `simulate` lets rules and changes decide."""
    verdict = Verdict()
    project = session.get_one(Project, request.project_id)
    with workspace(server, "plans", uuid.uuid4().hex) as place:
        repository = server.repository(project)
        checkout(repository, request.sha, place.checkout, origin(server, project))
        try:
            _judge(server, session, request, place, text, simulate, verdict)
        except CiError as error:
            verdict.errors.append(str(error))
    return verdict


def _judge(
    server: Server,
    session: Session,
    request: PipelineRequest,
    place: Workspace,
    text: str,
    simulate: bool,
    verdict: Verdict,
) -> None:
    found = read(server, session, request, place, text)
    verdict.merged = "---\n" + yaml.safe_dump(found.config, sort_keys=False, allow_unicode=True)
    if simulate:
        plan = planned(server, session, request, place, text)
        if plan is None:
            verdict.errors.append(NO_JOBS)
        else:
            verdict.jobs = plan.jobs
        return
    # without a simulation every job counts, whatever its rules would say
    config: dict[str, Any] = {
        name: {k: v for k, v in section.items() if k not in ("rules", "only", "except")}
        if isinstance(section, dict) and "script" in section
        else section
        for name, section in found.config.items()
        if name != "workflow"
    }
    verdict.jobs = jobs_of(config, judged(place, config, found.options))
    if not verdict.jobs:
        verdict.errors.append("jobs config should contain at least one visible job")
