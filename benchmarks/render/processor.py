"""The real `airflow dag-processor` over each way of writing the same DAGs."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, ratio, say, seconds
from benchmarks.render.airflow_settings import environment
from benchmarks.render.fleet import Fleet
from benchmarks.render.plan import Plan

AIRFLOW = Path(sys.executable).with_name("airflow")


def figures(fleet: Fleet, plan: Plan) -> Iterator[Figure]:
    """From the start of `dag-processor --num-runs 1` to its end, into an empty SQLite database.

    One round each, of the small fleet alone: each file has a process of its own there, whatever
    their number, and ten times as many would take ten times as long.
    """
    fleet.write()
    say(f"dag-processor: {fleet.size} DAGs, 1 round")
    empty = fleet.root / "empty"
    plan.run([AIRFLOW, "db", "migrate"], env=environment(empty))
    times = {name: [_processed(fleet, name, empty, plan)] for name in fleet.ways}
    name = f"processor{fleet.size}"
    yield from seconds(name, times)
    yield ratio(f"{name}.ours_by_hand_written", times["ours"], times["by_hand"])
    yield ratio(f"{name}.ours_by_dag_factory", times["ours"], times["factory"])
    yield ratio(f"{name}.ours_by_dag_factory_one_yaml", times["ours"], times["factory_one"])


def _processed(fleet: Fleet, name: str, empty: Path, plan: Plan) -> float:
    """Seconds for one way; all its DAGs must then be in Airflow's database, without errors."""
    home = fleet.root / "processor"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(empty, home)
    bundle = {
        "name": "bench",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(fleet.root / name)},
    }
    settings = environment(
        home,
        AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=json.dumps([bundle]),
        AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES="2",
        PYTHONPATH=str(fleet.root / name),
    )
    _, took = plan.run([AIRFLOW, "dag-processor", "--num-runs", "1"], env=settings)
    _require_all(home, fleet.size, name)
    return took


def _require_all(home: Path, size: int, name: str) -> None:
    with sqlite3.connect(home / "airflow.db") as database:
        (dags,) = database.execute("select count(*) from serialized_dag").fetchone()
        errors = database.execute("select filename, stacktrace from import_error").fetchall()
    if dags != size or errors:
        raise RuntimeError(f"{name}: {dags} of {size} DAGs, import errors: {errors[:1]}")
