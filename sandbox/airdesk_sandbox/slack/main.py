"""Starts the sandbox's Slack: `airdesk-sandbox slack --port N --data DIR [--workspace FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from airdesk_sandbox.slack.app import build_app
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.workspace import WorkspaceError

HOST = "127.0.0.1"


def main(argv: Sequence[str]) -> int:
    """Serve until SIGTERM or Ctrl-C. Returns 0 then, 2 when it could not start."""
    args = _parser().parse_args(argv)
    try:
        workspace = None if args.workspace is None else _read(args.workspace)
        listener = _listen(args.port)
        port = listener.getsockname()[1]
        slack = Slack(args.data, f"http://{HOST}:{port}", workspace)
    except (WorkspaceError, OSError) as error:
        print(f"slack: {error}", file=sys.stderr)  # noqa: T201  # the command's own voice
        return 2
    asyncio.run(_serve(slack, listener))
    return 0


async def _serve(slack: Slack, listener: socket.socket) -> None:
    config = uvicorn.Config(
        build_app(slack), log_level="warning", timeout_graceful_shutdown=2, ws_ping_interval=None
    )
    server = _Server(config, slack)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it is ready; when told to stop, ends open streams first and then returns."""

    def __init__(self, config: uvicorn.Config, slack: Slack) -> None:
        super().__init__(config)
        self._slack = slack

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own version kills the process with the same signal once it has shut down.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"slack: ready at {self._slack.base_url}/", flush=True)  # noqa: T201  # ready line

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._slack.changes.close()
        await self._slack.socket_mode.close()
        await super().shutdown(sockets)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise OSError(
            f"cannot listen on port {port}: {error.strerror}. Pick another; 0 takes a free one."
        ) from error
    return listener


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WorkspaceError(f"{path} is not valid JSON: {error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="airdesk-sandbox slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of the state")
    parser.add_argument("--workspace", type=Path, help="JSON: people, channels, apps")
    return parser
