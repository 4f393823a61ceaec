"""Webhooks: written down with the change that causes them, delivered soon after.

As in GitLab a delivery is tried once; again only by hand (`resend`). It is lost only if the
receiver does not answer, never because this server was stopped in between. Hooks that fail again
and again are paused, and lose what happens meanwhile, where the feature flag
`auto_disabling_web_hooks` is on: self-managed GitLab comes with it off (docs.gitlab.com,
user/project/integrations/webhooks: "Auto-disabled webhooks").
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.db import Database
from airdesk_sandbox.gitlab.instance import feature
from airdesk_sandbox.gitlab.models import Hook, HookDelivery, Project

EVENTS = {
    "push": ("push_events", "Push Hook"),
    "tag_push": ("tag_push_events", "Tag Push Hook"),
    "merge_request": ("merge_requests_events", "Merge Request Hook"),
    "note": ("note_events", "Note Hook"),
    "pipeline": ("pipeline_events", "Pipeline Hook"),
    "build": ("job_events", "Job Hook"),
}
TIMEOUT = 10.0
PAUSING = "auto_disabling_web_hooks"
_KEPT = 8000

_log = logging.getLogger("airdesk_sandbox.gitlab.webhooks")


def enqueue(
    session: Session, project: Project, kind: str, payload: Callable[[], dict[str, Any]]
) -> None:
    """Write down a delivery for each hook of the project that wants this kind of event."""
    column, event = EVENTS[kind]
    hooks = session.scalars(
        select(Hook).where(Hook.project_id == project.id, getattr(Hook, column).is_(True))
    ).all()
    if not hooks:
        return
    body, pausing = payload(), feature(session, PAUSING)
    for hook in hooks:
        if pausing and hook.alert_status != "executable":
            continue
        branch = str(body.get("ref", "")).removeprefix("refs/heads/")
        pattern = hook.push_events_branch_filter
        if kind == "push" and pattern and not fnmatchcase(branch, pattern):
            continue
        session.add(HookDelivery(hook_id=hook.id, event=event, payload=body))


@dataclass(frozen=True)
class _Sent:
    """How a delivery went; `status` is `internal error` where nobody answered, as in GitLab."""

    status: str
    request_headers: dict[str, Any]
    headers: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0


class Webhooks:
    """Delivers what `enqueue` wrote down; several at a time, each once."""

    def __init__(self, db: Database, url: str) -> None:
        self._db = db
        self._url = url
        self._wake = threading.Event()
        self._stopping = False
        self._under_way: set[int] = set()
        self._senders = ThreadPoolExecutor(max_workers=4, thread_name_prefix="webhook")
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._senders.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def wake(self) -> None:
        """Look for deliveries now; to be called after a commit."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            with self._db.reading() as session:
                due = session.scalars(
                    select(HookDelivery.id)
                    .where(HookDelivery.due_at.is_not(None))
                    .order_by(HookDelivery.id)
                ).all()
            for delivery_id in due:
                if delivery_id not in self._under_way:
                    self._under_way.add(delivery_id)
                    self._senders.submit(self._deliver, delivery_id)
            self._wake.wait(timeout=30)
            self._wake.clear()

    def _deliver(self, delivery_id: int) -> None:
        try:
            self._send(delivery_id)
        except Exception:
            _log.exception("webhook delivery %s failed", delivery_id)
        finally:
            self._under_way.discard(delivery_id)

    def resend(self, delivery_id: int) -> str:
        """Send what was sent before once more, at once; returns the receiver's status."""
        with self._db.writing() as session:
            old = session.get_one(HookDelivery, delivery_id)
            again = HookDelivery(hook_id=old.hook_id, event=old.event, payload=old.payload)
            session.add(again)
            session.flush()
            # nobody else may deliver it meanwhile
            self._under_way.add(again.id)
            copy_id = again.id
        try:
            return self._send(copy_id)
        finally:
            self._under_way.discard(copy_id)

    def _send(self, delivery_id: int) -> str:
        with self._db.reading() as session:
            delivery = session.get_one(HookDelivery, delivery_id)
            hook = delivery.hook
        # It may have been delivered since the list of what is due was read.
        if delivery.due_at is None:
            return str(delivery.response_status)
        sent = self._post(hook, delivery)
        with self._db.writing() as session:
            done = session.get_one(HookDelivery, delivery_id)
            done.due_at, done.response_status = None, sent.status
            done.request_headers, done.response_headers = sent.request_headers, sent.headers
            done.response_body, done.duration = sent.body, sent.seconds
            done.attempts += 1
            if sent.status.startswith("2"):
                done.hook.succeeded()
            elif feature(session, PAUSING):
                done.hook.failed()
        return sent.status

    def _post(self, hook: Hook, delivery: HookDelivery) -> _Sent:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitLab/sandbox",
            "X-Gitlab-Event": delivery.event,
            "X-Gitlab-Event-UUID": str(uuid.uuid4()),
            "X-Gitlab-Instance": self._url,
            "X-Gitlab-Webhook-UUID": str(uuid.uuid5(uuid.NAMESPACE_OID, str(hook.id))),
            "Idempotency-Key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"delivery/{delivery.id}")),
        }
        secret = {"X-Gitlab-Token": hook.token} if hook.token else {}
        begun = time.monotonic()
        try:
            answer = self._client.post(hook.url, json=delivery.payload, headers=headers | secret)
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
            _log.info("webhook %s to %s: %s", hook.id, hook.url, type(error).__name__)
            return _Sent("internal error", headers, seconds=time.monotonic() - begun)
        return _Sent(
            str(answer.status_code),
            headers,
            dict(answer.headers),
            answer.text[:_KEPT],
            time.monotonic() - begun,
        )
