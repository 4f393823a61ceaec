"""Changes in Airflow, done as the person through Airdesk's endpoint."""

from __future__ import annotations

from urllib.parse import quote

from airdesk.clients.airflow.asking import Asking
from airdesk.clients.airflow.shapes import run_url
from airdesk.model import Run


class Acting(Asking):
    def trigger(self, directory_uid: str, dag_id: str, *, run_id: str) -> Run:
        person, dag = quote(directory_uid, safe=""), quote(dag_id, safe="")
        given = self.ask(
            f"/airdesk/v1/act-as/{person}/dags/{dag}/runs",
            {"run_id": run_id, "conf": {}},
            doing=f"start {dag_id}",
        ).json()
        return Run(
            dag_id=given["dag_id"],
            run_id=given["run_id"],
            state=given["state"],
            triggered_by=directory_uid,
            url=run_url(self.public_url, given["dag_id"], given["run_id"]),
        )
