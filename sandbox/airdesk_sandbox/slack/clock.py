"""Time as Slack tells it: a message's `ts` is both its time and its id."""

from __future__ import annotations

import time


class Clock:
    """Gives strictly rising timestamps, also after a restart with a clock that went back."""

    def __init__(self, last_ts: str = "0.000000") -> None:
        self._last = _micros(last_ts)

    def now(self) -> float:
        return time.time()

    def ts(self) -> str:
        """A new `ts` such as `1700000000.000123`, later than every one before."""
        self._last = max(int(time.time() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)
