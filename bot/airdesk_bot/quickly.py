"""Questions that must not keep a person waiting: an answer in time, or none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from airdesk.errors import Unavailable

T = TypeVar("T")


class Quickly:
    """Asks in a thread of its own, and gives up waiting; the question itself ends by its own

    timeout.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="quickly")

    def ask(self, call: Callable[[], T], *, seconds: float, service: str) -> T:
        """What `call` returns.

        Raises:
            Unavailable: no answer within `seconds`.
        """
        try:
            return self._pool.submit(call).result(timeout=seconds)
        except TimeoutError as error:
            raise Unavailable(service, f"{service} took longer than {seconds:g} s.") from error

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
