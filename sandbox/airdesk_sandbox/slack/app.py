"""The web application: all routes over one `Slack`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from airdesk_sandbox.slack.api.gate import answer
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.web import sandbox, sign_in, ui

_STATIC = Path(__file__).parent / "static"


async def page(request: Request) -> Response:
    return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-store"})


def build_app(slack: Slack) -> Starlette:
    """The application; it resumes deliveries when it starts and closes `slack` when it ends."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        slack.resume()
        yield
        await slack.close()

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/api/{method}", answer, methods=["GET", "POST"]),
            *sandbox.ROUTES,
            *sign_in.ROUTES,
            *ui.ROUTES,
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        lifespan=lifespan,
    )
    app.state.slack = slack
    return app
