"""Run in a process of its own: let Airflow parse a folder with the platform's policies."""

from __future__ import annotations

import json
import sys


def main(folder: str) -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(folder, safe_mode=False)
    errors = {file.removeprefix(f"{folder}/"): text for file, text in bag.import_errors.items()}
    print("RESULT", json.dumps({"dags": sorted(bag.dags), "errors": errors}))


if __name__ == "__main__":
    main(sys.argv[1])
