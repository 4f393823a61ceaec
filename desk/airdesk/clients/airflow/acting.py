"""Changes in Airflow, done as the person through Airdesk's endpoint."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from airdesk.clients.airflow.session import NO_ANSWER, Session, failure, rejects_token
from airdesk.clients.airflow.shapes import run_url
from airdesk.errors import Unavailable
from airdesk.model import Run


class Acting(Session):
    def trigger(self, directory_uid: str, dag_id: str, *, run_id: str) -> Run:
        person, dag = quote(directory_uid, safe=""), quote(dag_id, safe="")
        path = f"/airdesk/v1/act-as/{person}/dags/{dag}/runs"
        body: dict[str, object] = {"run_id": run_id, "conf": {}}
        answer = self._post(path, body, self.token())
        if rejects_token(answer.status_code, answer.text):
            answer = self._post(path, body, self.token(renew=True))
        if not answer.is_success:
            raise failure(answer.status_code, f"start {dag_id}", _detail(answer))
        given = answer.json()
        return Run(
            dag_id=given["dag_id"],
            run_id=given["run_id"],
            state=given["state"],
            triggered_by=directory_uid,
            url=run_url(self.public_url, given["dag_id"], given["run_id"]),
        )

    def _post(self, path: str, body: dict[str, object], token: str) -> httpx.Response:
        try:
            return self.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
        except httpx.TransportError as error:
            raise Unavailable("Airflow", NO_ANSWER) from error


def _detail(answer: httpx.Response) -> str | None:
    """The sentence that the endpoint gives for people."""
    try:
        detail = answer.json().get("detail")
    except (ValueError, AttributeError):
        return None
    return detail if isinstance(detail, str) else None
