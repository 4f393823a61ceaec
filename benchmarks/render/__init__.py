"""The renderer: our files against hand-written ones and dag-factory, and how fast we write them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, Options, say
from benchmarks.render import dagbag, processor, speed
from benchmarks.render.fleet import Fleet
from benchmarks.render.plan import TimeIsUp, plan_of

_WORTH_BEGINNING = 20
"""Seconds that must be left for a part to begin."""


def run(options: Options) -> Iterator[Figure]:
    """All figures, as they come."""
    plan = plan_of(options)
    with tempfile.TemporaryDirectory(prefix="airdesk-bench-") as folder:
        home = Path(folder)
        small = Fleet(home / "small", plan.small)
        large = Fleet(home / "large", plan.large)
        parts = (
            lambda: speed.figures(home / "speed", plan),
            lambda: dagbag.figures(small, plan),
            lambda: processor.figures(small, plan),
            lambda: dagbag.large_figures(large, small, plan),
        )
        for number, part in enumerate(parts, start=1):
            if plan.left < _WORTH_BEGINNING:
                say(f"left out: part {number} of {len(parts)}, for the ten minutes are over")
                continue
            try:
                yield from part()
            except TimeIsUp as error:
                say(f"left out: {error} would have taken longer than ten minutes allow")
