"""What all pages share: templates, who is signed in, reading and writing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from airdesk_sandbox.gitlab.auth import SESSION_COOKIE, by_cookie
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.errors import ApiError
from airdesk_sandbox.gitlab.models import User
from airdesk_sandbox.gitlab.server import Server

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


def _ago(moment: datetime | None) -> str:
    """`3 minutes ago`, as GitLab tells times."""
    if moment is None:
        return ""
    seconds = int((now() - moment.astimezone(UTC)).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _took(start: datetime | None, end: datetime | None) -> str:
    """`00:42` between two moments; until now where the second is open."""
    if start is None:
        return ""
    seconds = int(((end or now()) - start).total_seconds())
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


_TEMPLATES.globals["ago"] = _ago
_TEMPLATES.globals["took"] = _took


class NotSignedInError(Exception):
    """The page is for people who are signed in."""


class View:
    """One page request: its session, its person, its answer."""

    def __init__(
        self, server: Server, session: Session, request: Request, form: dict[str, str]
    ) -> None:
        self.server = server
        self.session = session
        self.request = request
        self.form = form
        self.path = dict(request.path_params)
        self.after: list[Callable[[], None]] = []
        self.maybe_user = by_cookie(session, request.cookies.get(SESSION_COOKIE))

    @property
    def user(self) -> User:
        if self.maybe_user is None:
            raise NotSignedInError
        return self.maybe_user

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        page = _TEMPLATES.get_template(template)
        known = {"user": self.maybe_user, "base": self.server.url, "now": now()}
        return HTMLResponse(page.render(**known, **values), status)


Page = Callable[[View], Response]


def endpoint(server: Server, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint that runs `page` in a thread, in one transaction."""

    async def answer(request: Request) -> Response:
        body = (await request.body()).decode(errors="replace")
        form = _form(body, request.headers.get("content-type", ""))
        return await run_in_threadpool(_run, server, page, request, form)

    return answer


def _form(body: str, content_type: str) -> dict[str, str]:
    if not content_type.startswith("application/json"):
        return dict(parse_qsl(body, keep_blank_values=True))
    try:
        loaded = json.loads(body)
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in loaded.items()} if isinstance(loaded, dict) else {}


def _run(server: Server, page: Page, request: Request, form: dict[str, str]) -> Response:
    writes = request.method == "POST"
    after: list[Callable[[], None]] = []
    try:
        with server.db.writing() if writes else server.db.reading() as session:
            view = View(server, session, request, form)
            after = view.after
            response = page(view)
    except NotSignedInError:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/users/sign_in?return_to={quote(target)}", 302)
    except ApiError as problem:
        return _problem(server, request, problem)
    for work in after:
        server.later(work)
    return response


def _problem(server: Server, request: Request, problem: ApiError) -> Response:
    with server.db.reading() as session:
        view = View(server, session, request, {})
        if view.maybe_user is None:
            target = quote(request.url.path)
            return RedirectResponse(f"/users/sign_in?return_to={target}", 302)
        sentence = problem.body.get("message") or problem.body.get("error")
        return view.render("problem.html", status=problem.status, sentence=sentence)
