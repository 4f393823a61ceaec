"""Fill an empty GitLab as a platform team would: groups, people, projects, tokens, webhooks.

Everything goes through GitLab's own REST API, with an administrator's token.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from airdesk_sandbox.demo.cast import DEVELOPER, MAINTAINER, PEOPLE, REPORTER, TEAMS, Actor

PLATFORM_PROJECT = "platform/airdesk-ci"
PUBLISHER_PROJECT = "platform/publisher"
CENTRAL_PROJECT = "platform/central"
NO_ONE = 0


@dataclass(frozen=True)
class GitLabKeys:
    """What the seeding made and the rest of the stack needs."""

    bot_token: str
    oauth_client_id: str
    oauth_client_secret: str
    webhook_secret: str
    deploy_username: str
    deploy_token: str


class GitLabAdmin:
    """GitLab's REST API with an administrator's token; raises `httpx.HTTPStatusError`."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._http = httpx.Client(
            base_url=f"{url}/api/v4", headers={"PRIVATE-TOKEN": token}, timeout=60
        )

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        if answer.is_error:
            raise RuntimeError(f"GitLab refused POST {path}: {answer.status_code} {answer.text}")
        result: dict[str, Any] = answer.json()
        return result

    def put_protection(self, project: str, branch: str, *, push: int, merge: int) -> None:
        """Protect a branch anew with these access levels."""
        path = f"{project_path(project)}/protected_branches"
        self._http.delete(f"{path}/{branch}")  # the default branch is protected from the start
        levels = {"push_access_level": push, "merge_access_level": merge}
        self.post(path, {"name": branch, **levels})

    def get(self, path: str) -> Any:
        answer = self._http.get(path)
        answer.raise_for_status()
        return answer.json()


def project_path(project: str) -> str:
    """The API path of a project named by its full path."""
    return f"/projects/{quote(project, safe='')}"


def seed(
    admin: GitLabAdmin, *, bot_url: str, ci_folder: Path, policy: str, signing_key: str
) -> GitLabKeys:
    """Make everything; to be called once, on an empty GitLab.

    Args:
        bot_url: receives webhooks and the end of OAuth.
        ci_folder: holds `airdesk.gitlab-ci.yml`, `team.gitlab-ci.yml`, `publisher.gitlab-ci.yml`.
        policy: text of the platform's policy.yaml.
        signing_key: PEM of the publisher's private key.
    """
    people = {person.username: _person(admin, person) for person in PEOPLE}
    bot = _service(admin, "airdesk-bot", "Airdesk")
    publisher = _service(admin, "airdesk-publisher", "Airdesk publisher")
    _group(admin, "platform", {})
    _project(
        admin,
        PLATFORM_PROJECT,
        "internal",
        {"airdesk.gitlab-ci.yml": _read(ci_folder, "airdesk.gitlab-ci.yml"), "policy.yaml": policy},
    )
    _release(admin, PLATFORM_PROJECT, "v1")
    _project(admin, CENTRAL_PROJECT, "private", {"README.md": CENTRAL_README})
    _member(admin, CENTRAL_PROJECT, bot, REPORTER)
    _member(admin, CENTRAL_PROJECT, publisher, MAINTAINER)
    wake_publisher = _publisher(admin, publisher, ci_folder, signing_key)
    webhook_secret, tell_bot = secrets.token_hex(16), f"{bot_url}/webhooks/gitlab"
    for team in TEAMS:
        members = {people[p.username]: p.access_level for p in PEOPLE if p.team == team}
        _group(admin, team, {**members, bot: REPORTER, publisher: REPORTER})
        _team_project(admin, team, ci_folder)
        repository = f"{team}/pipelines"
        _hook(
            admin, repository, tell_bot, webhook_secret, "merge_requests_events", "pipeline_events"
        )
        _hook(admin, repository, wake_publisher, "", "push_events")
    _hook(admin, CENTRAL_PROJECT, tell_bot, webhook_secret, "push_events")
    application = admin.post(
        "/applications",
        {
            "name": "Airdesk",
            "redirect_uri": f"{bot_url}/link/gitlab/callback",
            "scopes": "api",
            "confidential": True,
        },
    )
    deploy = admin.post(
        f"{project_path(CENTRAL_PROJECT)}/deploy_tokens",
        {"name": "airflow", "scopes": ["read_repository"], "username": "airflow"},
    )
    return GitLabKeys(
        bot_token=_token(admin, bot, "airdesk-bot", ["api"]),
        oauth_client_id=application["application_id"],
        oauth_client_secret=application["secret"],
        webhook_secret=webhook_secret,
        deploy_username=deploy["username"],
        deploy_token=deploy["token"],
    )


CENTRAL_README = """# Central repository

The rendered DAGs of all teams. Written by the publisher alone; Airflow reads it.
"""


