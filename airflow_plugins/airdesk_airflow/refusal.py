"""The one way in which Airdesk says no inside Airflow."""

from __future__ import annotations

from http import HTTPStatus

from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from fastapi import HTTPException


def detail_of(sentence: str) -> dict[str, str]:
    """The body that Airflow's own clients understand."""
    return {"reason": "access_denied", "message": sentence}


class ConnectionRefused(
    AirflowSecretsBackendAccessDenied,  # type: ignore[misc]  # mypy follows no import into Airflow
    HTTPException,
):
    """A connection that must not or cannot be read; the sentence says why and what to do.

    It has two parents for two readers: Airflow asks one secrets backend after the other and stops
    only at `AirflowSecretsBackendAccessDenied`; FastAPI turns an `HTTPException` into the 403 that
    the task's side takes for a final no.
    """

    def __init__(self, sentence: str) -> None:
        AirflowSecretsBackendAccessDenied.__init__(self, sentence)
        HTTPException.__init__(self, HTTPStatus.FORBIDDEN, detail_of(sentence))
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
