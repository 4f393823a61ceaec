"""Airflow's secrets backend for the connections of teams. Only the API server is given it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from airflow.providers.hashicorp._internal_client.vault_client import VaultError
from airflow.providers.hashicorp.secrets.vault import VaultBackend
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from fastapi import HTTPException
from requests import RequestException

from airdesk_airflow.clearance import is_cleared
from airdesk_airflow.conn_ids import team_connection
from airdesk_airflow.refusal import detail_of
from airdesk_airflow.vault_words import VaultReadError, missing, read_error


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


class AirdeskVaultBackend(VaultBackend):  # type: ignore[misc]  # mypy follows no import into Airflow
    """Reads `growth.warehouse` from `connections/growth/warehouse`, where the guard agreed.

    A connection id without a team is none of ours: `None` lets Airflow ask its next backend. For a
    team's connection there is no next backend: whatever hinders us is a final no.
    """

    def read(self, path: str) -> dict[str, Any] | None:
        """The document at a path below the mount, or `None` where there is none.

        Raises:
            VaultReadError: Vault is sealed, away or refuses us.
        """
        try:
            document: dict[str, Any] | None = self.vault_client.get_secret(secret_path=path)
        except VaultError as error:
            raise read_error(error) from error
        except RequestException as error:
            remedy = "retry the task when it is back"
            raise VaultReadError("Vault does not answer", remedy) from error
        return document

    def get_conn_value(self, conn_id: str, team_name: str | None = None) -> str | None:
        """The connection as JSON, or `None` for ids that belong to no team.

        Raises:
            ConnectionRefused: no guard has agreed, Vault cannot be read or does not hold it.
        """
        connection = team_connection(conn_id)
        if connection is None:
            return None
        if not is_cleared(conn_id):
            raise ConnectionRefused(
                f"Airdesk: {conn_id} is read only for a running task and behind Airdesk's guard. "
                "If a task asked, the API server runs without Airdesk's plugin; the platform team "
                "starts it with core and execution together."
            )
        try:
            fields = self.read(connection.team.vault_connection(connection.name))
        except VaultReadError as problem:
            raise ConnectionRefused(problem.about(conn_id)) from problem
        if fields is None:
            raise ConnectionRefused(missing(connection))
        return str(fields["conn_uri"]) if fields.get("conn_uri") else json.dumps(fields)

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        """None: variables do not come from Vault."""
        return None
