"""What GitLab says about a change: merge request, pipeline, findings, behaviour, approvals."""

from __future__ import annotations

import json

from airdesk_render.findings import Finding
from airdesk_render.names import Team
from pydantic import ValidationError

from airdesk.follow.behaviour import (
    BEHAVIOUR_ARTIFACT,
    DIFF_JOB,
    behaviour_of,
    read_behaviour,
)
from airdesk.model import Behaviour, ChangeView, Job, Pipeline, Stage
from airdesk.ports import CodeHost

CHECK_JOB = "check"
FINDINGS_ARTIFACT = "airdesk/findings.json"
_ENDED_JOB = frozenset({"success", "failed"})
_MAX_FINDINGS = 50
_STAGES = {"merged": Stage.MERGED, "closed": Stage.CLOSED}


def see_merge_request(view: ChangeView, *, iid: int, code_host: CodeHost) -> ChangeView:
    project = Team(view.team).repository
    merge_request = code_host.merge_request(project, iid)
    pipeline = code_host.pipeline(project, iid)
    return view.model_copy(
        update={
            "stage": _STAGES.get(merge_request.state, Stage.REVIEW),
            "merge_request": merge_request,
            "pipeline": pipeline,
            "approvals": tuple(code_host.approvals(project, iid)),
            "findings": _findings(view, pipeline, project, code_host),
            "behaviour": _behaviour(view, pipeline, project, code_host),
        }
    )


def _findings(
    view: ChangeView, pipeline: Pipeline | None, project: str, code_host: CodeHost
) -> tuple[Finding, ...]:
    job = _job(pipeline, CHECK_JOB)
    if job is None or job.status not in _ENDED_JOB:
        return ()
    if job == _job(view.pipeline, CHECK_JOB):
        return view.findings
    return read_findings(code_host.artifact(project, job.id, FINDINGS_ARTIFACT))


def _behaviour(
    view: ChangeView, pipeline: Pipeline | None, project: str, code_host: CodeHost
) -> Behaviour | None:
    job = _job(pipeline, DIFF_JOB)
    if job is None or job.status not in _ENDED_JOB:
        return None
    if job == _job(view.pipeline, DIFF_JOB):
        return view.behaviour
    told = read_behaviour(code_host.artifact(project, job.id, BEHAVIOUR_ARTIFACT))
    return behaviour_of(told, Team(view.team).dag_id(view.dag_name)) if told else None


def _job(pipeline: Pipeline | None, name: str) -> Job | None:
    if pipeline is None:
        return None
    return next((job for job in pipeline.jobs if job.name == name), None)


def read_findings(content: bytes | None) -> tuple[Finding, ...]:
    """Findings of a check job's artifact.

    The team's own pipeline wrote it, so it may hold anything: what is not a finding is left out.
    """
    try:
        listed = json.loads(content or b"{}")["findings"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
    findings: list[Finding] = []
    for entry in listed[:_MAX_FINDINGS] if isinstance(listed, list) else ():
        try:
            findings.append(Finding.model_validate(entry))
        except ValidationError:
            continue
    return tuple(findings)
