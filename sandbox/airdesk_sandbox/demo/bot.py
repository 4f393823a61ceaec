"""The bot of one stack, configured as in production: by its environment alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from airdesk_sandbox.demo.airflow import BOT_USER, Airflow
from airdesk_sandbox.demo.cast import SlackKeys
from airdesk_sandbox.demo.gitlab_seed import CENTRAL_PROJECT, PLATFORM_PROJECT, GitLabKeys
from airdesk_sandbox.demo.processes import Processes
from airdesk_sandbox.demo.vault import AppRole
from airdesk_sandbox.demo.waiting import answers, wait_for


@dataclass(frozen=True)
class BotNeighbours:
    """Addresses and keys of everything that the bot talks to."""

    slack_url: str
    slack: SlackKeys
    gitlab_url: str
    gitlab: GitLabKeys
    airflow: Airflow
    vault_url: str
    vault: AppRole


class Bot:
    """One replica of `airdesk-bot`."""

    def __init__(self, processes: Processes, folder: Path, port: int, *, socket_mode: bool) -> None:
        self._processes = processes
        self._folder = folder
        self._port = port
        self._socket_mode = socket_mode
        self.url = f"http://127.0.0.1:{port}"

    def start(self, neighbours: BotNeighbours) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._processes.start("bot", ["airdesk-bot"], env=self._environment(neighbours))
        wait_for(
            lambda: answers(f"{self.url}/healthz"),
            "the bot",
            check=lambda: self._processes.check("bot"),
        )

    def kill(self) -> None:
        self._processes.kill("bot")

    def stop(self) -> None:
        self._processes.stop("bot")

    def _environment(self, to: BotNeighbours) -> dict[str, str]:
        slack_way = {"SLACK_APP_TOKEN": to.slack.app_token} if self._socket_mode else {}
        settings = {
            "DATABASE_URL": f"sqlite:///{self._folder}/bot.db",
            "PUBLIC_URL": self.url,
            "LISTEN_HOST": "127.0.0.1",
            "LISTEN_PORT": str(self._port),
            "SLACK_API_URL": f"{to.slack_url}/api/",
            "SLACK_AUTHORIZE_URL": f"{to.slack_url}/openid/connect/authorize",
            "SLACK_BOT_TOKEN": to.slack.bot_token,
            "SLACK_SIGNING_SECRET": to.slack.signing_secret,
            "SLACK_CLIENT_ID": to.slack.client_id,
            "SLACK_CLIENT_SECRET": to.slack.client_secret,
            "GITLAB_URL": to.gitlab_url,
            "GITLAB_TOKEN": to.gitlab.bot_token,
            "GITLAB_CLIENT_ID": to.gitlab.oauth_client_id,
            "GITLAB_CLIENT_SECRET": to.gitlab.oauth_client_secret,
            "GITLAB_WEBHOOK_SECRET": to.gitlab.webhook_secret,
            "AIRFLOW_URL": to.airflow.url,
            "AIRFLOW_USER": BOT_USER,
            "AIRFLOW_PASSWORD": to.airflow.keys.bot_password,
            "VAULT_URL": to.vault_url,
            "VAULT_ROLE_ID": to.vault.role_id,
            "VAULT_SECRET_ID": to.vault.secret_id,
            "CENTRAL_PROJECT": CENTRAL_PROJECT,
            "PLATFORM_PROJECT": PLATFORM_PROJECT,
            "POLL_SECONDS": "1",
            **slack_way,
        }
        return {f"AIRDESK_{name}": value for name, value in settings.items()}
