"""The sandbox Slack, in a thread of the test process because it starts faster so, and its people.

Loaded by path from conftest.py, since test folders are no packages.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from airdesk_sandbox.slack.app import build_app
from airdesk_sandbox.slack.core import Slack

WORKSPACE: dict[str, Any] = {
    "team": {"id": "T_CORP", "name": "Corp"},
    "users": [
        {"id": "U_THU", "name": "thu.tran", "real_name": "Thu Tran", "email": "thu@corp.test"},
        {"id": "U_MINH", "name": "minh.le", "real_name": "Minh Le", "email": "minh@corp.test"},
        {"id": "U_LAN", "name": "lan.pham", "real_name": "Lan Pham", "email": "lan@corp.test"},
    ],
    "channels": [
        {"id": "C_GROWTH", "name": "growth-data", "members": ["U_THU", "U_MINH", "U_AIRDESK"]},
        {"id": "C_RISK", "name": "risk-data", "members": ["U_LAN", "U_AIRDESK"]},
    ],
}
APP: dict[str, Any] = {
    "id": "A_AIRDESK",
    "name": "Airdesk",
    "bot_user_id": "U_AIRDESK",
    "bot_token": "xoxb-test-airdesk",
    "app_token": "xapp-test-airdesk",
    "signing_secret": "test-signing-secret",
    "client_id": "slack-client",
    "client_secret": "slack-client-secret",
    "scopes": [
        *("chat:write", "commands", "channels:read", "channels:history", "groups:read"),
        *("im:write", "im:history", "users:read"),
    ],
    "commands": [{"command": "/airflow", "usage_hint": "new-dag | status | help"}],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, check: Callable[[], Any], *, seconds: float = 15) -> Any:
    """Poll until `check` gives something true; says what was waited for otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


class SlackServer:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder / "slack"
        self._folder.mkdir()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name="sandbox slack", daemon=True)
        self._thread.start()
        wait_for("the sandbox Slack", lambda: answers(f"{self.url}/ui/me"), seconds=15)

    def _serve(self) -> None:
        # Its SQLite connection belongs to the thread that opened it.
        config = uvicorn.Config(
            build_app(Slack(self._folder, self.url, None)),
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            timeout_graceful_shutdown=1,
            ws_ping_interval=None,
        )
        self._server = uvicorn.Server(config)
        self._server.run()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(20)
            self._server = self._thread = None

    def app(self, **more: Any) -> dict[str, Any]:
        return {**APP, **more}

    def workspace(self, app: dict[str, Any], **more: Any) -> None:
        workspace = {**WORKSPACE, **more, "apps": [app]}
        answer = httpx.put(f"{self.url}/sandbox/workspace", json=workspace)
        assert answer.json()["ok"], answer.text

    def leave(self, channel: str, *, scopes: tuple[str, ...] = ()) -> None:
        """A workspace where nobody has let the bot into this channel."""
        channels = [
            {**entry, "members": ["U_THU", "U_MINH"]} if entry["id"] == channel else entry
            for entry in WORKSPACE["channels"]
        ]
        self.workspace(self.app(scopes=[*APP["scopes"], *scopes]), channels=channels)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.post(f"{self.url}/ui/{path}", json=body, timeout=20).json()
        return answer

    def command(self, user: str, text: str, channel: str = "C_GROWTH") -> dict[str, Any]:
        return self.post("command", user=user, channel=channel, text=text)

    def state(self, user: str) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.url}/ui/state", params={"user": user}).json()
        return answer

    def messages(self, user: str, channel: str = "C_GROWTH") -> list[dict[str, Any]]:
        channels = {entry["id"]: entry for entry in self.state(user)["channels"]}
        found: list[dict[str, Any]] = channels[channel]["messages"]
        return found

    def said(self, user: str, words: str, channel: str = "C_GROWTH") -> dict[str, Any]:
        """Wait for a message with these words, in text or blocks, and return the newest."""

        def look() -> dict[str, Any] | None:
            messages = reversed(self.messages(user, channel))
            return next((m for m in messages if words in _words(m)), None)

        found: dict[str, Any] = wait_for(f"a message with {words!r}", look)
        return found

    def modal(self, user: str) -> dict[str, Any]:
        view: dict[str, Any] = wait_for("a modal", lambda: self.state(user)["views"])[-1]
        return view

    def submit(self, user: str, view: dict[str, Any], typed: dict[str, str]) -> dict[str, Any]:
        values = {
            block["block_id"]: {"value": _element_state(block["element"], typed[block["block_id"]])}
            for block in view["blocks"]
            if block["type"] == "input" and block["block_id"] in typed
        }
        return self.post("submit", user=user, view_id=view["id"], values=values)

    def click(self, user: str, message: dict[str, Any], action_id: str) -> None:
        """Click a button of a card as it stands now; the card may be redrawn meanwhile."""

        def click() -> bool:
            card = next(m for m in self.messages(user) if m["ts"] == message["ts"])
            for block in card["blocks"]:
                for element in block.get("elements", ()):
                    if element.get("action_id") == action_id:
                        return self._act(user, card, block, element)
            return False

        wait_for(f"a click on {action_id}", click)

    def _act(
        self, user: str, card: dict[str, Any], block: dict[str, Any], element: dict[str, Any]
    ) -> bool:
        done = self.post(
            "action",
            user=user,
            channel="C_GROWTH",
            ts=card["ts"],
            action_id=element["action_id"],
            block_id=block["block_id"],
            value=element["value"],
        )
        return bool(done["ok"])


def _element_state(element: dict[str, Any], value: str) -> dict[str, Any]:
    if element["type"] == "static_select":
        option = next(o for o in element["options"] if o["value"] == value)
        return {"type": "static_select", "selected_option": option}
    return {"type": element["type"], "value": value}


def _words(message: dict[str, Any]) -> str:
    return f"{message.get('text')} {message.get('blocks')}"
