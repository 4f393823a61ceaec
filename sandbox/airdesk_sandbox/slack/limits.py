"""Rate limits: Slack's tiers per method, and one message a second per channel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from airdesk_sandbox.slack.clock import Clock


@dataclass(frozen=True)
class Rate:
    """A token bucket: refilled at `per_minute`, holding at most `burst` calls."""

    per_minute: float
    burst: float


# Slack promises "N+ per minute" and tolerates short bursts; the bucket holds a minute's worth.
TIER_1 = Rate(1, 30)  # apps.connections.open and the like: rare, but apps restart in bursts
TIER_2 = Rate(20, 20)
TIER_3 = Rate(50, 50)
TIER_4 = Rate(100, 100)
SPECIAL = Rate(600, 600)
POSTING = Rate(60, 5)  # per channel


class RateLimiter:
    """Counts calls; `overrides` come from the workspace file, by method name."""

    def __init__(self, clock: Clock, overrides: Mapping[str, Mapping[str, float]]) -> None:
        self._clock = clock
        self._overrides = overrides
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def take(self, method: str, rate: Rate, *key: str) -> int:
        """Count one call. Returns 0 when it may go on, else the seconds to wait (at least 1)."""
        override = self._overrides.get(method, {})
        per_minute = override.get("per_minute", rate.per_minute)
        burst = override.get("burst", rate.burst)
        now = self._clock.now()
        left, since = self._buckets.get((method, *key), (burst, now))
        left = min(burst, left + (now - since) * per_minute / 60)
        if left < 1:
            self._buckets[method, *key] = (left, now)
            return max(1, math.ceil((1 - left) * 60 / per_minute))
        self._buckets[method, *key] = (left - 1, now)
        return 0
