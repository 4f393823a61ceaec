"""A thread that looks for work, again and again, until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from threading import Event

import structlog

log = structlog.get_logger(__name__)


class Worker:
    """Calls `work` until it says that there is nothing more, then rests.

    Args:
        name: of the thread, and in health checks.
        work: does one piece; returns whether there may be more right now.
        rest_seconds: how long to rest when there is nothing.
        wake: ends the rest early.
    """

    def __init__(
        self, name: str, work: Callable[[], bool], *, rest_seconds: float, wake: Event
    ) -> None:
        self.name = name
        self._work = work
        self._rest_seconds = rest_seconds
        self._wake = wake
        self._stopping = Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end after the piece at hand."""
        self._stopping.set()
        self._wake.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._one():
                self._wake.wait(self._rest_seconds)
                self._wake.clear()

    def _one(self) -> bool:
        try:
            return self._work()
        except Exception:
            # Whatever it was, the work is still in the store and is taken up again.
            log.exception("worker_failed", worker=self.name)
            return False
