"""Run by path with a Python that has Airflow: parse a folder, write what Airflow made of it.

It imports nothing of ours, so that the Python which has Airflow needs nothing else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def _dag(dag: Any, folder: Path) -> dict[str, Any]:
    from airflow.serialization.serialized_objects import DagSerialization

    problems = []
    try:
        dag.check_cycle()
        dag.validate()
        DagSerialization.to_dict(dag)
    except Exception as error:
        problems.append(f"{type(error).__name__}: {error}")
    return {
        "dag_id": dag.dag_id,
        "file": Path(dag.fileloc).resolve().relative_to(folder).as_posix(),
        "access_control": {
            role: {resource: sorted(actions) for resource, actions in rights.items()}
            for role, rights in (dag.access_control or {}).items()
        },
        "schedule": str(getattr(dag.timetable, "expression", "") or "manual"),
        "tasks": [_task(task) for task in dag.tasks],
        "problems": problems,
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "task_id": task.task_id,
        "operator": task.task_type,
        "owner": task.owner,
        "queue": task.queue,
        "retries": task.retries,
        "upstream": sorted(task.upstream_task_ids),
    }


def main(folder: Path, report: Path) -> None:
    import airflow
    from airflow.dag_processing.dagbag import DagBag

    sys.path.append(str(folder))
    bag = DagBag(dag_folder=str(folder), safe_mode=False)
    data = {
        "airflow": airflow.__version__,
        "dags": [_dag(dag, folder) for _, dag in sorted(bag.dags.items())],
        "import_errors": {
            Path(file).resolve().relative_to(folder).as_posix(): str(text)
            for file, text in sorted(bag.import_errors.items())
        },
    }
    report.write_text(json.dumps(data), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
