"""Refusals in Slack's own words."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """The call is refused. `error` is Slack's word for it; `extra` goes beside it."""

    def __init__(self, error: str, *, retry_after: int = 0, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after = retry_after
        self.extra = extra


def invalid_arguments(*messages: str) -> SlackError:
    """Slack's answer to arguments of the wrong shape, with one `[ERROR]` line for each."""
    lines = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": lines})
