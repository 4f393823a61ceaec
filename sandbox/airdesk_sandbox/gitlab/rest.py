"""The HTTP face of REST v4: from a request to a handler's answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from airdesk_sandbox.gitlab.api.routes import router
from airdesk_sandbox.gitlab.auth import SESSION_COOKIE, Caller, by_cookie, identify, require_scope
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.errors import (
    ApiError,
    forbidden,
    not_found,
    not_implemented,
    unauthorized,
)
from airdesk_sandbox.gitlab.models import User
from airdesk_sandbox.gitlab.params import Params
from airdesk_sandbox.gitlab.routing import Route
from airdesk_sandbox.gitlab.server import Server
from airdesk_sandbox.gitlab.throttle import Standing

_PREFIX = "/api/v4"
_READING = ("GET", "HEAD")
_log = logging.getLogger("airdesk_sandbox.gitlab.rest")


class ThrottledError(Exception):
    """The caller asked too often; the answer is plain text, not JSON."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.text)
        self.standing = standing


def rest_app(server: Server) -> ASGIApp:
    routes = router()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        raw_path = scope["raw_path"].decode().partition("?")[0].removeprefix(_PREFIX)
        found = routes.find(request.method, raw_path)
        if found is None and request.method == "HEAD":
            found = routes.find("GET", raw_path)
        if found is None:
            problem = not_implemented(request.method, f"{_PREFIX}{raw_path}")
            response = _json(Reply(problem.status, problem.body))
        else:
            response = await run_in_threadpool(answer, server, request, body, *found)
        await response(scope, receive, send)

    return app


def answer(
    server: Server, request: Request, body: bytes, route: Route, path: dict[str, str]
) -> Response:
    """Run the handler in one transaction; what it wants done afterwards goes to a worker."""
    after: list[Callable[[], None]] = []
    limits: dict[str, str] = {}
    try:
        with _session(server, route) as session:
            call = _call(server, session, request, body, route, path, limits)
            after = call.after
            result = route.handler(call)
            reply = _reply(result, request.method)
            reply.headers.update(limits)
    except ThrottledError as told:
        return PlainTextResponse(told.standing.text, 429, told.standing.headers)
    except ApiError as problem:
        return _json(Reply(problem.status, problem.body, limits))
    except Exception:
        _log.exception("%s %s failed", request.method, request.url.path)
        return _json(Reply(500, {"message": "500 Internal Server Error"}))
    for work in after:
        server.later(work)
    return _json(reply)


def _session(server: Server, route: Route) -> AbstractContextManager[Session]:
    reads = route.method in _READING or route.own_transaction
    return server.db.reading() if reads else server.db.writing()


def _call(
    server: Server,
    session: Session,
    request: Request,
    body: bytes,
    route: Route,
    path: dict[str, str],
    limits: dict[str, str],
) -> Call:
    """Who calls, with what; `limits` gets the headers that every answer to them carries."""
    params = Params(request.url.query, body, request.headers.get("content-type", ""))
    caller = identify(session, request.headers, params.maybe("private_token"))
    address = request.client.host if request.client else ""
    standing = server.throttle.count(caller.user.id if caller else None, address)
    limits.update(standing.headers)
    if standing.exceeded:
        raise ThrottledError(standing)
    cookie = request.cookies.get(SESSION_COOKIE) if route.method in _READING else None
    if caller is None and (user := by_cookie(session, cookie)):
        caller = Caller(user, "session")
    if caller is None and not route.public:
        raise unauthorized()
    if caller is not None:
        _check_caller(caller, route)
        wanted = request.headers.get("sudo") or params.maybe("sudo")
        caller = _as_somebody_else(session, caller, wanted)
    url = server.url + request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Call(server, session, request.method, path, params, request.headers, caller, url)


def _check_caller(caller: Caller, route: Route) -> None:
    if route.public:
        return
    if caller.kind == "job":
        if not route.job_token:
            raise unauthorized()
        return
    suffices = ["api", *route.scopes]
    if route.method in _READING:
        suffices.insert(1, "read_api")
    require_scope(caller, *suffices)


def _as_somebody_else(session: Session, caller: Caller, name: str | None) -> Caller:
    """`Sudo: NAME`: an administrator's token with the scope `sudo` acts as another user."""
    if not name:
        return caller
    if not caller.user.is_admin or "sudo" not in caller.scopes:
        raise forbidden("Must be admin to use sudo")
    where = User.id == int(name) if name.isdigit() else User.username == name
    user = session.scalar(select(User).where(where))
    if user is None:
        raise not_found("User with ID or username '" + name + "'")
    return Caller(user, caller.kind, caller.scopes, token=caller.token)


def _reply(result: Any, method: str) -> Reply:
    if isinstance(result, Reply):
        return result
    if result is None:
        return Reply(204)
    return Reply(201 if method == "POST" else 200, result)


def _json(reply: Reply) -> Response:
    body = reply.body
    if body is None:
        content = b""
    elif isinstance(body, bytes):
        content = body
    else:
        content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, reply.status, reply.headers, media_type=reply.content_type)
