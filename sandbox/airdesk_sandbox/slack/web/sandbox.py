"""Routes of the sandbox itself, of response URLs, of Socket Mode and of permalinks."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.handles.response_urls import ResponseUrlError
from airdesk_sandbox.slack.interactions.answers import answer
from airdesk_sandbox.slack.workspace import WorkspaceError


async def health(request: Request) -> Response:
    """200 when the server answers; `connected` tells which apps hold a Socket Mode connection."""
    slack: Slack = request.app.state.slack
    connected = [a.id for a in slack.workspace.apps if slack.socket_mode.is_connected(a.id)]
    return JSONResponse({"ok": True, "team": slack.workspace.team_name, "connected": connected})


async def put_workspace(request: Request) -> Response:
    slack: Slack = request.app.state.slack
    try:
        slack.change_workspace(json.loads(await request.body()))
    except WorkspaceError as error:
        return JSONResponse({"ok": False, "error": str(error)}, status_code=400)
    except ValueError:
        sentence = "The workspace is not valid JSON."
        return JSONResponse({"ok": False, "error": sentence}, status_code=400)
    return JSONResponse({"ok": True})


async def disconnect(request: Request) -> Response:
    """Tell an app that its Socket Mode connections end: `{"app", "reason"}`."""
    slack: Slack = request.app.state.slack
    body = await request.json()
    told = await slack.socket_mode.disconnect(str(body.get("app")), body.get("reason", "warning"))
    return JSONResponse({"ok": True, "connections": told})


async def respond(request: Request) -> Response:
    """A response URL: five answers within thirty minutes."""
    slack: Slack = request.app.state.slack
    try:
        body = json.loads(await request.body())
        origin = slack.response_urls.use(request.path_params["token"])
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        answer(slack, origin, body)
    except ResponseUrlError as error:
        return JSONResponse({"ok": False, "error": str(error)}, status_code=404)
    except SlackError as error:
        return PlainTextResponse(error.error, status_code=400)
    except ValueError:
        return PlainTextResponse("invalid_payload", status_code=400)
    return PlainTextResponse("ok")


async def socket(websocket: WebSocket) -> None:
    slack: Slack = websocket.app.state.slack
    await slack.socket_mode.serve(websocket)


async def permalink(request: Request) -> Response:
    """`/archives/C…/p1700000000000123` leads to the page, scrolled to that message."""
    word = request.path_params["message"].removeprefix("p")
    ts = f"{word[:-6]}.{word[-6:]}"
    thread = request.query_params.get("thread_ts")
    target = f"/?channel={request.path_params['channel']}&ts={ts}"
    return RedirectResponse(f"{target}&thread={thread}" if thread else target)


ROUTES = [
    Route("/healthz", health),
    Route("/sandbox/workspace", put_workspace, methods=["PUT"]),
    Route("/sandbox/disconnect", disconnect, methods=["POST"]),
    Route("/actions/{token}", respond, methods=["POST"]),
    Route("/archives/{channel}/{message}", permalink),
    WebSocketRoute("/link/", socket),
]
