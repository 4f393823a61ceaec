"""The page's own HTTP interface, which scripts may use as well: JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.interactions import actions, commands, events, submissions
from airdesk_sandbox.slack.interactions.actions import Gesture
from airdesk_sandbox.slack.interactions.people import ImpossibleError, acting
from airdesk_sandbox.slack.web.state import person, state_for

COOKIE = "slack_user"
Body = dict[str, Any]


class _BadRequestError(Exception):
    """The page (or a script) asked wrongly; the sentence says how."""


def _endpoint(
    handler: Callable[[Slack, Body], Awaitable[Body]],
) -> Callable[[Request], Awaitable[Response]]:
    """A POST route: the body's JSON in, the handler's answer out, refusals as sentences."""

    async def endpoint(request: Request) -> Response:
        slack: Slack = request.app.state.slack
        try:
            body = json.loads(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise _BadRequestError("Send a JSON object.")
            body.setdefault("user", request.cookies.get(COOKIE))
            return JSONResponse(await handler(slack, body))
        except ImpossibleError as error:
            return JSONResponse({"ok": False, "error": str(error)})
        except _BadRequestError as error:
            return JSONResponse({"ok": False, "error": str(error)}, status_code=400)
        except ValueError:
            return JSONResponse({"ok": False, "error": "Send a JSON object."}, status_code=400)

    return endpoint


def _need(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise _BadRequestError(f"{name} is missing.")
    return value


def _gesture(body: Body) -> Gesture:
    inner = body.get("action")
    given = inner if isinstance(inner, dict) else body
    known = ("user", "channel", "ts", "view_id", "block_id", "action_id", "action", "values")
    return Gesture(
        action_id=_need(body, "action_id"),
        block_id=body.get("block_id"),
        given={key: value for key, value in given.items() if key not in known},
        entered=body.get("values") or {},
    )


async def _command(slack: Slack, body: Body) -> Body:
    user, channel, text = (_need(body, name) for name in ("user", "channel", "text"))
    return await commands.run_command(slack, user, channel, text)


async def _post(slack: Slack, body: Body) -> Body:
    user, channel, text = (_need(body, name) for name in ("user", "channel", "text"))
    return {"ok": True, "ts": commands.say(slack, user, channel, text, body.get("thread_ts"))}


async def _action(slack: Slack, body: Body) -> Body:
    user, channel, ts = (_need(body, name) for name in ("user", "channel", "ts"))
    return await actions.act_on_message(slack, user, channel, ts, _gesture(body))


async def _view_action(slack: Slack, body: Body) -> Body:
    return await actions.act_on_view(
        slack, _need(body, "user"), _need(body, "view_id"), _gesture(body)
    )


async def _suggest(slack: Slack, body: Body) -> Body:
    where = {k: str(body[k]) for k in ("view_id", "channel", "ts") if body.get(k)}
    typed = str(body.get("value") or "")
    return await actions.suggest(slack, _need(body, "user"), where, _gesture(body), typed)


async def _submit(slack: Slack, body: Body) -> Body:
    return await submissions.submit(
        slack, _need(body, "user"), _need(body, "view_id"), body.get("values") or {}
    )


async def _close(slack: Slack, body: Body) -> Body:
    return await submissions.close(
        slack, _need(body, "user"), _need(body, "view_id"), whole_stack=bool(body.get("all"))
    )


async def _home(slack: Slack, body: Body) -> Body:
    return events.home_opened(
        slack, _need(body, "user"), _need(body, "app"), body.get("tab") or "home"
    )


async def _direct(slack: Slack, body: Body) -> Body:
    user, other = acting(slack, _need(body, "user")), acting(slack, _need(body, "with"))
    conversation, _ = slack.conversations.open_direct([user.id, other.id])
    slack.changes.happened()
    return {"ok": True, "channel": conversation.id}


async def _redeliver(slack: Slack, body: Body) -> Body:
    count = body.get("n", 1)
    if not isinstance(count, int) or count < 1:
        raise _BadRequestError("n must be a positive number.")
    return {"ok": True, "delivered": await slack.dispatcher.redeliver(count)}


async def login(request: Request) -> Response:
    """Become a person: `{"user": "U_THU"}` as JSON or form; a form may say where to go `next`."""
    slack: Slack = request.app.state.slack
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form")
    body = dict(await request.form()) if is_form else await request.json()
    user = slack.workspace.user(str(body.get("user")))
    if user is None:
        sentence = f"There is no {body.get('user')} in this workspace."
        return JSONResponse({"ok": False, "error": sentence}, status_code=404)
    response: Response = JSONResponse({"ok": True, "user": person(user)})
    target = str(body.get("next") or "")
    if target.startswith("/") and not target.startswith("//"):
        response = Response(status_code=303, headers={"Location": target})
    response.set_cookie(COOKIE, user.id, httponly=True, samesite="lax")
    return response


async def me(request: Request) -> Response:
    slack: Slack = request.app.state.slack
    user = slack.workspace.user(request.cookies.get(COOKIE, ""))
    return JSONResponse({"ok": True, "user": None if user is None else person(user)})


async def people(request: Request) -> Response:
    """Everybody one may be; what the page asks before it knows who is there."""
    slack: Slack = request.app.state.slack
    everybody = [person(user) for user in slack.workspace.users]
    return JSONResponse({"ok": True, "team": slack.workspace.team_name, "people": everybody})


async def state(request: Request) -> Response:
    slack: Slack = request.app.state.slack
    user_id = request.query_params.get("user") or request.cookies.get(COOKIE, "")
    try:
        return JSONResponse({"ok": True, **state_for(slack, user_id)})
    except ImpossibleError as error:
        return JSONResponse({"ok": False, "error": str(error)}, status_code=404)


async def watch(request: Request) -> Response:
    """Server-sent events: one `changed` whenever the state may look different."""
    slack: Slack = request.app.state.slack

    async def stream() -> AsyncIterator[str]:
        async for number in slack.changes.watch():
            if number is None:
                yield ": still here\n\n"
            else:
                yield f'event: changed\ndata: {{"number": {number}}}\n\n'

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


_POSTS = {
    "command": _command,
    "post": _post,
    "action": _action,
    "view_action": _view_action,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "direct": _direct,
    "redeliver": _redeliver,
}

ROUTES = [
    *(
        Route(f"/ui/{name}", _endpoint(handler), methods=["POST"])
        for name, handler in _POSTS.items()
    ),
    Route("/ui/login", login, methods=["POST"]),
    Route("/ui/me", me),
    Route("/ui/people", people),
    Route("/ui/state", state),
    Route("/ui/events", watch),
]