def _person(admin: GitLabAdmin, person: Actor) -> int:
    user = admin.post(
        "/users",
        {
            "username": person.username,
            "name": person.name,
            "email": person.email,
            "password": person.password,
            "skip_confirmation": True,
            "provider": "ldapmain",
            "extern_uid": person.extern_uid,
        },
    )
    return int(user["id"])


def _service(admin: GitLabAdmin, username: str, name: str) -> int:
    user = admin.post(
        "/users",
        {
            "username": username,
            "name": name,
            "email": f"{username}@corp.test",
            "password": secrets.token_urlsafe(24),
            "skip_confirmation": True,
        },
    )
    return int(user["id"])


def _token(admin: GitLabAdmin, user: int, name: str, scopes: list[str]) -> str:
    body = {"name": name, "scopes": scopes, "expires_at": "2027-10-31"}
    token: str = admin.post(f"/users/{user}/personal_access_tokens", body)["token"]
    return token


def _group(admin: GitLabAdmin, path: str, members: Mapping[int, int]) -> None:
    group = admin.post("/groups", {"name": path, "path": path, "visibility": "private"})
    for user, level in members.items():
        admin.post(f"/groups/{group['id']}/members", {"user_id": user, "access_level": level})


def _member(admin: GitLabAdmin, project: str, user: int, level: int) -> None:
    body = {"user_id": user, "access_level": level}
    admin.post(f"{project_path(project)}/members", body)


def _project(
    admin: GitLabAdmin, project: str, visibility: str, files: Mapping[str, str]
) -> dict[str, Any]:
    group, _, path = project.partition("/")
    namespace = admin.get(f"/groups/{group}")["id"]
    made = admin.post(
        "/projects",
        {
            "name": path,
            "path": path,
            "namespace_id": namespace,
            "visibility": visibility,
            "default_branch": "main",
            "merge_method": "ff",
            "only_allow_merge_if_pipeline_succeeds": visibility == "private",
        },
    )
    admin.post(
        f"{project_path(project)}/repository/commits",
        {
            "branch": "main",
            "commit_message": "Set up by the platform",
            "actions": [
                {"action": "create", "file_path": file_path, "content": content}
                for file_path, content in files.items()
            ],
        },
    )
    return made


def _release(admin: GitLabAdmin, project: str, branch: str) -> None:
    """A version of the pipeline, for teams to include: a branch that only the platform moves."""
    body = {"branch": branch, "ref": "main"}
    admin.post(f"{project_path(project)}/repository/branches", body)
    admin.put_protection(project, branch, push=MAINTAINER, merge=MAINTAINER)


def _team_project(admin: GitLabAdmin, team: str, ci_folder: Path) -> None:
    files = {
        ".gitlab-ci.yml": _read(ci_folder, "team.gitlab-ci.yml"),
        "README.md": f"# Pipelines of {team}\n\nEach file `dags/*.dag.yaml` describes one DAG.\n",
    }
    project = f"{team}/pipelines"
    _project(admin, project, "private", files)
    # Nobody pushes to main, members may merge: whether a merge sufficed is for the publisher.
    admin.put_protection(project, "main", push=NO_ONE, merge=DEVELOPER)


def _publisher(admin: GitLabAdmin, publisher: int, ci_folder: Path, signing_key: str) -> str:
    """The publisher's project; returns the address that wakes it."""
    _project(
        admin,
        PUBLISHER_PROJECT,
        "private",
        {".gitlab-ci.yml": _read(ci_folder, "publisher.gitlab-ci.yml")},
    )
    path = project_path(PUBLISHER_PROJECT)
    variables = {
        "AIRDESK_PUBLISHER_TOKEN": _token(admin, publisher, "publisher", ["api"]),
        "AIRDESK_SIGNING_KEY": signing_key,
        "AIRDESK_TEAMS": " ".join(TEAMS),
    }
    for key, value in variables.items():
        body = {"key": key, "value": value, "protected": True, "masked": key.endswith("TOKEN")}
        admin.post(f"{path}/variables", body)
    admin.post(
        f"{path}/pipeline_schedules",
        {"description": "sweep", "ref": "main", "cron": "*/5 * * * *", "active": True},
    )
    trigger = admin.post(f"{path}/triggers", {"description": "merges in team projects"})
    project_id = admin.get(path)["id"]
    return (
        f"{admin.url}/api/v4/projects/{project_id}/ref/main/trigger/pipeline"
        f"?token={trigger['token']}"
    )


def _hook(admin: GitLabAdmin, project: str, url: str, secret: str, *events: str) -> None:
    """Tell `url` of these events; of pushes, only those to main."""
    every = ("push_events", "merge_requests_events", "pipeline_events", "note_events")
    admin.post(
        f"{project_path(project)}/hooks",
        {
            "url": url,
            "token": secret,
            "push_events_branch_filter": "main" if "push_events" in events else "",
            **{event: event in events for event in every},
        },
    )


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text()
