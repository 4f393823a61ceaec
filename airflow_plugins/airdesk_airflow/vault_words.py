"""What to say when Vault does not give a connection."""

from __future__ import annotations

from airdesk_airflow.conn_ids import TeamConnection


class VaultReadError(Exception):
    """Vault did not give what was asked for.

    Attributes:
        sentence: what is wrong with Vault, such as `Vault is sealed`.
        remedy: who does what next.
    """

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def about(self, what: str) -> str:
        """The whole sentence for the person whose task needed `what`."""
        problem = f"Airdesk: {self.sentence}, so {what} cannot be read."
        return f"{problem} Nothing was changed; {self.remedy}."


def missing(connection: TeamConnection, meant: str | None = None) -> str:
    """The sentence for a connection that Vault does not hold."""
    hint = f"Did you mean {meant}?" if meant else "Ask security to create it, or correct its name."
    return f"Airdesk: {connection} does not exist in Vault. {hint}"


def read_error(error: Exception) -> VaultReadError:
    """What an error of the Vault client means for people."""
    # hvac's own classes belong to other members of the workspace; their names are enough here.
    kind = type(error).__name__
    if "sealed" in str(error).lower():
        return VaultReadError("Vault is sealed", "security unseals it, then retry the task")
    if kind in {"VaultDown", "BadGateway", "InternalServerError", "VaultNotInitialized"}:
        return VaultReadError("Vault is not ready", "retry the task when it is")
    if kind in {"Forbidden", "Unauthorized", "InvalidRequest"}:
        remedy = "security checks Airflow's role and policy in Vault"
        return VaultReadError("Vault does not accept Airflow", remedy)
    return VaultReadError(f"Vault answered with an error ({kind})", "security looks at Vault's log")
