"""The renderer: our files against hand-written ones and dag-factory, and how fast we write them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Options, say
from benchmarks.render import dagbag, processor, speed
from benchmarks.render.fleet import Fleet
from benchmarks.render.plan import plan_of


def run(options: Options) -> Iterator[Figure]:
    """All figures, as they come."""
    plan = plan_of(options)
    with tempfile.TemporaryDirectory(prefix="airdesk-bench-") as folder:
        home = Path(folder)
        yield from speed.figures(home / "speed", plan)
        small = Fleet(home / "small", plan.small)
        large = Fleet(home / "large", plan.large)
        for fleet in (small, large):
            say(f"writing {fleet.size} DAGs in four ways")
            fleet.write()
        yield from dagbag.figures(small, plan)
        yield from processor.figures(small)
        yield from dagbag.large_figures(large, small, plan)
