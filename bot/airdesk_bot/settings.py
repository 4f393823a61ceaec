"""What the operator sets: environment variables with the prefix `AIRDESK_`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, when the process starts. README.md lists the variables."""

    model_config = SettingsConfigDict(env_prefix="AIRDESK_", frozen=True)

    database_url: str = "sqlite:///airdesk.db"
    public_url: str
    """Where people's browsers and GitLab's webhooks reach the bot, without a slash at the end."""
    listen_host: str = "127.0.0.1"
    listen_port: int = 8080

    slack_api_url: str = "https://slack.com/api/"
    slack_authorize_url: str = "https://slack.com/openid/connect/authorize"
    slack_bot_token: SecretStr
    slack_app_token: SecretStr | None = None
    """Set: Socket Mode. Not set: Slack posts to `/slack/events`."""
    slack_signing_secret: SecretStr
    slack_client_id: str
    slack_client_secret: SecretStr

    gitlab_url: str
    gitlab_token: SecretStr
    gitlab_client_id: str
    gitlab_client_secret: SecretStr
    gitlab_webhook_secret: SecretStr

    airflow_url: str
    airflow_user: str
    airflow_password: SecretStr
    airflow_bundle: str = "central"
    """Name of Airflow's DAG bundle that holds the central repository."""

    vault_url: str
    vault_role_id: SecretStr
    vault_secret_id: SecretStr

    central_project: str = "platform/central"
    platform_project: str = "platform/airdesk-ci"
    poll_seconds: float = Field(default=2.0, gt=0, le=60)
    log_format: Literal["json", "console"] = "json"

    def link_url(self, secret: str) -> str:
        """Where a person starts to link their accounts."""
        return f"{self.public_url}/link/start?attempt={secret}"

    @property
    def slack_redirect_uri(self) -> str:
        return f"{self.public_url}/link/slack/callback"

    @property
    def gitlab_redirect_uri(self) -> str:
        return f"{self.public_url}/link/gitlab/callback"
