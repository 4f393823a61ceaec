"""FAB's auth manager, for which the approvers of a task are people of the directory.

A rendered file knows nobody's id in Airflow's database, which is what FAB compares by itself.
Set `[core] auth_manager` to `airdesk_airflow.auth_manager.AirdeskFabAuthManager`. The setting must
hold the word `FabAuthManager`: by that Airflow knows that a DAG's `access_control` is to be synced
(`_serialize_dag_capturing_errors` in `airflow.dag_processing.collection`, 3.3.2).
"""

from __future__ import annotations

from typing import Any

from airflow.providers.fab.auth_manager.fab_auth_manager import FabAuthManager


class AirdeskFabAuthManager(FabAuthManager):  # type: ignore[misc]  # mypy follows no import into Airflow
    def is_authorized_hitl_task(self, *, assigned_users: set[str], user: Any) -> bool:
        """Whether the person may answer a question that names who may; by directory name."""
        return user.username in assigned_users
