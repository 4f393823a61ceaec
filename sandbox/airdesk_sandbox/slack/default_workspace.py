"""The workspace one gets without a workspace file: enough people to talk, one app to try."""

from __future__ import annotations

from typing import Any


def default_workspace() -> dict[str, Any]:
    """A small company. The tokens are no secrets: they open nothing but this machine's sandbox."""
    people = [
        ("U_THU", "thu.tran", "Thu Tran", "Analyst, Growth"),
        ("U_MINH", "minh.le", "Minh Le", "Lead, Growth"),
        ("U_LAN", "lan.pham", "Lan Pham", "Analyst, Risk"),
        ("U_HOA", "hoa.vu", "Hoa Vu", "Lead, Risk"),
    ]
    return {
        "team": {"id": "T_CORP", "name": "Corp"},
        "users": [
            {"id": id_, "name": name, "real_name": real, "email": f"{name}@corp.test", "title": job}
            for id_, name, real, job in people
        ],
        "channels": [
            {"id": "C_GROWTH", "name": "growth-data", "topic": "Growth's data and DAGs"},
            {"id": "C_RISK", "name": "risk-data", "topic": "Risk's data and DAGs"},
        ],
        "apps": [
            {
                "id": "A_AIRDESK",
                "name": "Airdesk",
                "bot_user_id": "U_AIRDESK",
                "bot_token": "xoxb-sandbox-airdesk",
                "app_token": "xapp-sandbox-airdesk",
                "signing_secret": "sandbox-signing-secret",
                "client_id": "sandbox-client",
                "client_secret": "sandbox-client-secret",
                "redirect_uris": ["http://127.0.0.1"],
                "scopes": [
                    "chat:write",
                    "commands",
                    "channels:read",
                    "channels:history",
                    "im:write",
                    "im:history",
                    "im:read",
                    "users:read",
                    "users:read.email",
                ],
                "commands": [
                    {
                        "command": "/airflow",
                        "usage_hint": "new-dag | status | help",
                        "description": "Airflow as a self-service",
                    }
                ],
                "socket_mode": True,
            }
        ],
    }
