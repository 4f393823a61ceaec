"""Files to DAGs to plain facts, one file after the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .facts import facts_of_dag
from .templates import rendered


def airflow_version() -> str:
    import airflow

    return str(airflow.__version__)


def has_policies() -> bool:
    """Whether Airdesk's cluster policies are installed here and were told what to enforce."""
    from importlib.util import find_spec

    return bool(os.environ.get("AIRDESK_POLICY")) and find_spec("airdesk_airflow") is not None


def parsed(folder: Path, files: list[str], date: str | None) -> Iterator[dict[str, Any]]:
    """Before each file `{"begin": file}`, then `{"file", "error", "dags"}`."""
    from airflow.dag_processing.dagbag import DagBag

    sys.path.append(str(folder))
    bag = DagBag(dag_folder=str(folder), collect_dags=False, safe_mode=False)
    for file in files:
        yield {"begin": file}
        path = str(folder / file)
        # Each file by itself: what stands in two files is told of both, not of the second.
        bag.dags.clear()
        bag.import_errors.clear()
        try:
            dags = bag.process_file(path, only_if_updated=False, safe_mode=False)
        except BaseException as error:  # a file may raise anything, SystemExit too
            yield {"file": file, "error": _words(error), "dags": []}
            continue
        found = []
        for dag in sorted(dags, key=lambda dag: str(dag.dag_id)):
            try:
                found.append(_dag(dag, date))
            except Exception as error:  # one DAG that Airflow chokes on must not hide the others
                bag.import_errors[f"{path}#{dag.dag_id}"] = _words(error)
        errors = [str(text) for _, text in sorted(bag.import_errors.items())]
        yield {
            "file": file,
            "error": "\n".join(errors) or None,
            "dags": found,
        }


def _dag(dag: Any, date: str | None) -> dict[str, Any]:
    facts, kept = facts_of_dag(dag)
    for one in rendered(dag, kept, date):
        task = facts["tasks"][one.pop("task")]
        task["sql"] = one["sql"]
        task["problems"] += one["problems"]
    facts["tasks"] = list(facts["tasks"].values())
    return facts


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
