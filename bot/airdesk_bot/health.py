"""Named health checks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Health:
    """What is well and what is not.

    Our own parts (`database`, the workers) decide whether the process is healthy: restarting it
    can help there. The services it talks to are told of, but do not make it unhealthy.
    """

    def __init__(self) -> None:
        self._own: dict[str, Callable[[], str | None]] = {}
        self._at_start: dict[str, Callable[[], str | None]] = {}
        self._services: dict[str, str | None] = {}
        self._was_well: set[str] = set()
        self._lock = threading.Lock()

    def add(self, name: str, check: Callable[[], str | None]) -> None:
        """Add a check of our own; it returns a sentence when something is wrong."""
        self._own[name] = check

    def add_for_start(self, name: str, check: Callable[[], str | None]) -> None:
        """Add a check that decides until it was well once; later it is only told of."""
        self._at_start[name] = check

    def note(self, service: str, problem: str | None) -> None:
        """Keep how a service answered just now; `None` means well."""
        with self._lock:
            self._services[service] = problem

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether the process is healthy, and all checks by name."""
        own = {name: _run(check) for name, check in self._own.items()}
        start = {name: _run(check) for name, check in self._at_start.items()}
        with self._lock:
            self._was_well |= {name for name, problem in start.items() if problem is None}
            services = dict(self._services) | start
            started = self._was_well >= start.keys()
        healthy = started and all(problem is None for problem in own.values())
        return healthy, {
            "ok": healthy,
            "checks": {name: _shown(problem) for name, problem in (own | services).items()},
        }


def _run(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except Exception as error:  # whatever it is, it is what the check is for
        return f"{type(error).__name__}: the check itself failed."


def _shown(problem: str | None) -> dict[str, Any]:
    return {"ok": problem is None, **({} if problem is None else {"problem": problem})}
