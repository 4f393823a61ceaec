"""Rate limits of the API, as administrators switch them on.

Names, defaults, windows and headers are those of docs.gitlab.com,
administration/settings/user_and_ip_rate_limits; nothing is limited until it is switched on.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

DEFAULTS: dict[str, Any] = {
    "throttle_authenticated_api_enabled": False,
    "throttle_authenticated_api_requests_per_period": 7200,
    "throttle_authenticated_api_period_in_seconds": 3600,
    "throttle_unauthenticated_api_enabled": False,
    "throttle_unauthenticated_api_requests_per_period": 3600,
    "throttle_unauthenticated_api_period_in_seconds": 3600,
    "rate_limiting_response_text": "",
}


@dataclass(frozen=True)
class Standing:
    """Where a client stands after one more request; `headers` belong on every answer."""

    exceeded: bool
    headers: dict[str, str]
    text: str = "Retry later"


class Throttle:
    """Counts requests in windows that begin at multiples of their length, as Rack::Attack does."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}
        self._guard = threading.Lock()
        self.settings: Mapping[str, Any] = dict(DEFAULTS)
        """Replaced as a whole when an administrator changes it."""

    def count(self, user_id: int | None, address: str) -> Standing:
        """Count a request of a person, or of an address that nobody signed in from."""
        kind = "authenticated" if user_id is not None else "unauthenticated"
        name, who = f"throttle_{kind}_api", str(user_id) if user_id is not None else address
        settings = self.settings
        if not settings[f"{name}_enabled"]:
            return Standing(False, {})
        limit = int(settings[f"{name}_requests_per_period"])
        period = int(settings[f"{name}_period_in_seconds"])
        moment = self._clock()
        window = int(moment // period)
        with self._guard:
            known, seen = self._counts.get((name, who), (window, 0))
            seen = seen + 1 if known == window else 1
            self._counts[(name, who)] = (window, seen)
        headers = _headers(name, limit, period, seen, (window + 1) * period)
        if seen <= limit:
            return Standing(False, headers)
        headers |= _more(moment, (window + 1) * period)
        return Standing(True, headers, settings["rate_limiting_response_text"] or "Retry later")


def _headers(name: str, limit: int, period: int, seen: int, reset: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(math.ceil(limit * 60 / period)),
        "RateLimit-Name": name,
        "RateLimit-Observed": str(seen),
        "RateLimit-Remaining": str(max(0, limit - seen)),
        "RateLimit-Reset": str(reset),
    }


def _more(moment: float, reset: int) -> dict[str, str]:
    return {
        "RateLimit-ResetTime": formatdate(reset, usegmt=True),
        "Retry-After": str(max(1, math.ceil(reset - moment))),
    }
