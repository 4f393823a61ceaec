"""The ASGI application: REST, git, OAuth and pages under one roof."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from airdesk_sandbox.gitlab.discovery import discovery_routes
from airdesk_sandbox.gitlab.git_http import PATTERN, GitHttp
from airdesk_sandbox.gitlab.pages.routes import page_routes
from airdesk_sandbox.gitlab.rest import rest_app
from airdesk_sandbox.gitlab.server import Server


def create_app(server: Server) -> ASGIApp:
    """The application; its lifespan starts and stops the server's background work."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(server.start)
        yield
        await run_in_threadpool(server.stop)

    pages = Starlette(
        routes=[
            Route("/-/health", _health),
            *discovery_routes(server),
            *page_routes(server),
        ],
        lifespan=lifespan,
    )
    rest, git = rest_app(server), GitHttp(server)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/v4/"):
            await rest(scope, receive, send)
        elif scope["type"] == "http" and PATTERN.match(scope["path"]):
            await git(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


async def _health(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("GitLab OK")
