"""A DAG for every operator of a shared repository, to be loaded in a real Airflow.

Only Airflow knows whether a class exists and takes the arguments that a definition gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airdesk_render.catalogue import Catalogue
from airdesk_render.names import Team
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.parsing import parse_manifest
from airdesk_render.policy import default_policy
from airdesk_render.render import render_dag


def example_dags(catalogue: Catalogue, keys: Iterable[str], team: Team) -> dict[str, bytes]:
    """Files by path in a central repository: one DAG per operator, a task per example.

    Raises:
        ValueError: an operator's own example will not do.
    """
    files: dict[str, bytes] = {}
    for key in keys:
        files |= _dag(catalogue, catalogue.operators[key], team)
    return files


def _dag(catalogue: Catalogue, operator: type[ManagedOperator], team: Team) -> Mapping[str, bytes]:
    name = f"{operator.name()}_{operator.version()}"
    tasks: dict[str, Any] = {
        f"example_{index}": {"operator": operator.key(), **example}
        for index, example in enumerate(operator.examples, start=1)
    }
    data = {
        "version": 1,
        "dag_id": name,
        "description": operator.summary,
        "owners": ["platform"],
        "data_class": "internal",
        "tasks": tasks,
    }
    parsed = parse_manifest(data, catalogue)
    if parsed.manifest is None:
        error = parsed.errors[0]
        where = ".".join(map(str, error.path[2:]))
        raise ValueError(f"The example of {operator.key()} will not do: {where}: {error.message}")
    beside = {
        f"dags/{file}": "" for task in parsed.manifest.tree.tasks.values() for file in task.files()
    }
    return render_dag(
        parsed.manifest,
        team=team,
        policy=default_policy(),
        manifest_path=f"dags/{name}.dag.yaml",
        files=beside,
        catalogue=catalogue,
    ).files
