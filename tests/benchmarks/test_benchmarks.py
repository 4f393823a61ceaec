"""The harness measures, prints its figures in their form, and compares the same DAGs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"bench render\.[a-z0-9_.]+ -?\d+\.\d+ (?:s|ms|x)")


@pytest.mark.xdist_group("airflow")
def test_the_harness_works_on_tiny_fleets():
    done = _python("-m", "benchmarks", "render", "--small")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if not FIGURE.fullmatch(line)] == []
    names = {line.split()[1].removeprefix("render.") for line in lines}
    assert {
        *("cold_per_manifest", "one_changed_of12", "profile.reading_yaml", "profile.rendering"),
        *("dagbag4.ours_by_hand_written", "dagbag4.ours_by_dag_factory"),
        *("dagbag8.ours_by_hand_written", "dagbag8.ours_by_dag_factory"),
        *("processor4.ours_by_hand_written", "processor4.ours_by_dag_factory"),
    } <= names


def test_an_unknown_area_is_refused():
    done = _python("-m", "benchmarks", "rendering")
    assert done.returncode == 2
    assert "there is no area rendering" in done.stderr


@pytest.mark.xdist_group("airflow")
def test_all_ways_give_the_same_dags(tmp_path):
    """Otherwise a ratio would compare apples with pears."""
    script = tmp_path / "describe.py"
    script.write_text(DESCRIBE)
    done = _python(str(script), str(tmp_path / "fleet"), str(ROOT))
    assert done.returncode == 0, done.stderr
    ours, by_hand, factory, factory_one = json.loads(done.stdout.splitlines()[-1])
    assert len(ours) == 8
    assert by_hand == ours
    assert factory == ours
    assert factory_one == ours


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )


DESCRIBE = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from benchmarks.render.airflow_settings import environment
from benchmarks.render.fleet import Fleet
fleet = Fleet(Path(sys.argv[1]), 8)
fleet.write()
os.environ.update(environment(fleet.root / "home"))
from airflow.dag_processing.dagbag import DagBag

def of_task(task):
    return [type(task).__name__, task.queue, task.retries, str(task.retry_delay),
            str(task.execution_timeout), task.owner, str(task.trigger_rule),
            sorted(task.upstream_task_ids)]

def of_dag(dag):
    return {"tasks": {task.task_id: of_task(task) for task in dag.tasks},
            "tags": sorted(set(dag.tags) - {"dagfactory"}), "catchup": dag.catchup,
            "runs": dag.max_active_runs, "start": str(dag.start_date.date()),
            "params": dag.params.dump(), "description": dag.description,
            "access": {role: sorted(rights["DAGs"]) for role, rights in dag.access_control.items()}}

every = []
for way in fleet.ways:
    folder = fleet.root / way
    sys.path.append(str(folder))
    bag = DagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="bench")
    assert not bag.import_errors, bag.import_errors
    every.append({name: of_dag(dag) for name, dag in sorted(bag.dags.items())})
print(json.dumps(every))
"""
