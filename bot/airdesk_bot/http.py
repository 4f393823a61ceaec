"""The HTTP side: health, link pages, GitLab's webhook, and Slack where Socket Mode is off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from airdesk_bot.health import Health
from airdesk_bot.link_pages import LinkPages
from airdesk_bot.process import Process
from airdesk_bot.services import Services
from airdesk_bot.webhook import GitLabWebhook


def http_app(services: Services, *, slack: App, health: Health, process: Process) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(process.start)
        try:
            yield
        finally:
            await run_in_threadpool(process.stop)

    def healthz(_request: Request) -> Response:
        healthy, report = health.report()
        return JSONResponse(report, status_code=200 if healthy else 503)

    async def slack_events(request: Request) -> Response:
        # Bolt checks the signature over the raw body; listeners run in threads of its own.
        body = await request.body()
        bolt_request = to_bolt_request(request, body)
        return to_starlette_response(await run_in_threadpool(slack.dispatch, bolt_request))

    routes = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/webhooks/gitlab", GitLabWebhook(services).handle, methods=["POST"]),
        *LinkPages(services).routes(),
    ]
    if services.settings.slack_app_token is None:
        routes.append(Route("/slack/events", slack_events, methods=["POST"]))
    return Starlette(routes=routes, lifespan=lifespan)
