"""How much is measured, so that all of it ends within ten minutes on two cores."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Options


class TimeIsUp(Exception):
    """A part did not end in the time that was left."""


@dataclass(frozen=True)
class Plan:
    """Sizes and rounds.

    Attributes:
        small, large: DAGs of the two fleets.
        manifests: for our own renderer.
        seconds: what all of it may take; parts are left out for it, and that is said.
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

    def run(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> tuple[str, float]:
        """Run a command to its end: what it printed, and the seconds it took.

        Raises:
            TimeIsUp: it would take longer than all may take.
            RuntimeError: it failed.
        """
        name = f"{Path(command[0]).name} {Path(command[1]).name}"
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command, env=env, cwd=cwd, capture_output=True, text=True, check=False,
                timeout=max(self.left, 1),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise TimeIsUp(name) from None
        took = time.perf_counter() - began
        if done.returncode:
            raise RuntimeError(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout, took


def plan_of(options: Options) -> Plan:
    if options.small:
        return Plan(4, 8, 12, cold_rounds=1, changed_rounds=1, bag_rounds=1, large_bag_rounds=1)
    return Plan(
        500, 5_000, 10_000, cold_rounds=2, changed_rounds=7, bag_rounds=3, large_bag_rounds=2
    )
