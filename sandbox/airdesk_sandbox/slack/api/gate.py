"""In front of every method: parses the request, checks token, scopes and rate, answers."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from airdesk_sandbox.slack.api.call import Answer, Call, Method, missing_scope
from airdesk_sandbox.slack.api.registry import METHODS
from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.openid import Grants
from airdesk_sandbox.slack.workspace import App

# Methods without a token are nobody's; they get this app so that handlers need no special case.
_NOBODY = App(id="", name="", bot_user_id="", bot_token="")


async def answer(request: Request) -> Response:
    """The endpoint `/api/{method}`."""
    slack: Slack = request.app.state.slack
    name = request.path_params["method"]
    method = METHODS.get(name)
    if method is None:
        return JSONResponse(
            {"ok": False, "error": "unknown_method", "req_method": name}, status_code=501
        )
    app: App | None = None
    try:
        args = await _arguments(request)
        app, user = _caller(slack, method, _token(request, args))
        call = Call(slack, name, args, app, user, dict(request.headers))
        body = {"ok": True, **_run(method, call)}
    except SlackError as error:
        return _refusal(error, method, app)
    return JSONResponse(body, headers=_scope_headers(method, app))


def _run(method: Method, call: Call) -> Answer:
    if method.rate is not None:
        wait = call.slack.limiter.take(call.method, method.rate, call.app.id)
        if wait:
            raise SlackError("ratelimited", retry_after=wait)
    return method.handler(call)


async def _arguments(request: Request) -> dict[str, Any]:
    args: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method != "POST" or not await request.body():
        return args
    if content_type == "application/json":
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        return args | body
    if content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return args | {k: v for k, v in (await request.form()).items() if isinstance(v, str)}
    if not content_type:
        raise SlackError("missing_post_type")
    raise SlackError("invalid_post_type")


def _token(request: Request, args: dict[str, Any]) -> str:
    header = request.headers.get("authorization", "")
    token = args.pop("token", None)
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    return str(token or "")


def _caller(slack: Slack, method: Method, token: str) -> tuple[App, str | None]:
    if method.token == "none":
        return _NOBODY, None
    if not token:
        raise SlackError("not_authed")
    kind, app, user = _owner(slack, token)
    if kind != method.token:
        raise SlackError("not_allowed_token_type")
    if method.scopes and not any(scope in app.scopes for scope in method.scopes):
        raise missing_scope(app, method.scopes)
    return app, user


def _owner(slack: Slack, token: str) -> tuple[str, App, str | None]:
    for app in slack.workspace.apps:
        if token == app.bot_token:
            return "bot", app, None
        if app.app_token and token == app.app_token:
            return "app", app, None
    owner = Grants(slack.database, slack.clock).owner_of(token)
    found = slack.workspace.app(owner[0]) if owner else None
    if owner is None or found is None:
        raise SlackError("invalid_auth")
    return "user", found, owner[1]


def _refusal(error: SlackError, method: Method, app: App | None) -> Response:
    body = {"ok": False, "error": error.error, **error.extra}
    if error.error == "ratelimited":
        return JSONResponse(body, status_code=429, headers={"Retry-After": str(error.retry_after)})
    return JSONResponse(body, headers=_scope_headers(method, app))


def _scope_headers(method: Method, app: App | None) -> dict[str, str]:
    headers = {"X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
    if app is not None:
        headers["X-OAuth-Scopes"] = ",".join(app.scopes)
    return headers
