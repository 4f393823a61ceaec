"""What became of a payload that was sent to an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ACK_SECONDS = 3.0


@dataclass(frozen=True)
class Ack:
    """The app's answer. `problem` is empty when it came in time, else Slack's word for the failure.

    `payload` is what the app sent along: a message for a command, a response action for a
    submission, options for a suggestion; None for a bare acknowledgement.
    """

    payload: dict[str, Any] | None = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem
