"""Run by tests with Airflow's settings in its environment: one run of a DAG from a GitDagBundle.

Prints a JSON object: what was parsed, the state of each task and what it returned.
"""

from __future__ import annotations

import json
import sys

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag
from airflow.utils import db


def main(dag_id: str) -> None:
    db.initdb()
    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    bundle = manager.get_bundle("central")
    bundle.initialize()
    bag = DagBag(dag_folder=str(bundle.path), bundle_path=bundle.path, bundle_name="central")
    result = {"dags": sorted(bag.dags), "import_errors": bag.import_errors, "tasks": {}}
    if dag_id in bag.dags:
        run = bag.dags[dag_id].test()
        for instance in run.get_task_instances():
            returned = instance.xcom_pull(task_ids=instance.task_id)
            result["tasks"][instance.task_id] = [str(instance.state), returned]
    # What a mapped task returned comes as a sequence that is read when asked for.
    print("RESULT " + json.dumps(result, default=list))


if __name__ == "__main__":
    main(sys.argv[1])
