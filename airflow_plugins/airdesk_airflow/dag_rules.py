"""What a DAG must be: in its team's folder, with its team's prefix and its team's rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airdesk_render.names import Team, dag_name_of, team_of_dag
from airflow.exceptions import AirflowClusterPolicyViolation

from airdesk_airflow.rules import policy


def require_place(dag: Any) -> Team:
    """The DAG's team, if id, folder and file name agree.

    Raises:
        AirflowClusterPolicyViolation: they do not.
    """
    file = _central_path(dag)
    try:
        team = team_of_dag(dag.dag_id)
    except ValueError as error:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {dag.dag_id} has no team's prefix. A DAG in {file} is named "
            f"{file.split('/')[0]}.<name>."
        ) from error
    expected = team.central_file(dag_name_of(dag.dag_id))
    if file != expected:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {dag.dag_id} stands in {file}; its place is {expected}. "
            "A team publishes only below its own folder."
        )
    return team


def require_rights(dag: Any) -> None:
    """The DAG opens itself to its own team and to nobody else.

    Raises:
        AirflowClusterPolicyViolation: its `access_control` says something else.
    """
    team = team_of_dag(dag.dag_id)
    expected = policy().access_control_of(team)
    found = {
        role: {resource: sorted(actions) for resource, actions in rights.items()}
        for role, rights in (dag.access_control or {}).items()
    }
    if found != expected:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: access_control of {dag.dag_id} must be {expected} and is {found}. "
            "The publisher renders it so; the platform team looks at the policy's version."
        )


def _central_path(dag: Any) -> str:
    """Where the file lies in the bundle, or its last two parts where Airflow does not say."""
    relative = Path(getattr(dag, "relative_fileloc", None) or dag.fileloc)
    return "/".join(relative.parts[-2:]) if relative.is_absolute() else relative.as_posix()
