"""Having Airflow fetch a DAG bundle now, through Airdesk's endpoint."""

from __future__ import annotations

from urllib.parse import quote

from airdesk.clients.airflow.asking import Asking


class Bundles(Asking):
    def refresh(self, bundle: str) -> None:
        path = f"/airdesk/v1/bundles/{quote(bundle, safe='')}/refresh"
        self.ask(path, {}, doing=f"refresh its DAG bundle {bundle}")
