"""What a stack remembers from one day to the next: ports, keys and tokens it made up."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from airdesk_sandbox.demo.airflow import AirflowKeys
from airdesk_sandbox.demo.cast import SlackKeys
from airdesk_sandbox.demo.gitlab_seed import GitLabKeys
from airdesk_sandbox.demo.processes import free_port
from airdesk_sandbox.demo.vault import VaultKeys


@dataclass(frozen=True)
class Ports:
    gitlab: int
    slack: int
    vault: int
    vault_cluster: int
    warehouse: int
    airflow: int
    bot: int

    @staticmethod
    def new() -> Ports:
        chosen: set[int] = set()
        while len(chosen) < len(Ports.__dataclass_fields__):
            chosen.add(free_port())
        return Ports(*chosen)


@dataclass
class Kept:
    """Written to `kept.json`, readable by its owner alone.

    It never holds the warehouse's password: that is in Vault, where security put it.
    """

    ports: Ports
    vault: VaultKeys
    slack: SlackKeys
    airflow: AirflowKeys
    gitlab_admin_token: str
    socket_mode: bool = True
    gitlab: GitLabKeys | None = None

    def save(self, folder: Path) -> None:
        path = folder / "kept.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), indent=2))

    @staticmethod
    def load(folder: Path) -> Kept | None:
        path = folder / "kept.json"
        if not path.exists():
            return None
        data = json.loads(path.read_text())
        return Kept(
            ports=Ports(**data["ports"]),
            vault=VaultKeys(**data["vault"]),
            slack=SlackKeys(**data["slack"]),
            airflow=AirflowKeys(**data["airflow"]),
            gitlab_admin_token=data["gitlab_admin_token"],
            socket_mode=data["socket_mode"],
            gitlab=GitLabKeys(**data["gitlab"]) if data["gitlab"] else None,
        )
