"""The running server: its settings, database, repositories and background work."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci.id_tokens import SigningKey
from airdesk_sandbox.gitlab.ci.scheduler import Scheduler
from airdesk_sandbox.gitlab.db import Database
from airdesk_sandbox.gitlab.digests import digest
from airdesk_sandbox.gitlab.instance import stored_settings
from airdesk_sandbox.gitlab.models import Namespace, Project, Token, User
from airdesk_sandbox.gitlab.rebases import forget_interrupted
from airdesk_sandbox.gitlab.repo.read import Repository
from airdesk_sandbox.gitlab.throttle import Throttle
from airdesk_sandbox.gitlab.webhooks import Webhooks

_log = logging.getLogger("airdesk_sandbox.gitlab")


@dataclass(frozen=True)
class Settings:
    """
    Attributes:
        url: the address people and programs use, without a slash at the end.
        data: folder that keeps the state; made if missing.
        runner_path: PATH that jobs get.
        jobs: how many jobs run at the same time.
    """

    url: str
    data: Path
    admin_token: str
    runner_path: str
    jobs: int = 3


class Server:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.url
        settings.data.mkdir(parents=True, exist_ok=True)
        self.db = Database(settings.data / "gitlab.db")
        self.db.create_tables()
        with self.db.writing() as session:
            _ensure_admin(session, settings.admin_token)
            forget_interrupted(session)
        self._locks: defaultdict[int, threading.RLock] = defaultdict(threading.RLock)
        self._workers = ThreadPoolExecutor(max_workers=6, thread_name_prefix="gitlab")
        self.throttle = Throttle()
        with self.db.reading() as session:
            self.throttle.settings = stored_settings(session)
        self.signing_key = SigningKey(settings.data / "id_token_key.pem")
        self.webhooks = Webhooks(self.db, self.url)
        self.ci = Scheduler(self)

    def start(self) -> None:
        self.webhooks.start()
        self.ci.start()

    def stop(self) -> None:
        """End everything that was started, running jobs included."""
        self.ci.stop()
        self.webhooks.stop()
        self._workers.shutdown(wait=True, cancel_futures=True)
        self.db.close()

    def repository(self, project: Project) -> Repository:
        return Repository(self.repository_path(project.id))

    def repository_path(self, project_id: int) -> Path:
        return self.settings.data / "repositories" / f"{project_id}.git"

    def lock(self, project_id: int) -> threading.RLock:
        """Held while refs of a project move."""
        return self._locks[project_id]

    def later(self, work: Callable[[], None]) -> None:
        """Do it soon in a worker thread; what goes wrong is logged, nobody waits for it."""

        def guarded() -> None:
            try:
                work()
            except Exception:
                _log.exception("background work failed")

        try:
            self._workers.submit(guarded)
        except RuntimeError:
            _log.info("the server is stopping; background work was dropped")


def _ensure_admin(session: Session, token: str) -> None:
    """The administrator `root`, whose token is the one given at the start."""
    root = session.scalar(select(User).where(User.username == "root"))
    if root is None:
        root = User(username="root", name="Administrator", email="root@gitlab.test", is_admin=True)
        session.add(root)
        session.flush()
        session.add(
            Namespace(
                kind="user", name="Administrator", path="root", full_path="root", owner_id=root.id
            )
        )
    found = session.scalar(select(Token).where(Token.digest == digest(token)))
    if found is None:
        session.add(
            Token(user_id=root.id, name="start", digest=digest(token), scopes=["api", "sudo"])
        )
