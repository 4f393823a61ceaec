"""Airflow's cluster policies: what a DAG file must be before Airflow takes it.

They run in the DAG processor and in every worker. Where `AIRDESK_VERIFY_KEY` names the publisher's
public key, only what the publisher signed is imported at all; there, and where `AIRDESK_POLICY`
names a policy, all of the platform's rules are kept. Without either, only files of a DAG bundle
are looked at, and only for the team's prefix.
"""

from __future__ import annotations

import os
from typing import Any

from airflow.policies import hookimpl

if os.environ.get("AIRDESK_VERIFY_KEY") or os.environ.get("AIRDESK_POLICY"):
    # Airflow parses each file in a fork of the process that loads this module: what is imported
    # here, the forks have; what is imported in a hook, each of them would load again.
    from airdesk_airflow import signed_files  # noqa: F401  loaded for the forks, used in the hooks
    from airdesk_airflow.dag_rules import warm_up

    warm_up()


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
    """A DAG stands in its place, its file is signed, and it keeps the platform's rules.

    Airflow calls this with all tasks in the DAG, right before it would ask about each of them, so
    that everything that is wrong is said at once.

    Raises:
        AirflowClusterPolicyViolation: with sentences that become the import error.
    """
    from airdesk_airflow.dag_rules import require_place, require_rules
    from airdesk_airflow.rules import is_named
    from airdesk_airflow.signed_files import in_a_bundle, require_signed, verify_key

    key = verify_key()
    ruled = key is not None or is_named()
    if ruled or in_a_bundle(dag.fileloc):
        require_place(dag)
    if key is not None:
        require_signed(dag.fileloc, key)
    if ruled:
        require_rules(dag)
