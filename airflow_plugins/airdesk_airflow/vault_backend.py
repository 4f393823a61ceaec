"""Airflow's secrets backend for the connections of teams. Only the API server is given it."""

from __future__ import annotations

import json
from typing import Any

from airflow.providers.hashicorp._internal_client.vault_client import VaultError
from airflow.providers.hashicorp.secrets.vault import VaultBackend
from requests import RequestException

from airdesk_airflow.clearance import is_cleared
from airdesk_airflow.conn_ids import TeamConnection, team_connection
from airdesk_airflow.refusal import ConnectionRefused

LATER = "Nothing was changed"


class VaultReadError(Exception):
    """Vault did not give what was asked for.

    Attributes:
        sentence: what is wrong with Vault, without the subject, such as `Vault is sealed`.
        remedy: who does what next.
    """

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def about(self, what: str) -> str:
        """The whole sentence for the person whose task needed `what`."""
        return f"Airdesk: {self.sentence}, so {what} cannot be read. {LATER}; {self.remedy}."


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
            raise _unreadable(error) from error
        except RequestException as error:
            raise VaultReadError(
                "Vault does not answer", "retry the task when it is back"
            ) from error
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


def missing(connection: TeamConnection, meant: str | None = None) -> str:
    """The sentence for a connection that Vault does not hold."""
    hint = f"Did you mean {meant}?" if meant else "Ask security to create it, or correct its name."
    return f"Airdesk: {connection} does not exist in Vault. {hint}"


def _unreadable(error: Exception) -> VaultReadError:
    # hvac's own classes belong to other members of the workspace; their names are enough here.
    kind = type(error).__name__
    if "sealed" in str(error).lower():
        return VaultReadError("Vault is sealed", "security unseals it, then retry the task")
    if kind in {"VaultDown", "BadGateway", "InternalServerError", "VaultNotInitialized"}:
        return VaultReadError("Vault is not ready", "retry the task when it is")
    if kind in {"Forbidden", "Unauthorized", "InvalidRequest"}:
        return VaultReadError(
            "Vault does not accept Airflow", "security checks Airflow's role and policy in Vault"
        )
    sentence = f"Vault answered with an error ({kind})"
    return VaultReadError(sentence, "security looks at Vault's log")
