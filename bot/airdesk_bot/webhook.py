"""GitLab's webhook: it only wakes who then looks for himself, and tells when central moved."""

from __future__ import annotations

import hmac
import json
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from airdesk_bot.services import Services
from airdesk_bot.workers.reviews import place_of

log = structlog.get_logger(__name__)

_MAX_BYTES = 1_000_000


class GitLabWebhook:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._secret = services.settings.gitlab_webhook_secret.get_secret_value().encode()

    async def handle(self, request: Request) -> Response:
        token = request.headers.get("x-gitlab-token", "").encode()
        if not hmac.compare_digest(token, self._secret):
            log.warning("webhook_refused")
            return PlainTextResponse("The secret token is wrong.", status_code=401)
        body = await request.body()
        if len(body) > _MAX_BYTES:
            return PlainTextResponse("Too large.", status_code=413)
        try:
            event = json.loads(body)
        except ValueError:
            return PlainTextResponse("Not JSON.", status_code=400)
        if is_move_of(event, self._services.settings.central_project):
            self._services.central_moved.set()
        place = merge_request_of(event)
        if place is not None:
            await run_in_threadpool(self._wake, *place)
        self._services.wake.all()
        return PlainTextResponse("ok")

    def _wake(self, team: str, iid: int) -> None:
        now = self._services.clock()
        self._services.store.changes.wake_merge_request(team, iid, now=now)
        self._services.store.reviews.notice(team, iid, now=now)


def merge_request_of(event: Any) -> tuple[str, int] | None:
    """Team and number of the merge request that an event is about, if it is about one of ours."""
    if not isinstance(event, dict):
        return None
    path = _dict(event, "project").get("path_with_namespace")
    attributes = _dict(event, "object_attributes")
    kind = event.get("object_kind")
    about = attributes if kind == "merge_request" else _dict(event, "merge_request")
    iid = about.get("iid")
    if not isinstance(path, str) or not isinstance(iid, int):
        return None
    return place_of(path, iid)


def is_move_of(event: Any, project: str) -> bool:
    """Whether an event says that the default branch of a project got another commit."""
    if not isinstance(event, dict) or event.get("object_kind") != "push":
        return False
    about = _dict(event, "project")
    branch = about.get("default_branch")
    moved = event.get("ref") == f"refs/heads/{branch}"
    return moved and about.get("path_with_namespace") == project


def _dict(event: dict[str, Any], key: str) -> dict[str, Any]:
    held = event.get(key)
    return held if isinstance(held, dict) else {}
