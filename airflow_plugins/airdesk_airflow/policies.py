"""Airflow's cluster policies: what a DAG file must be before Airflow takes it.

They run in the DAG processor and in every worker. Where `AIRDESK_VERIFY_KEY` names the publisher's
public key, only what the publisher signed is imported at all; without it, as in a team's pipeline,
only files of a DAG bundle are looked at, and only for the team's prefix.
"""

from __future__ import annotations

from typing import Any

from airflow.policies import hookimpl


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]  # mypy follows no import into Airflow
def get_dagbag_import_timeout(dag_file_path: str) -> None:
    """Look at the signature before the file runs: this is the only hook that Airflow calls earlier.

    Gives no timeout of its own; the next implementation, Airflow's, does.

    Raises:
        AirflowClusterPolicyViolation: the file is not what the publisher signed.
    """
    from airdesk_airflow.signed_files import require_signed, verify_key

    if (key := verify_key()) is not None:
        require_signed(dag_file_path, key)


@hookimpl  # type: ignore[untyped-decorator]  # mypy follows no import into Airflow
def dag_policy(dag: Any) -> None:
    """Folder, prefix and rights of a DAG agree, and its file is signed.

    Raises:
        AirflowClusterPolicyViolation: with a sentence that becomes the import error.
    """
    from airdesk_airflow.dag_rules import require_place, require_rights
    from airdesk_airflow.signed_files import in_a_bundle, require_signed, verify_key

    key = verify_key()
    if key is not None or in_a_bundle(dag.fileloc):
        require_place(dag)
    if key is not None:
        require_signed(dag.fileloc, key)
        require_rights(dag)


@hookimpl  # type: ignore[untyped-decorator]  # mypy follows no import into Airflow
def task_policy(task: Any) -> None:
    """A task uses an operator of the catalogue, the forced settings and its team's connections.

    Raises:
        AirflowClusterPolicyViolation: with a sentence that becomes the import error.
    """
    from airdesk_airflow.signed_files import verify_key
    from airdesk_airflow.task_rules import require_task

    if verify_key() is not None:
        require_task(task)
