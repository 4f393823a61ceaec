"""How often and how long clients try again what changes nothing, the same for every service."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import stamina

ATTEMPTS = 3
PATIENCE_SECONDS = 15.0


def read_attempts(is_passing: Callable[[Exception], bool]) -> Iterator[stamina.Attempt]:
    """Attempts for a `for` loop; each is a context manager around one request.

    Args:
        is_passing: whether a failure is worth another try.
    """
    return iter(
        stamina.retry_context(
            on=is_passing,
            attempts=ATTEMPTS,
            timeout=PATIENCE_SECONDS,
            wait_initial=0.1,
            wait_max=1.0,
            wait_jitter=0.2,
        )
    )
