"""Wait for a condition, with a deadline and a sentence for when it is missed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

T = TypeVar("T")


class TooSlowError(TimeoutError):
    """What was waited for did not come in time."""


def wait_for(
    look: Callable[[], T | None],
    what: str,
    *,
    seconds: float = 60.0,
    every: float = 0.15,
    check: Callable[[], None] = lambda: None,
) -> T:
    """Look until the answer is truthy.

    Args:
        look: a cheap look; connection errors count as "not yet".
        what: completes the sentence "waited 60 s for …".
        check: called between looks, to raise when waiting has become pointless.

    Raises:
        TooSlowError: nothing truthy came within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        check()
        try:
            answer = look()
        except httpx.TransportError:
            answer = None
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TooSlowError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(every)


def answers(url: str) -> bool:
    """Whether a health address answers with 200."""
    return httpx.get(url, timeout=5).status_code == 200
