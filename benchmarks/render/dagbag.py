"""Airflow's DagBag over each way of writing the same DAGs, all in one process, interleaved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, ratio, say, seconds
from benchmarks.render.airflow_settings import environment
from benchmarks.render.fleet import Fleet
from benchmarks.render.plan import Plan

SCRIPT = Path(__file__).with_name("load_bags.py")


@dataclass(frozen=True)
class _Order:
    """What is loaded; `warm` is loaded once before, unmeasured."""

    fleet: Fleet
    warm: Fleet
    ways: tuple[str, ...]
    rounds: int
    compiled: bool


def figures(fleet: Fleet, plan: Plan) -> Iterator[Figure]:
    """First from sources alone, as after a change; then again with Python's compiled files."""
    fleet.write()
    for name, compiled in (("dagbag", False), ("dagbag_compiled", True)):
        say(f"{name}: {fleet.size} DAGs, {plan.bag_rounds} round(s)")
        order = _Order(fleet, fleet, fleet.ways, plan.bag_rounds, compiled)
        yield from _figures(f"{name}{fleet.size}", _times(order, plan))


def large_figures(fleet: Fleet, small: Fleet, plan: Plan) -> Iterator[Figure]:
    """From sources alone, without the one large YAML file: there is no time for more."""
    fleet.write()
    say(f"dagbag: {fleet.size} DAGs, {plan.large_bag_rounds} round(s), or one if time is short")
    order = _Order(fleet, small, ("ours", "by_hand", "factory"), plan.large_bag_rounds, False)
    yield from _figures(f"dagbag{fleet.size}", _times(order, plan))


def _figures(name: str, times: dict[str, list[float]]) -> Iterator[Figure]:
    yield from seconds(name, times)
    yield ratio(f"{name}.ours_by_hand_written", times["ours"], times["by_hand"])
    yield ratio(f"{name}.ours_by_dag_factory", times["ours"], times["factory"])
    if "factory_one" in times:
        yield ratio(f"{name}.ours_by_dag_factory_one_yaml", times["ours"], times["factory_one"])


def _times(order: _Order, plan: Plan) -> dict[str, list[float]]:
    """Contestant to the seconds of each round."""
    writing = {} if order.compiled else {"PYTHONDONTWRITEBYTECODE": "1"}
    folders = (str(order.warm.root), str(order.fleet.root))
    numbers = (str(order.fleet.size), str(order.rounds), str(plan.left - 20))
    said, _ = plan.run(
        [sys.executable, SCRIPT, *folders, *numbers, *order.ways],
        env=environment(order.fleet.root / "home", **writing),
    )
    times: dict[str, list[float]] = json.loads(said.splitlines()[-1])
    return times
