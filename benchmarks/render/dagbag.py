"""Airflow's DagBag over each way of writing the same DAGs, all in one process, interleaved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, ratio, say, seconds
from benchmarks.render.airflow_settings import environment
from benchmarks.render.fleet import Fleet
from benchmarks.render.plan import Plan

SCRIPT = Path(__file__).with_name("load_bags.py")


def figures(fleet: Fleet, plan: Plan) -> Iterator[Figure]:
    """First from sources alone, as after a change; then again with Python's compiled files."""
    for name, compiled in (("dagbag", False), ("dagbag_compiled", True)):
        say(f"{name}: {fleet.size} DAGs, {plan.bag_rounds} round(s)")
        times = _times(fleet, fleet, fleet.ways, plan.bag_rounds, compiled=compiled)
        yield from _figures(f"{name}{fleet.size}", times)


def large_figures(fleet: Fleet, small: Fleet, plan: Plan) -> Iterator[Figure]:
    """From sources alone, without the one large YAML file: there is no time for more."""
    rounds = plan.large_bag_rounds
    while rounds > 1 and plan.left < rounds * fleet.size * _MOST_PER_DAG:
        rounds -= 1
    say(f"dagbag: {fleet.size} DAGs, {rounds} round(s)")
    ways = ("ours", "by_hand", "factory")
    times = _times(fleet, small, ways, rounds, compiled=False)
    yield from _figures(f"dagbag{fleet.size}", times)


_MOST_PER_DAG = 0.02
"""Seconds that all ways together may take for one DAG of the large fleet."""


def _figures(name: str, times: dict[str, list[float]]) -> Iterator[Figure]:
    yield from seconds(name, times)
    yield ratio(f"{name}.ours_by_hand_written", times["ours"], times["by_hand"])
    yield ratio(f"{name}.ours_by_dag_factory", times["ours"], times["factory"])
    if "factory_one" in times:
        yield ratio(f"{name}.ours_by_dag_factory_one_yaml", times["ours"], times["factory_one"])


def _times(
    fleet: Fleet, warm: Fleet, ways: tuple[str, ...], rounds: int, *, compiled: bool
) -> dict[str, list[float]]:
    """Contestant to the seconds of each round; `warm` is loaded once before, unmeasured."""
    writing = {} if compiled else {"PYTHONDONTWRITEBYTECODE": "1"}
    folders = [str(one.root) for one in (warm, fleet)]
    done = subprocess.run(
        [sys.executable, SCRIPT, *folders, str(fleet.size), str(rounds), *ways],
        env=environment(fleet.root / "home", **writing),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Airflow could not load the fleet:\n{done.stderr[-3000:]}")
    times: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return times
