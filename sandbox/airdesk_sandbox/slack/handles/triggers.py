"""Trigger ids: the right to open one modal for one person, for three seconds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from airdesk_sandbox.slack.clock import Clock

TRIGGER_SECONDS = 3.0


class TriggerError(Exception):
    """The trigger id cannot be used; the text is Slack's error word."""


@dataclass
class Trigger:
    """`place` is what a response URL of the modal will need; `view_id` is set inside a modal."""

    app_id: str
    user: str
    expires: float
    place: dict[str, Any]
    view_id: str | None = None
    used: bool = False


class Triggers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}

    def new(
        self, app_id: str, user: str, *, place: dict[str, Any], view_id: str | None = None
    ) -> str:
        self._forget_old()
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(app_id, user, now + TRIGGER_SECONDS, place, view_id)
        return trigger_id

    def exchange(self, app_id: str, trigger_id: str) -> Trigger:
        """Use the trigger up.

        Raises:
            TriggerError: it is unknown, of another app, used already or too old.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise TriggerError("invalid_trigger_id")
        if trigger.used:
            raise TriggerError("exchanged_trigger_id")
        if trigger.expires < self._clock.now():
            raise TriggerError("expired_trigger_id")
        trigger.used = True
        return trigger

    def _forget_old(self) -> None:
        limit = self._clock.now() - 3600
        self._triggers = {k: v for k, v in self._triggers.items() if v.expires > limit}
