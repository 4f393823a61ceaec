"""The variables that jobs see, as real GitLab sets them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.clock import iso, now
from airdesk_sandbox.gitlab.models import Job, MergeRequest, Pipeline, Project, User, Variable
from airdesk_sandbox.gitlab.permissions import lineage, protection
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO, Commit


@dataclass(frozen=True)
class CustomVariables:
    """Variables of groups and project that a pipeline may see."""

    plain: dict[str, str]
    files: dict[str, str]
    masked: tuple[str, ...]


def literal(text: str) -> str:
    """Guard a value against variable expansion."""
    return text.replace("$", "$$")


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:63].strip("-")


def is_protected(session: Session, project: Project, request: PipelineRequest) -> bool:
    """Whether the pipeline's ref is a protected branch; merge request refs never are."""
    if request.merge_request_id is not None:
        return False
    return protection(session, project, request.ref) is not None


def of_pipeline(
    base: str,
    project: Project,
    user: User,
    request: PipelineRequest,
    commit: Commit,
    *,
    merge_request: MergeRequest | None,
    protected: bool,
) -> dict[str, str]:
    """Predefined variables that rules may look at."""
    branch = merge_request.source_branch if merge_request else request.ref
    values = {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": request.source,
        "CI_COMMIT_SHA": request.sha,
        "CI_COMMIT_SHORT_SHA": request.sha[:8],
        "CI_COMMIT_BEFORE_SHA": request.before_sha or ZERO,
        "CI_COMMIT_REF_NAME": literal(branch),
        "CI_COMMIT_REF_SLUG": slug(branch),
        "CI_COMMIT_REF_PROTECTED": "true" if protected else "false",
        "CI_COMMIT_TITLE": literal(commit.title),
        "CI_COMMIT_MESSAGE": literal(commit.message),
        "CI_COMMIT_DESCRIPTION": literal(commit.message.partition("\n")[2].strip()),
        "CI_COMMIT_AUTHOR": literal(f"{commit.author_name} <{commit.author_email}>"),
        "CI_COMMIT_TIMESTAMP": commit.committed_at.isoformat(),
        "GITLAB_USER_ID": str(user.id),
        "GITLAB_USER_LOGIN": user.username,
        "GITLAB_USER_NAME": literal(user.name),
        "GITLAB_USER_EMAIL": user.email,
        **_of_project(base, project),
        **_of_server(base),
    }
    if merge_request is None:
        values["CI_COMMIT_BRANCH"] = literal(branch)
    else:
        values.update(_of_merge_request(base, merge_request))
    return values


def _of_project(base: str, project: Project) -> dict[str, str]:
    return {
        "CI_PROJECT_ID": str(project.id),
        "CI_PROJECT_NAME": project.path,
        "CI_PROJECT_TITLE": literal(project.name),
        "CI_PROJECT_DESCRIPTION": literal(project.description),
        "CI_PROJECT_PATH": project.full_path,
        "CI_PROJECT_PATH_SLUG": slug(project.full_path),
        "CI_PROJECT_NAMESPACE": project.namespace.full_path,
        "CI_PROJECT_NAMESPACE_ID": str(project.namespace_id),
        "CI_PROJECT_ROOT_NAMESPACE": project.full_path.split("/")[0],
        "CI_PROJECT_URL": f"{base}/{project.full_path}",
        "CI_PROJECT_VISIBILITY": project.visibility,
        "CI_DEFAULT_BRANCH": project.default_branch,
        "CI_CONFIG_PATH": project.ci_config_path or ".gitlab-ci.yml",
    }


def _of_server(base: str) -> dict[str, str]:
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {
        "CI_SERVER": "yes",
        "CI_SERVER_NAME": "GitLab",
        "CI_SERVER_URL": base,
        "CI_SERVER_HOST": parts.hostname or "",
        "CI_SERVER_FQDN": parts.netloc,
        "CI_SERVER_PORT": str(port),
        "CI_SERVER_PROTOCOL": parts.scheme,
        "CI_API_V4_URL": f"{base}/api/v4",
        "CI_API_GRAPHQL_URL": f"{base}/api/graphql",
    }


