"""The pages' addresses."""

from __future__ import annotations

from starlette.routing import BaseRoute

from airdesk_sandbox.gitlab.pages.sign_in import sign_in_routes
from airdesk_sandbox.gitlab.server import Server


def page_routes(server: Server) -> list[BaseRoute]:
    return [*sign_in_routes(server)]
