"""Pipelines, jobs, schedules, triggers and variables as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airdesk_sandbox.gitlab.ci.reports import Case, Suite
from airdesk_sandbox.gitlab.clock import iso
from airdesk_sandbox.gitlab.entities.people import user_basic
from airdesk_sandbox.gitlab.models import Job, Pipeline, Schedule, Trigger, Variable


def pipeline_basic(row: Pipeline, base: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "iid": row.iid,
        "project_id": row.project_id,
        "sha": row.sha,
        "ref": row.ref,
        "status": row.status,
        "source": row.source,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "web_url": f"{base}/{row.project.full_path}/-/pipelines/{row.id}",
        "name": None,
    }


def pipeline_full(row: Pipeline, base: str) -> dict[str, Any]:
    ran = (row.finished_at - row.started_at) if row.finished_at and row.started_at else None
    waited = (row.started_at - row.created_at) if row.started_at else None
    return {
        **pipeline_basic(row, base),
        "before_sha": row.before_sha,
        "tag": False,
        "yaml_errors": row.yaml_errors,
        "user": user_basic(row.user, base),
        "started_at": iso(row.started_at),
        "finished_at": iso(row.finished_at),
        "committed_at": None,
        "duration": int(ran.total_seconds()) if ran else None,
        "queued_duration": int(waited.total_seconds()) if waited else None,
        "coverage": None,
        "detailed_status": {
            "icon": f"status_{row.status}",
            "text": row.status,
            "label": row.status,
            "group": row.status,
            "tooltip": row.status,
            "has_details": True,
            "details_path": f"/{row.project.full_path}/-/pipelines/{row.id}",
        },
    }


def job(row: Job, base: str) -> dict[str, Any]:
    end = row.finished_at
    ran = (end - row.started_at) if end and row.started_at else None
    queued = (row.started_at - row.queued_at) if row.started_at and row.queued_at else None
    pipeline = row.pipeline
    return {
        "id": row.id,
        "status": row.status,
        "stage": row.stage,
        "name": row.name,
        "ref": pipeline.ref,
        "tag": False,
        "coverage": None,
        "allow_failure": row.allow_failure,
        "created_at": iso(row.created_at),
        "started_at": iso(row.started_at),
        "finished_at": iso(row.finished_at),
        "erased_at": None,
        "duration": ran.total_seconds() if ran else None,
        "queued_duration": queued.total_seconds() if queued else None,
        "user": user_basic(row.user, base),
        "pipeline": pipeline_basic(pipeline, base),
        "failure_reason": row.failure_reason,
        "web_url": f"{base}/{pipeline.project.full_path}/-/jobs/{row.id}",
        "project": {"ci_job_token_scope_enabled": False},
        "artifacts": [],
        "runner": None,
        "artifacts_expire_at": None,
        "archived": False,
        "tag_list": [],
    }


def commit_status(row: Job, base: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "sha": row.pipeline.sha,
        "ref": row.pipeline.ref,
        "status": row.status,
        "name": row.name,
        "target_url": f"{base}/{row.pipeline.project.full_path}/-/jobs/{row.id}",
        "description": None,
        "created_at": iso(row.created_at),
        "started_at": iso(row.started_at),
        "finished_at": iso(row.finished_at),
        "allow_failure": row.allow_failure,
        "coverage": None,
        "pipeline_id": row.pipeline_id,
        "author": user_basic(row.user, base),
    }


def variable(row: Variable) -> dict[str, Any]:
    return {
        "key": row.key,
        "value": row.value,
        "variable_type": row.variable_type,
        "protected": row.protected,
        "masked": row.masked,
        "hidden": False,
        "raw": row.raw,
        "environment_scope": row.environment_scope,
        "description": row.description,
    }


def trigger(row: Trigger, base: str, *, whole: bool) -> dict[str, Any]:
    """The token itself is shown to its owner; others see its beginning."""
    return {
        "id": row.id,
        "description": row.description,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "last_used": iso(row.last_used),
        "expires_at": None,
        "token": row.token if whole else row.token[:4],
        "owner": user_basic(row.owner, base),
    }


def schedule(row: Schedule, base: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "description": row.description,
        "ref": row.ref,
        "cron": row.cron,
        "cron_timezone": row.cron_timezone,
        "next_run_at": iso(row.next_run_at),
        "active": row.active,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "owner": user_basic(row.owner, base),
    }


_COUNTED = ("success", "failed", "skipped", "error")


def test_report(suites: Sequence[Suite], *, cases: bool) -> dict[str, Any]:
    """A pipeline's test results; without `cases` as its summary tells them."""
    totals = {f"{status}_count": sum(s.count(status) for s in suites) for status in _COUNTED}
    count, seconds = sum(len(s.cases) for s in suites), sum(s.seconds for s in suites)
    if not cases:
        short = {name.removesuffix("_count"): value for name, value in totals.items()}
        total = {"time": seconds, "count": count, **short, "suite_error": None}
        return {"total": total, "test_suites": [_suite(s) for s in suites]}
    rows = [{**_suite(s), "test_cases": [_test_case(c) for c in s.cases]} for s in suites]
    return {"total_time": seconds, "total_count": count, **totals, "test_suites": rows}


def _suite(suite: Suite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "total_time": suite.seconds,
        "total_count": len(suite.cases),
        **{f"{status}_count": suite.count(status) for status in _COUNTED},
        "suite_error": suite.error,
    }


def _test_case(case: Case) -> dict[str, Any]:
    return {
        "status": case.status,
        "name": case.name,
        "classname": case.classname,
        "file": case.file,
        "execution_time": case.seconds,
        "system_output": case.output or None,
        "stack_trace": None,
        "recent_failures": None,
        "attachment_url": None,
    }
