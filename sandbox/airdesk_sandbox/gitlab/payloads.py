"""What webhooks carry, in the shapes of GitLab's documentation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from airdesk_sandbox.gitlab.clock import iso
from airdesk_sandbox.gitlab.models import Job, MergeRequest, Note, Pipeline, Project, User
from airdesk_sandbox.gitlab.repo.read import ZERO, Commit, Repository

_MAX_COMMITS = 20


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else None


def _project(project: Project, base: str) -> dict[str, Any]:
    web_url = f"{base}/{project.full_path}"
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "web_url": web_url,
        "avatar_url": None,
        "git_ssh_url": None,
        "git_http_url": f"{web_url}.git",
        "namespace": project.namespace.name,
        "visibility_level": {"private": 0, "internal": 10, "public": 20}[project.visibility],
        "path_with_namespace": project.full_path,
        "default_branch": project.default_branch,
        "ci_config_path": project.ci_config_path,
        "homepage": web_url,
        "url": f"{web_url}.git",
        "http_url": f"{web_url}.git",
    }


def _repository(project: Project, base: str) -> dict[str, Any]:
    return {
        "name": project.name,
        "url": f"{base}/{project.full_path}.git",
        "description": project.description,
        "homepage": f"{base}/{project.full_path}",
    }


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatar_url": None,
        "email": "[REDACTED]",
    }


def _commit(commit: Commit, web_url: str) -> dict[str, Any]:
    return {
        "id": commit.sha,
        "message": commit.message,
        "title": commit.title,
        "timestamp": iso(commit.committed_at),
        "url": f"{web_url}/-/commit/{commit.sha}",
        "author": {"name": commit.author_name, "email": commit.author_email},
    }


def _paths(repository: Repository, commit: Commit) -> dict[str, list[str]]:
    options = ["-r", "-z", "--name-status", "--no-commit-id", "--root", "--no-renames"]
    fields = repository.git("diff-tree", *options, commit.sha).decode(errors="replace").split("\0")
    pairs = list(zip(fields[::2], fields[1::2], strict=False))
    return {
        kind: [path for letter, path in pairs if letter == sign]
        for kind, sign in (("added", "A"), ("modified", "M"), ("removed", "D"))
    }


def push(
    project: Project,
    base: str,
    repository: Repository,
    *,
    user: User,
    branch: str,
    old: str,
    new: str,
    protected: bool,
    commits: Sequence[Commit],
) -> dict[str, Any]:
    """`commits`: newest first, as git lists them; the payload has the oldest first."""
    web_url = f"{base}/{project.full_path}"
    told = list(reversed(commits[:_MAX_COMMITS]))
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": old,
        "after": new,
        "ref": f"refs/heads/{branch}",
        "ref_protected": protected,
        "checkout_sha": new if new != ZERO else None,
        "message": None,
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "user_email": "",
        "user_avatar": None,
        "project_id": project.id,
        "project": _project(project, base),
        "commits": [{**_commit(c, web_url), **_paths(repository, c)} for c in told],
        "total_commits_count": len(commits),
        "push_options": {},
        "repository": _repository(project, base),
    }


def _merge_request(request: MergeRequest, base: str, last: Commit | None) -> dict[str, Any]:
    project = request.project
    web_url = f"{base}/{project.full_path}"
    return {
        "id": request.id,
        "iid": request.iid,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "draft": request.draft,
        "work_in_progress": request.draft,
        "source_branch": request.source_branch,
        "target_branch": request.target_branch,
        "source_project_id": request.source_project.id,
        "target_project_id": project.id,
        "author_id": request.author_id,
        "assignee_ids": request.assignee_ids,
        "reviewer_ids": request.reviewer_ids,
        "labels": [],
        "created_at": _time(request.created_at),
        "updated_at": _time(request.updated_at),
        "merge_commit_sha": request.merge_commit_sha,
        "merge_error": request.merge_error,
        "merge_user_id": request.merge_user_id,
        "merge_when_pipeline_succeeds": request.auto_merge,
        "head_pipeline_id": request.head_pipeline_id,
        "url": f"{web_url}/-/merge_requests/{request.iid}",
        "source": _project(request.source_project, base),
        "target": _project(project, base),
        "last_commit": _commit(last, web_url) if last else None,
    }


def merge_request(
    request: MergeRequest,
    base: str,
    *,
    user: User,
    action: str,
    last: Commit | None,
    oldrev: str | None = None,
) -> dict[str, Any]:
    """`action`: open, close, reopen, update, approved, unapproved or merge."""
    attributes = {**_merge_request(request, base, last), "action": action}
    if oldrev is not None:
        attributes["oldrev"] = oldrev
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": _user(user),
        "project": _project(request.project, base),
        "object_attributes": attributes,
        "labels": [],
        "changes": {},
        "repository": _repository(request.project, base),
    }


def note(row: Note, request: MergeRequest, base: str, last: Commit | None) -> dict[str, Any]:
    web_url = f"{base}/{request.project.full_path}/-/merge_requests/{request.iid}"
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": _user(row.author),
        "project_id": request.project_id,
        "project": _project(request.project, base),
        "repository": _repository(request.project, base),
        "object_attributes": {
            "id": row.id,
            "note": row.body,
            "noteable_type": "MergeRequest",
            "noteable_id": request.id,
            "discussion_id": row.thread,
            "type": row.kind,
            "position": row.position,
            "author_id": row.author_id,
            "created_at": _time(row.created_at),
            "updated_at": _time(row.updated_at),
            "project_id": request.project_id,
            "system": row.system,
            "url": f"{web_url}#note_{row.id}",
        },
        "merge_request": _merge_request(request, base, last),
    }


def _build(job: Job) -> dict[str, Any]:
    ran = (job.finished_at - job.started_at) if job.finished_at and job.started_at else None
    return {
        "id": job.id,
        "stage": job.stage,
        "name": job.name,
        "status": job.status,
        "created_at": _time(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "duration": ran.total_seconds() if ran else None,
        "when": job.when,
        "manual": job.when == "manual",
        "allow_failure": job.allow_failure,
        "failure_reason": job.failure_reason,
        "user": _user(job.user),
    }


def pipeline(row: Pipeline, base: str, last: Commit | None) -> dict[str, Any]:
    project, request = row.project, row.merge_request
    web_url = f"{base}/{project.full_path}"
    ran = (row.finished_at - row.started_at) if row.finished_at and row.started_at else None
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": row.id,
            "iid": row.iid,
            "name": None,
            "ref": request.source_branch if request else row.ref,
            "tag": False,
            "sha": row.sha,
            "before_sha": row.before_sha,
            "source": row.source,
            "status": row.status,
            "detailed_status": row.status,
            "stages": row.stages,
            "created_at": _time(row.created_at),
            "finished_at": _time(row.finished_at),
            "duration": int(ran.total_seconds()) if ran else None,
            "variables": [],
            "url": f"{web_url}/-/pipelines/{row.id}",
        },
        "merge_request": _pipeline_request(request, base) if request else None,
        "user": _user(row.user),
        "project": _project(project, base),
        "commit": _commit(last, web_url) if last else None,
        "builds": [_build(job) for job in row.current_jobs],
    }


def _pipeline_request(request: MergeRequest, base: str) -> dict[str, Any]:
    return {
        "id": request.id,
        "iid": request.iid,
        "title": request.title,
        "source_branch": request.source_branch,
        "source_project_id": request.source_project.id,
        "target_branch": request.target_branch,
        "target_project_id": request.project_id,
        "state": request.state,
        "url": f"{base}/{request.project.full_path}/-/merge_requests/{request.iid}",
    }
