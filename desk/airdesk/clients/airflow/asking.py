"""Requests to Airdesk's own endpoint in Airflow."""

from __future__ import annotations

import httpx

from airdesk.clients.airflow.session import NO_ANSWER, Session, failure, rejects_token
from airdesk.errors import Unavailable


class Asking(Session):
    def ask(self, path: str, body: dict[str, object], *, doing: str) -> httpx.Response:
        """Post to the endpoint; `doing` completes "Airflow refused to …".

        Sent once, and once more only where Airflow no longer takes our token.

        Raises:
            Refused: with the endpoint's own sentence where it gives one.
            Unavailable: Airflow does not answer.
        """
        answer = self._post(path, body, self.token())
        if rejects_token(answer.status_code, answer.text):
            answer = self._post(path, body, self.token(renew=True))
        if not answer.is_success:
            raise failure(answer.status_code, doing, _detail(answer))
        return answer

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
