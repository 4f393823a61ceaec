"""Real services for the clients: an OpenBao, and an HTTP server that answers as told."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import hvac
import pytest
import stamina

ROOT_TOKEN = "root"


@pytest.fixture(autouse=True)
def _quick_retries() -> Iterator[None]:
    """Retries happen as often as in production, but without waiting."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@dataclass
class Vault:
    url: str
    role_id: str
    secret_id: str
    root: hvac.Client


BOT_POLICY = """
path "transit/encrypt/airdesk-bot" { capabilities = ["update"] }
path "transit/decrypt/airdesk-bot" { capabilities = ["update"] }
path "airflow/metadata/connections/*" { capabilities = ["list"] }
"""


@pytest.fixture(scope="session")
def vault(free_port: Callable[[], int]) -> Iterator[Vault]:
    """A development OpenBao with the bot's AppRole, whose token lives for two seconds."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("bao")),
            "server",
            "-dev",
            f"-dev-root-token-id={ROOT_TOKEN}",
            f"-dev-listen-address=127.0.0.1:{port}",
            "-dev-no-store-token",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        root = hvac.Client(url=url, token=ROOT_TOKEN)
        deadline = time.monotonic() + 20
        while True:
            try:
                root.sys.read_health_status()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield _furnished(url, root)
    finally:
        server.terminate()
        server.wait(10)


def _furnished(url: str, root: hvac.Client) -> Vault:
    root.sys.enable_secrets_engine("kv", path="airflow", options={"version": "2"})
    root.sys.enable_secrets_engine("transit")
    root.sys.enable_auth_method("approle")
    root.secrets.transit.create_key("airdesk-bot")
    root.sys.create_or_update_policy("airdesk-bot", BOT_POLICY)
    root.auth.approle.create_or_update_approle(
        "airdesk-bot", token_policies=["airdesk-bot"], token_ttl="2s", token_max_ttl="1h"
    )
    for name in ("warehouse", "slack"):
        root.secrets.kv.v2.create_or_update_secret(
            f"connections/growth/{name}", secret={"password": "geheim"}, mount_point="airflow"
        )
    role_id = root.auth.approle.read_role_id("airdesk-bot")["data"]["role_id"]
    secret_id = root.auth.approle.generate_secret_id("airdesk-bot")["data"]["secret_id"]
    return Vault(url=url, role_id=role_id, secret_id=secret_id, root=root)


@dataclass
class Answers:
    """An HTTP server that gives prepared answers, in order; the last one again and again."""

    url: str
    prepared: list[tuple[int, object]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def answer(self, *prepared: tuple[int, object]) -> None:
        self.prepared[:] = prepared

    def next(self) -> tuple[int, object]:
        return self.prepared.pop(0) if len(self.prepared) > 1 else self.prepared[0]


@pytest.fixture
def answers() -> Iterator[Answers]:
    told: Answers

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.requests.append(f"{self.command} {self.path}")
            status, body = told.next()
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = handle_any

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name upstream
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Answers(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join(5)
