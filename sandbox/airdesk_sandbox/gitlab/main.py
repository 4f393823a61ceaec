"""`airdesk-sandbox gitlab`: start the server and keep it until it is told to end."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from airdesk_sandbox.gitlab.app import create_app
from airdesk_sandbox.gitlab.ci import engine
from airdesk_sandbox.gitlab.server import Server, Settings


class _Uvicorn(uvicorn.Server):
    """Says when it answers, since whoever started it waits for that."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"ready {self._url}\n")
            sys.stdout.flush()


def main(argv: Sequence[str]) -> int:
    arguments = _parse(argv)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        engine.command()
    except FileNotFoundError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    url = arguments.url or f"http://127.0.0.1:{arguments.port}"
    settings = Settings(
        url=url.rstrip("/"),
        data=arguments.data.resolve(),
        admin_token=arguments.admin_token,
        runner_path=arguments.runner_path,
        jobs=arguments.jobs,
    )
    config = uvicorn.Config(
        create_app(Server(settings)),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    _Uvicorn(config, url).run()
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    parser = argparse.ArgumentParser(prog="airdesk-sandbox gitlab", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--admin-token", required=True, help="token of the administrator, root")
    parser.add_argument("--url", help="address for links, if not http://127.0.0.1:PORT")
    parser.add_argument("--runner-path", default=here, help="PATH for pipeline jobs")
    parser.add_argument("--jobs", type=int, default=3, help="jobs that run at the same time")
    return parser.parse_args(argv)
