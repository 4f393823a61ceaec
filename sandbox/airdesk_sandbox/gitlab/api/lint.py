"""CI lint (docs.gitlab.com, api/lint): a project's configuration, or a text in its context."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.gitlab.call import Call
from airdesk_sandbox.gitlab.ci.lint import Verdict, lint
from airdesk_sandbox.gitlab.ci.planned_jobs import PlannedJob
from airdesk_sandbox.gitlab.ci.planning import CONFIG
from airdesk_sandbox.gitlab.errors import forbidden, not_found
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.permissions import may
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.routing import Route


def lint_content(call: Call) -> dict[str, Any]:
    project = call.project("update_pipeline")
    return _answer(call, _judge(call, project, call.params.need("content"), "ref"))


def lint_project(call: Call) -> dict[str, Any]:
    """The configuration at `content_ref`, or at the default branch's head."""
    project = call.project("read_code")
    if call.params.flag("dry_run") and not may(call.session, call.user, "update_pipeline", project):
        raise forbidden()
    sha = _commit(call, project, call.params.text("content_ref") or call.params.text("sha"))
    blob = call.repository(project).blob(sha, project.ci_config_path or CONFIG)
    if blob is None:
        return _answer(call, Verdict(["Please provide content of .gitlab-ci.yml"]))
    text = blob.content.decode(errors="replace")
    return _answer(call, _judge(call, project, text, "dry_run_ref"))


def _judge(call: Call, project: Project, text: str, name: str) -> Verdict:
    ref = call.params.text(name) or call.params.text("ref") or project.default_branch
    request = PipelineRequest(
        project.id, call.user.id, ref, _commit(call, project, ref), "push", ZERO
    )
    simulate = call.params.flag("dry_run")
    return lint(call.server, call.session, request, text, simulate=simulate)


def _commit(call: Call, project: Project, ref: str) -> str:
    sha = call.repository(project).resolve(ref or project.default_branch)
    if sha is None:
        raise not_found("Reference")
    return sha


def _answer(call: Call, verdict: Verdict) -> dict[str, Any]:
    body: dict[str, Any] = {
        "valid": not verdict.errors,
        "errors": verdict.errors,
        "warnings": [],
        "merged_yaml": verdict.merged,
        "includes": [],
    }
    if call.params.flag("include_jobs"):
        body["jobs"] = [_job(job) for job in verdict.jobs]
    return body


def _job(job: PlannedJob) -> dict[str, Any]:
    def lines(name: str) -> list[str]:
        given = job.spec.get(name) or []
        return [str(line) for line in given] if isinstance(given, list) else [str(given)]

    return {
        "name": job.name,
        "stage": job.stage,
        "before_script": lines("before_script"),
        "script": lines("script"),
        "after_script": lines("after_script"),
        "tag_list": [],
        "only": None,
        "except": None,
        "environment": None,
        "when": job.when,
        "allow_failure": job.allow_failure,
        "needs": job.needs,
    }


_LINT = "/projects/:id/ci/lint"
ROUTES = [
    Route("GET", _LINT, lint_project),
    Route("POST", _LINT, lint_content, own_transaction=True),
]
