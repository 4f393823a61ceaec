"""Loading rendered DAGs in a real Airflow, in processes of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from airdesk_render.loading.loaded import Loaded, LoadedFile
from airdesk_render.loading.process import Order, lines_of

FILES_PER_PROCESS = 250
"""A second process pays from about here on: Airflow takes seconds to start, a file milliseconds."""

Progress = Callable[[int, int], None]


def load(
    folder: Path,
    *,
    python: str | None = None,
    policy_file: Path | None = None,
    catalogue_folder: Path | None = None,
    date: str | None = None,
    progress: Progress | None = None,
    processes: int | None = None,
) -> Loaded:
    """Let Airflow parse all Python files of a folder.

    Args:
        policy_file: rules that Airdesk's cluster policies enforce, where they are installed.
        catalogue_folder: a shared operator repository, whose classes they then let pass.
        date: ISO date or moment of the run for which templates are filled in; without it each
            DAG's next one.
        progress: called with how many files are done and how many there are.

    Raises:
        AirflowMissing: Airflow is not installed there, does not start or does not end.
    """
    folder = folder.resolve()
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    shares = _shares(files, processes)
    done = _Counter(len(files), progress)
    with tempfile.TemporaryDirectory(prefix="airdesk-test-") as home:
        environment = _environment(home, policy_file, catalogue_folder)
        orders = [
            Order(python or sys.executable, folder, share, date, Path(home) / str(number))
            for number, share in enumerate(shares)
        ]
        with ThreadPoolExecutor(len(orders)) as pool:
            told = list(pool.map(lambda order: lines_of(order, environment, done.one), orders))
    return Loaded(
        airflow=told[0].version,
        policies=told[0].policies,
        files=tuple(_files(line for one in told for line in one.lines)),
    )


def _shares(files: list[str], processes: int | None) -> list[list[str]]:
    """The files for each process; neighbours go to different ones, as they take alike."""
    wanted = processes or len(files) // FILES_PER_PROCESS
    count = max(1, min(wanted, len(os.sched_getaffinity(0)), 16))
    return [files[number::count] for number in range(count)]


class _Counter:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.progress, self.count = total, progress, 0

    def one(self) -> None:
        self.count += 1
        if self.progress is not None:
            self.progress(self.count, self.total)


def _files(lines: Iterable[dict[str, Any]]) -> list[LoadedFile]:
    files = [
        LoadedFile.model_validate(
            {**line, "dags": [{**dag, "file": line["file"]} for dag in line["dags"]]}
        )
        for line in lines
    ]
    return sorted(files, key=lambda file: file.file)


def _environment(
    home: str, policy_file: Path | None, catalogue_folder: Path | None
) -> dict[str, str]:
    """Ours without what would lead Airflow elsewhere: its settings, our settings, our modules."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "AIRDESK_", "_AIRFLOW")) and name != "PYTHONPATH"
    }
    named = {"AIRDESK_POLICY": policy_file, "AIRDESK_CATALOGUE": catalogue_folder}
    ours = {name: str(path.resolve()) for name, path in named.items() if path is not None}
    return {
        **kept,
        **ours,
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": f"{home}/none",
        # Airflow refuses tasks of an executor that is not set; who may use which, policy says.
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor,CeleryExecutor,KubernetesExecutor",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DO_NOT_TRACK": "1",
    }
