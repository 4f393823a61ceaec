"""How much is measured, so that all of it ends within ten minutes on two cores."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from benchmarks.figures import Options


@dataclass(frozen=True)
class Plan:
    """Sizes and rounds.

    Attributes:
        small, large: DAGs of the two fleets.
        manifests: for our own renderer.
        seconds: what all of it may take; rounds are left out for it, and that is said.
    """

    small: int
    large: int
    manifests: int
    cold_rounds: int
    changed_rounds: int
    bag_rounds: int
    large_bag_rounds: int
    seconds: float = 560
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until everything should have ended."""
        return self.began + self.seconds - time.monotonic()


def plan_of(options: Options) -> Plan:
    if options.small:
        return Plan(4, 8, 12, cold_rounds=1, changed_rounds=1, bag_rounds=1, large_bag_rounds=1)
    return Plan(
        500, 5_000, 10_000, cold_rounds=2, changed_rounds=7, bag_rounds=3, large_bag_rounds=2
    )
