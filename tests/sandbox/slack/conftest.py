"""A real server per test, in a thread, and real apps that connect to it."""

from __future__ import annotations

import asyncio
import copy
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from airdesk_sandbox.slack.app import build_app
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.default_workspace import default_workspace
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

SECONDS = 10.0


def until(check: Callable[[], Any], what: str = "") -> Any:
    """Poll until `check` gives something true, and give that."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {SECONDS} s in vain {what}")


@dataclass
class Server:
    """A running sandbox Slack: `ui` drives its page's interface, `client` its Web API."""

    base_url: str
    ui: httpx.Client
    workspace: dict[str, Any]

    def client(self, token: str = "xoxb-sandbox-airdesk") -> WebClient:
        return WebClient(token=token, base_url=f"{self.base_url}/api/")

    def do(self, name: str, user: str = "U_THU", **body: Any) -> dict[str, Any]:
        return self.ui.post(f"/ui/{name}", json={"user": user, **body}).json()

    def state(self, user: str = "U_THU") -> dict[str, Any]:
        return self.ui.get("/ui/state", params={"user": user}).json()

    def messages(self, channel: str = "C_GROWTH", user: str = "U_THU") -> list[dict[str, Any]]:
        channels = {one["id"]: one for one in self.state(user)["channels"]}
        return channels[channel]["messages"]

    def views(self, user: str = "U_THU") -> list[dict[str, Any]]:
        return self.state(user)["views"]

    def wait_for_view(self, title: str, user: str = "U_THU") -> dict[str, Any]:
        def find() -> Any:
            return next((v for v in self.views(user) if v["title"]["text"] == title), None)

        return until(find, f"for the view {title!r}")

    def wait_for_connection(self, app: str = "A_AIRDESK", count: int = 1) -> None:
        until(lambda: self.ui.get("/healthz").json()["connected"].count(app) >= count)

    def command(self, text: str, user: str = "U_THU", channel: str = "C_GROWTH") -> dict[str, Any]:
        return self.do("command", user, channel=channel, text=text)


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server: `serve(change=…)`, where `change` edits the default workspace in place."""
    running: list[tuple[uvicorn.Server, threading.Thread, httpx.Client]] = []

    def start(change: Callable[[dict[str, Any]], None] = lambda workspace: None) -> Server:
        workspace = copy.deepcopy(default_workspace())
        change(workspace)
        listener = _listener()
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        holder: list[uvicorn.Server] = []
        built = threading.Event()

        def run() -> None:
            slack = Slack(tmp_path / f"slack-{len(running)}", base_url, workspace)
            config = uvicorn.Config(
                build_app(slack), log_level="warning", timeout_graceful_shutdown=1
            )
            holder.append(uvicorn.Server(config))
            built.set()
            asyncio.run(holder[0].serve(sockets=[listener]))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert built.wait(SECONDS)
        client = httpx.Client(base_url=base_url, trust_env=False, timeout=SECONDS)
        until(lambda: holder[0].started, "for the server to start")
        running.append((holder[0], thread, client))
        return Server(base_url, client, workspace)

    yield start
    for server, thread, client in running:
        client.close()
        server.should_exit = True
        thread.join(SECONDS)


@pytest.fixture
def slack(serve: Callable[..., Server]) -> Server:
    return serve()


@pytest.fixture
def connect() -> Iterator[Callable[..., App]]:
    """Connect a Bolt app over Socket Mode: `connect(server, listeners)`."""
    handlers: list[SocketModeHandler] = []

    def start(server: Server, listeners: Callable[[App], None]) -> App:
        app = App(client=server.client(), signing_secret="sandbox-signing-secret")
        listeners(app)
        handler = SocketModeHandler(app, "xapp-sandbox-airdesk")
        handlers.append(handler)
        handler.connect()
        server.wait_for_connection()
        return app

    yield start
    for handler in handlers:
        # The client cannot be closed while it reads, for up to three seconds; the end of the
        # server, which follows, ends the reading too.
        threading.Thread(target=handler.close, daemon=True).start()


@pytest.fixture
def open_modal(slack: Server, connect: Callable[..., App]) -> Callable[..., dict[str, Any]]:
    """Connect an app whose command opens `view`, type the command, give the open view."""

    def run(view: dict[str, Any], more: Callable[[App], None] = lambda app: None) -> dict[str, Any]:
        def listeners(app: App) -> None:
            @app.command("/airflow")
            def command(ack: Any, body: Any, client: WebClient) -> None:
                ack()
                client.views_open(trigger_id=body["trigger_id"], view=view)

            more(app)

        connect(slack, listeners)
        slack.command("/airflow")
        return slack.wait_for_view(view["title"]["text"])

    return run


@pytest.fixture
def wait() -> Callable[..., Any]:
    return until


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


@dataclass(frozen=True)
class Kit:
    """Short words for Block Kit objects."""

    def plain(self, text: str) -> dict[str, Any]:
        return _plain(text)

    def section(self, text: str = "hello", **more: Any) -> dict[str, Any]:
        return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}

    def button(self, action_id: str = "go", text: str = "Go", **more: Any) -> dict[str, Any]:
        return {"type": "button", "action_id": action_id, "text": _plain(text), **more}

    def actions(self, *elements: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"type": "actions", "elements": list(elements), **more}

    def option(self, value: str) -> dict[str, Any]:
        return {"text": _plain(value.title()), "value": value}

    def select(self, *values: str, **more: Any) -> dict[str, Any]:
        return {"type": "static_select", "options": [self.option(v) for v in values], **more}

    def input(self, block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
        element = {"action_id": "value", **element}
        label = _plain(block_id.title())
        return {"type": "input", "block_id": block_id, "label": label, "element": element, **more}

    def text_input(self, block_id: str = "name", **more: Any) -> dict[str, Any]:
        return self.input(block_id, {"type": "plain_text_input", **more})

    def modal(self, *blocks: dict[str, Any], title: str = "New DAG", **more: Any) -> dict[str, Any]:
        return {
            "type": "modal",
            "callback_id": "form",
            "title": _plain(title),
            "submit": _plain("Create"),
            "blocks": list(blocks),
            **more,
        }


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, slack: Server) -> Iterator[Callable[[str], Page]]:
    """Open the page as a person; fails the test when the page logs an error."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_as(user: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{slack.base_url}/?user={user}")
        expect(page.get_by_role("heading", name="growth-data", level=1)).to_be_visible()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def kit() -> Kit:
    return Kit()
