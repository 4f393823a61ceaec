"""From the Airflow client's models to ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow_client.client.models import DAGResponse, DAGRunResponse

from airdesk.model import DagState, Rows, Run


def dag_url(base: str, dag_id: str) -> str:
    return f"{base}/dags/{quote(dag_id, safe='')}"


def run_url(base: str, dag_id: str, run_id: str) -> str:
    return f"{dag_url(base, dag_id)}/runs/{quote(run_id, safe='')}"


def dag_of(given: DAGResponse, base: str) -> DagState:
    return DagState(
        dag_id=given.dag_id,
        bundle_version=given.bundle_version,
        is_paused=given.is_paused,
        is_stale=given.is_stale,
        next_run_at=given.next_dagrun_run_after,
        url=dag_url(base, given.dag_id),
    )


def run_of(given: DAGRunResponse, base: str) -> Run:
    return Run(
        dag_id=given.dag_id,
        run_id=given.dag_run_id,
        state=str(given.state.value),
        started_at=given.start_date,
        ended_at=given.end_date,
        bundle_version=given.bundle_version,
        triggered_by=given.triggering_user_name,
        url=run_url(base, given.dag_id, given.dag_run_id),
    )


def rows_of(value: Any) -> Rows | None:
    """Rows from what `sql_query@1` pushed: `{"columns": […], "rows": [[…]], "total": n}`."""
    if not isinstance(value, dict):
        return None
    columns, rows, total = value.get("columns"), value.get("rows"), value.get("total")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return None
    return Rows(
        columns=tuple(str(column) for column in columns),
        rows=tuple(tuple(_text(cell) for cell in row) for row in rows if isinstance(row, list)),
        total=total if isinstance(total, int) else None,
    )


def _text(cell: Any) -> str:
    """A cell as a person reads it; empty for SQL's NULL."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
