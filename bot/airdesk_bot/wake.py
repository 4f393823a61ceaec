"""Tells the workers that there is something to do before their next look."""

from __future__ import annotations

import threading


class Wake:
    """One event per worker, so that each hears of every call."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []
        self._lock = threading.Lock()

    def listen(self) -> threading.Event:
        event = threading.Event()
        with self._lock:
            self._events.append(event)
        return event

    def all(self) -> None:
        with self._lock:
            for event in self._events:
                event.set()
