"""Projects, commits, branches and project settings as JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airdesk_sandbox.gitlab.clock import iso
from airdesk_sandbox.gitlab.entities.people import namespace_json, user_basic
from airdesk_sandbox.gitlab.models import Event, Hook, HookDelivery, Project, ProtectedBranch
from airdesk_sandbox.gitlab.repo.read import Commit

LEVELS = {
    0: "No one",
    30: "Developers + Maintainers",
    40: "Maintainers",
    60: "Instance admins",
}


def project_simple(project: Project, base: str, forks: int = 0) -> dict[str, Any]:
    return {
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": f"{project.namespace.name} / {project.name}",
        "path": project.path,
        "path_with_namespace": project.full_path,
        "created_at": iso(project.created_at),
        "default_branch": project.default_branch,
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": None,
        "http_url_to_repo": f"{base}/{project.full_path}.git",
        "web_url": f"{base}/{project.full_path}",
        "readme_url": None,
        "forks_count": forks,
        "avatar_url": None,
        "star_count": 0,
        "last_activity_at": iso(project.last_activity_at),
        "visibility": project.visibility,
        "namespace": namespace_json(project.namespace, base),
    }


def project_full(
    project: Project,
    base: str,
    *,
    access: int | None,
    group_access: int | None,
    empty: bool,
    forks: int = 0,
) -> dict[str, Any]:
    """`access` and `group_access`: the caller's direct roles, `None` where there is none."""
    parent = project.forked_from
    return {
        **project_simple(project, base, forks),
        **({"forked_from_project": project_simple(parent, base)} if parent else {}),
        "import_status": project.import_status,
        "import_error": None,
        "creator_id": project.creator_id,
        "empty_repo": empty,
        "archived": False,
        "merge_requests_enabled": True,
        "issues_enabled": False,
        "wiki_enabled": False,
        "jobs_enabled": project.jobs_enabled,
        "builds_access_level": "enabled" if project.jobs_enabled else "disabled",
        "build_timeout": project.build_timeout,
        "ci_config_path": project.ci_config_path,
        **_merging(project),
        "public_jobs": True,
        "permissions": {
            "project_access": _access(access),
            "group_access": _access(group_access),
        },
    }


def _merging(project: Project) -> dict[str, Any]:
    """How changes get in."""
    return {
        "merge_method": project.merge_method,
        "squash_option": project.squash_option,
        "only_allow_merge_if_pipeline_succeeds": project.only_allow_merge_if_pipeline_succeeds,
        "allow_merge_on_skipped_pipeline": False,
        "only_allow_merge_if_all_discussions_are_resolved": (
            project.only_allow_merge_if_all_discussions_are_resolved
        ),
        "ci_allow_fork_pipelines_to_run_in_parent_project": (
            project.ci_allow_fork_pipelines_to_run_in_parent_project
        ),
        "remove_source_branch_after_merge": project.remove_source_branch_after_merge,
    }


def _access(level: int | None) -> dict[str, int] | None:
    return {"access_level": level, "notification_level": 3} if level else None


def commit(found: Commit, web_url: str) -> dict[str, Any]:
    """A commit; `web_url` is its project's."""
    return {
        "id": found.sha,
        "short_id": found.sha[:8],
        "created_at": iso(found.committed_at),
        "parent_ids": list(found.parents),
        "title": found.title,
        "message": found.message,
        "author_name": found.author_name,
        "author_email": found.author_email,
        "authored_date": iso(found.authored_at),
        "committer_name": found.committer_name,
        "committer_email": found.committer_email,
        "committed_date": iso(found.committed_at),
        "trailers": {},
        "extended_trailers": {},
        "web_url": f"{web_url}/-/commit/{found.sha}",
    }


def branch(
    name: str,
    found: Commit,
    *,
    project: Project,
    web_url: str,
    rule: ProtectedBranch | None,
    can_push: bool,
) -> dict[str, Any]:
    return {
        "name": name,
        "commit": commit(found, web_url),
        "merged": False,
        "protected": rule is not None,
        "developers_can_push": rule is not None and rule.push_level == 30,
        "developers_can_merge": rule is not None and rule.merge_level == 30,
        "can_push": can_push,
        "default": name == project.default_branch,
        "web_url": f"{web_url}/-/tree/{quote(name)}",
    }


def protected_branch(rule: ProtectedBranch) -> dict[str, Any]:
    def level(value: int) -> list[dict[str, Any]]:
        return [
            {
                "id": rule.id,
                "access_level": value,
                "access_level_description": LEVELS[value],
                "deploy_key_id": None,
                "user_id": None,
                "group_id": None,
            }
        ]

    return {
        "id": rule.id,
        "name": rule.name,
        "push_access_levels": level(rule.push_level),
        "merge_access_levels": level(rule.merge_level),
        "allow_force_push": rule.allow_force_push,
    }


def hook(row: Hook) -> dict[str, Any]:
    """A webhook; its token is never told again."""
    return {
        "id": row.id,
        "url": row.url,
        "project_id": row.project_id,
        "created_at": iso(row.created_at),
        "push_events": row.push_events,
        "tag_push_events": row.tag_push_events,
        "merge_requests_events": row.merge_requests_events,
        "note_events": row.note_events,
        "job_events": row.job_events,
        "pipeline_events": row.pipeline_events,
        "push_events_branch_filter": row.push_events_branch_filter,
        "enable_ssl_verification": row.enable_ssl_verification,
        "alert_status": row.alert_status,
        "disabled_until": iso(row.disabled_until),
        "url_variables": [],
    }


def hook_event(row: HookDelivery) -> dict[str, Any]:
    """One delivery, as GitLab keeps it for looking at and sending again."""
    hidden = {"X-Gitlab-Token": "[REDACTED]"} if row.hook.token else {}
    return {
        "id": row.id,
        "url": row.hook.url,
        "trigger": row.event.lower().replace(" ", "_") + "s",
        "request_headers": {**(row.request_headers or {}), **hidden},
        "request_data": row.payload,
        "response_headers": row.response_headers or {},
        "response_body": row.response_body or "",
        "execution_duration": row.duration or 0.0,
        "response_status": row.response_status,
        "created_at": iso(row.created_at),
    }


def event(row: Event, base: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": row.id,
        "project_id": row.project_id,
        "action_name": row.action_name,
        "target_id": row.target_id,
        "target_iid": row.target_iid,
        "target_type": row.target_type,
        "author_id": row.author_id,
        "target_title": row.target_title,
        "created_at": iso(row.created_at),
        "author": user_basic(row.author, base),
        "imported": False,
        "author_username": row.author.username,
    }
    return {**body, "push_data": row.push_data} if row.push_data else body
