"""The environment in which Airflow is measured: alone, quiet, without telemetry."""

from __future__ import annotations

import os
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    """Ours without settings that lead Airflow elsewhere, with an empty home."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "_AIRFLOW", "AIRDESK_")) and name != "PYTHONPATH"
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "none"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        # dag-factory would tell its makers about each run.
        "DO_NOT_TRACK": "1",
        "SCARF_NO_ANALYTICS": "1",
        **more,
    }
