"""Loading rendered DAGs in a real Airflow, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

TIMEOUT_SECONDS = 300


class AirflowMissing(Exception):
    """There is no Airflow to load with, or it did not start; the text says what to do."""


class LoadedTask(BaseModel):
    model_config = ConfigDict(frozen=True)

    task_id: str
    operator: str
    owner: str
    queue: str
    retries: int
    upstream: tuple[str, ...]


class LoadedDag(BaseModel):
    """A DAG as Airflow sees it; `problems` are sentences about what it cannot do with it."""

    model_config = ConfigDict(frozen=True)

    dag_id: str
    file: str
    access_control: dict[str, dict[str, tuple[str, ...]]]
    schedule: str
    tasks: tuple[LoadedTask, ...]
    problems: tuple[str, ...]


class Loaded(BaseModel):
    """What Airflow made of a folder. Paths are relative to it."""

    model_config = ConfigDict(frozen=True)

    airflow: str
    dags: tuple[LoadedDag, ...]
    import_errors: dict[str, str]


def load(folder: Path, *, python: str | None = None) -> Loaded:
    """Let Airflow parse a folder.

    Raises:
        AirflowMissing: Airflow is not installed there, does not start or does not end.
    """
    with tempfile.TemporaryDirectory(prefix="airdesk-test-") as home:
        report = Path(home) / "loaded.json"
        script = str(Path(__file__).with_name("in_airflow.py"))
        command = [python or sys.executable, script, str(folder.resolve()), str(report)]
        try:
            done = subprocess.run(
                command,
                env=_environment(home),
                cwd=home,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AirflowMissing(f"Airflow did not end in {TIMEOUT_SECONDS} s.") from None
        except OSError as error:
            raise AirflowMissing(f"{command[0]} cannot be run: {error.strerror}.") from None
        if not report.exists():
            raise AirflowMissing(_why(done.stderr))
        data: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return Loaded.model_validate(data)


def _environment(home: str) -> dict[str, str]:
    """Ours without what would lead Airflow elsewhere: its settings, our settings, our modules."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "AIRDESK_", "_AIRFLOW")) and name != "PYTHONPATH"
    }
    return {
        **kept,
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": f"{home}/none",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _why(stderr: str) -> str:
    if "No module named 'airflow'" in stderr:
        return "Airflow is not installed here. Name a Python that has it with --python."
    last = [line for line in stderr.strip().splitlines() if line.strip()][-3:]
    return "Airflow did not start: " + " / ".join(last or ["it said nothing"])
