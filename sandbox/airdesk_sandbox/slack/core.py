"""The parts of the server, put together once and handed to whoever answers a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airdesk_sandbox.slack.changes import Changes
from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.default_workspace import default_workspace
from airdesk_sandbox.slack.delivery.dispatcher import Dispatcher
from airdesk_sandbox.slack.delivery.signed_http import SignedHttp
from airdesk_sandbox.slack.delivery.socket_mode import SocketMode
from airdesk_sandbox.slack.handles.response_urls import ResponseUrls
from airdesk_sandbox.slack.handles.triggers import Triggers
from airdesk_sandbox.slack.limits import RateLimiter
from airdesk_sandbox.slack.store.conversations import Conversations
from airdesk_sandbox.slack.store.database import Database
from airdesk_sandbox.slack.store.messages import Messages
from airdesk_sandbox.slack.store.views import Views
from airdesk_sandbox.slack.workspace import Workspace, read_workspace


class Slack:
    """One workspace and everything that happens in it.

    Args:
        folder: holds the SQLite file; made when missing.
        base_url: where this server answers, without a slash at the end.
        workspace: JSON of a workspace file; None takes what the folder remembers, or the default.
    """

    def __init__(self, folder: Path, base_url: str, workspace: Any = None) -> None:
        self.base_url = base_url
        self.database = Database(folder)
        remembered = self.database.document("workspace") or default_workspace()
        source = remembered if workspace is None else workspace
        self.workspace: Workspace = read_workspace(source)
        self.database.put_document("workspace", source)
        self.messages = Messages(self.database)
        self.clock = Clock(self.messages.last_ts())
        self.conversations = Conversations(self.database, self.workspace)
        self.views = Views(self.database)
        self.changes = Changes()
        self.triggers = Triggers(self.clock)
        self.response_urls = ResponseUrls(self.database, self.clock, base_url)
        self.limiter = RateLimiter(self.clock, self.workspace.rate_limits)
        self.socket_mode = SocketMode(self.clock)
        self.dispatcher = Dispatcher(
            self.database,
            lambda app_id: self.workspace.app(app_id),
            self.socket_mode,
            SignedHttp(self.clock),
        )

    def change_workspace(self, source: Any) -> None:
        """Take another workspace file while running; messages and views stay.

        Raises:
            WorkspaceError: it is wrong; nothing changed.
        """
        self.workspace = read_workspace(source)
        self.database.put_document("workspace", source)
        self.conversations.workspace = self.workspace
        self.limiter = RateLimiter(self.clock, self.workspace.rate_limits)
        self.changes.happened()

    def resume(self) -> None:
        """Take up deliveries that a restart interrupted."""
        for app in self.workspace.apps:
            self.dispatcher.resume(app.id)

    async def close(self) -> None:
        self.changes.close()
        await self.socket_mode.close()
        await self.dispatcher.close()
        self.database.close()
