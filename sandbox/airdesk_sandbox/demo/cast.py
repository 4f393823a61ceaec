"""Who and what the demo is about: people, teams, channels and the two Slack apps."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

TEAMS = ("growth", "risk")
DEVELOPER, MAINTAINER, REPORTER = 30, 40, 20


@dataclass(frozen=True)
class Actor:
    """One person, the same in GitLab, Slack and Airflow."""

    username: str
    name: str
    slack_id: str
    team: str
    access_level: int
    role: str

    @property
    def password(self) -> str:
        """The password in the sandbox's GitLab and Airflow."""
        return f"{self.username}-demo"

    @property
    def extern_uid(self) -> str:
        return f"uid={self.username},ou=people,dc=corp,dc=test"

    @property
    def email(self) -> str:
        return f"{self.username}@corp.test"


THU = Actor("thu.tran", "Thu Tran", "U_THU", "growth", DEVELOPER, "analyst of growth")
MINH = Actor("minh.le", "Minh Le", "U_MINH", "growth", MAINTAINER, "lead of growth")
LAN = Actor("lan.pham", "Lan Pham", "U_LAN", "risk", DEVELOPER, "analyst of risk")
HOA = Actor("hoa.vu", "Hoa Vu", "U_HOA", "risk", MAINTAINER, "lead of risk")
PEOPLE = (THU, MINH, LAN, HOA)

CHANNELS = {"growth": ("C_GROWTH", "growth-data"), "risk": ("C_RISK", "risk-data")}


@dataclass(frozen=True)
class SlackKeys:
    """What Slack hands out when the two apps are installed."""

    bot_token: str
    app_token: str
    signing_secret: str
    client_secret: str
    reports_token: str
    client_id: str = "1001.2002"

    @staticmethod
    def new() -> SlackKeys:
        return SlackKeys(
            bot_token=f"xoxb-{secrets.token_hex(20)}",
            app_token=f"xapp-{secrets.token_hex(20)}",
            signing_secret=secrets.token_hex(16),
            client_secret=secrets.token_hex(16),
            reports_token=f"xoxb-{secrets.token_hex(20)}",
        )


def slack_workspace(keys: SlackKeys, *, bot_url: str, socket_mode: bool) -> dict[str, Any]:
    """The workspace file of the sandbox's Slack.

    Args:
        bot_url: where people's browsers and, in HTTP mode, Slack reach the bot.
    """
    return {
        "team": {"id": "T_CORP", "name": "Corp"},
        "users": [
            {"id": p.slack_id, "name": p.username, "real_name": p.name, "email": p.email}
            for p in PEOPLE
        ],
        "channels": [
            {
                "id": channel_id,
                "name": name,
                "members": [
                    *(p.slack_id for p in PEOPLE if p.team == team),
                    *("U_AIRDESK", "U_REPORTS"),  # apps are invited like people
                ],
            }
            for team, (channel_id, name) in CHANNELS.items()
        ],
        "apps": [_bot_app(keys, bot_url, socket_mode=socket_mode), _reports_app(keys)],
    }


def _bot_app(keys: SlackKeys, bot_url: str, *, socket_mode: bool) -> dict[str, Any]:
    return {
        "id": "A_AIRDESK",
        "name": "Airdesk",
        "bot_user_id": "U_AIRDESK",
        "bot_token": keys.bot_token,
        "app_token": keys.app_token,
        "signing_secret": keys.signing_secret,
        "client_id": keys.client_id,
        "client_secret": keys.client_secret,
        "redirect_uris": [f"{bot_url}/link/slack/callback"],
        "scopes": [
            *("commands", "chat:write", "channels:read", "channels:history"),
            *("users:read", "im:write", "im:history"),
        ],
        "commands": [{"command": "/airflow", "usage_hint": "new-dag | status | help"}],
        "socket_mode": socket_mode,
        "request_url": None if socket_mode else f"{bot_url}/slack/events",
    }


def _reports_app(keys: SlackKeys) -> dict[str, Any]:
    """The app whose token DAGs post with: it may do nothing else, and nobody talks to it."""
    return {
        "id": "A_REPORTS",
        "name": "Airdesk reports",
        "bot_user_id": "U_REPORTS",
        "bot_token": keys.reports_token,
        "app_token": "",
        "signing_secret": secrets.token_hex(16),
        "client_id": "1001.2003",
        "client_secret": secrets.token_hex(16),
        "redirect_uris": [],
        "scopes": ["chat:write"],
        "commands": [],
        "socket_mode": False,
        "request_url": None,
    }
