"""Socket Mode: Slack reaches the bot through a WebSocket that the bot opens."""

from __future__ import annotations

import threading
from urllib.error import URLError

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 2.0


class SocketMode:
    """Connects, and keeps trying while Slack does not answer; the client itself reconnects."""

    def __init__(self, slack: App, *, app_token: str, web: WebClient) -> None:
        self._client = SocketModeHandler(slack, app_token, web_client=web).client
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._connect, name="socket mode", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)
        self._client.close()

    def problem(self) -> str | None:
        """A sentence while there is no connection."""
        return None if self._client.is_connected() else "Not connected to Slack."

    def _connect(self) -> None:
        while not self._stopping.is_set():
            try:
                self._client.connect()
            except (SlackClientError, URLError, OSError) as error:
                log.warning("slack_unreachable", why=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            else:
                log.info("slack_connected")
                return
