"""Tells every open page that something changed; the page then asks for the state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Changes:
    def __init__(self) -> None:
        self._number = 0
        self._closed = False
        self._waiting: set[asyncio.Event] = set()

    def happened(self) -> None:
        """Wake everyone who watches; many changes in a row are told as one."""
        self._number += 1
        for event in self._waiting:
            event.set()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        self.happened()

    async def watch(self, *, heartbeat: float = 15.0) -> AsyncIterator[int | None]:
        """Yield the number of the last change, now and after each further one.

        Yields None after `heartbeat` seconds of silence, so that a dead peer is noticed.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield self._number
            while not self._closed:
                try:
                    await asyncio.wait_for(event.wait(), heartbeat)
                except TimeoutError:
                    yield None
                    continue
                event.clear()
                yield self._number
        finally:
            self._waiting.discard(event)