def _of_merge_request(base: str, request: MergeRequest) -> dict[str, str]:
    project = request.project
    return {
        "CI_MERGE_REQUEST_ID": str(request.id),
        "CI_MERGE_REQUEST_IID": str(request.iid),
        "CI_MERGE_REQUEST_TITLE": literal(request.title),
        "CI_MERGE_REQUEST_DESCRIPTION": literal(request.description[:2700]),
        "CI_MERGE_REQUEST_LABELS": ",".join(request.labels),
        "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
        "CI_MERGE_REQUEST_PROJECT_ID": str(project.id),
        "CI_MERGE_REQUEST_PROJECT_PATH": project.full_path,
        "CI_MERGE_REQUEST_PROJECT_URL": f"{base}/{project.full_path}",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": literal(request.source_branch),
        "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": request.source_project.full_path,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(request.source_project.id),
        "CI_MERGE_REQUEST_SOURCE_PROJECT_URL": f"{base}/{request.source_project.full_path}",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": literal(request.target_branch),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": request.base_sha,
        "CI_MERGE_REQUEST_REF_PATH": request.head_ref,
        "CI_OPEN_MERGE_REQUESTS": request.reference,
    }


def of_job(base: str, job: Job, token: str) -> dict[str, str]:
    """Predefined variables that only a running job has."""
    pipeline = job.pipeline
    parts, path = urlsplit(base), pipeline.project.full_path
    url = f"{base}/{path}"
    return {
        "CI_PIPELINE_ID": str(pipeline.id),
        "CI_PIPELINE_IID": str(pipeline.iid),
        "CI_PIPELINE_URL": f"{url}/-/pipelines/{pipeline.id}",
        "CI_PIPELINE_CREATED_AT": iso(pipeline.created_at) or "",
        "CI_JOB_ID": str(job.id),
        "CI_JOB_NAME": literal(job.name),
        "CI_JOB_STAGE": job.stage,
        "CI_JOB_URL": f"{url}/-/jobs/{job.id}",
        "CI_JOB_TOKEN": token,
        "CI_JOB_STARTED_AT": iso(now()) or "",
        "CI_REPOSITORY_URL": f"{parts.scheme}://gitlab-ci-token:{token}@{parts.netloc}/{path}.git",
        "CI_RUNNER_ID": "1",
        "CI_RUNNER_DESCRIPTION": "airdesk-sandbox",
    }


def custom(session: Session, project: Project, *, protected: bool) -> CustomVariables:
    """Variables of the groups (outermost first) and of the project, which wins."""
    groups = [namespace.id for namespace in lineage(session, project.namespace)]
    rows: list[Variable] = []
    for group_id in reversed(groups):
        rows += session.scalars(select(Variable).where(Variable.group_id == group_id)).all()
    rows += session.scalars(select(Variable).where(Variable.project_id == project.id)).all()
    plain, files, masked = {}, {}, []
    for row in rows:
        if (row.protected and not protected) or row.environment_scope != "*":
            continue
        if row.masked:
            masked.append(row.value)
        if row.variable_type == "file":
            files[row.key] = row.value
        else:
            plain[row.key] = literal(row.value) if row.raw else row.value
    return CustomVariables(plain, files, tuple(masked))


def request_of(pipeline: Pipeline) -> PipelineRequest:
    """The wish a stored pipeline was made from."""
    return PipelineRequest(
        project_id=pipeline.project_id,
        user_id=pipeline.user_id,
        ref=pipeline.ref,
        sha=pipeline.sha,
        source=pipeline.source,
        before_sha=pipeline.before_sha,
        merge_request_id=pipeline.merge_request_id,
        variables=pipeline.variables.get("env", {}),
        files=pipeline.variables.get("files", {}),
    )
