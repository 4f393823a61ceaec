"""Run by tests with Airflow's settings in its environment: one run of a DAG from a GitDagBundle.

Prints a JSON object: what was parsed, the state of each task and what it returned, and which other
DAGs wait for their turn now because an asset was updated.
"""

from __future__ import annotations

import json
import sys

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.asset import AssetDagRunQueue
from airflow.models.dag import DagModel
from airflow.utils import db
from airflow.utils.session import create_session
from sqlalchemy import select, update


def main(dag_id: str) -> None:
    db.initdb()
    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    bundle = manager.get_bundle("central")
    bundle.initialize()
    bag = DagBag(dag_folder=str(bundle.path), bundle_path=bundle.path, bundle_name="central")
    result = {"dags": sorted(bag.dags), "import_errors": bag.import_errors, "tasks": {}}
    if dag_id in bag.dags:
        sync_bag_to_db(bag, "central", None)
        with create_session() as session:
            session.execute(update(DagModel).values(is_paused=False))
        run = bag.dags[dag_id].test()
        for instance in run.get_task_instances():
            returned = instance.xcom_pull(task_ids=instance.task_id)
            result["tasks"][instance.task_id] = [str(instance.state), returned]
        with create_session() as session:
            result["queued"] = sorted(session.scalars(select(AssetDagRunQueue.target_dag_id)))
    # What a mapped task returned comes as a sequence that is read when asked for.
    print("RESULT " + json.dumps(result, default=list))


if __name__ == "__main__":
    main(sys.argv[1])
