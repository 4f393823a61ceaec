"""The ASGI middleware that stands before Airflow's execution API and denies by default."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from airdesk_airflow.clearance import cleared
from airdesk_airflow.guard.caller import Caller, Token, TokenError, caller_of, verified
from airdesk_airflow.guard.connections import Desk
from airdesk_airflow.guard.reports import mentions_assets, state_refusal
from airdesk_airflow.guard.routes import Check, Match, matches
from airdesk_airflow.guard.team_rules import dag_refusal, is_own
from airdesk_airflow.guard.why import conn_id_asked_about
from airdesk_airflow.refusal import detail_of

log = structlog.get_logger("airdesk.guard")

PREFIX = "/execution"
LARGEST_REPORT = 1_000_000
OWN = frozenset({Check.OWN, Check.OWN_STATE})
NO_VAULT = (
    "Airdesk: Airflow's API server has no Vault configured, so {conn_id} cannot be read. "
    "The platform team sets its secrets backend."
)


class Guard:
    """Lets a task reach what belongs to itself and its team, and nothing else.

    Args:
        app: the rest of Airflow's API server.
        desk: gives what decides about connections, or `None` where no Vault is configured; asked at
            each request, because Airflow may not have loaded its secrets backend before.
    """

    def __init__(self, app: ASGIApp, desk: Callable[[], Desk | None]) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = execution_path(scope) if scope["type"] in {"http", "websocket"} else None
        if path is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._judge(path, scope, receive, send)

    async def _judge(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        found = matches(scope["method"], path)
        if found and all(match.rule.check is Check.OPEN for match in found):
            await self._app(scope, receive, send)
            return
        try:
            token = await verified(Headers(scope=scope))
        except TokenError as problem:
            sentence = f"Airdesk: {problem} Tasks are given one when they start."
            await _deny(scope, sentence, HTTPStatus.UNAUTHORIZED)(scope, receive, send)
            return
        if not found:
            sentence = f"Airdesk: {scope['method']} {path} is not offered to tasks."
            await _deny(scope, sentence)(scope, receive, send)
        elif all(match.rule.check in OWN for match in found):
            await self._about_itself(found, token, scope, receive, send)
        else:
            await self._about_others(found, token, scope, receive, send)

    async def _about_itself(
        self, found: Sequence[Match], token: Token, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if not all(is_own(match, token) for match in found):
            sentence = f"Airdesk: a task may not act on {found[0].rule.thing} that is not its own."
            await _deny(scope, sentence)(scope, receive, send)
            return
        if any(match.rule.check is Check.OWN_STATE for match in found):
            body = await _read(receive)
            caller = await caller_of(token) if mentions_assets(body) else None
            team = caller.team() if caller is not None and token.scope == "execution" else None
            if (sentence_or_none := state_refusal(body, team)) is not None:
                await _deny(scope, sentence_or_none)(scope, receive, send)
                return
            receive = _again(body, receive)
        await self._app(scope, receive, send)

    async def _about_others(
        self, found: Sequence[Match], token: Token, scope: Scope, receive: Receive, send: Send
    ) -> None:
        for match in found:
            answer = await self._answer(match, token, scope)
            if answer is not None:
                await answer(scope, receive, send)
                return
        conn_ids = [m.params["connection_id"] for m in found if m.rule.check is Check.CONNECTION]
        if conn_ids:
            with cleared(conn_ids[0]):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, match: Match, token: Token, scope: Scope) -> Response | None:
        """A refusal or the guard's own answer; `None` lets the request through."""
        check, thing = match.rule.check, match.rule.thing
        asked = conn_id_asked_about(match.params.get("variable_key", ""))
        if check is Check.NEVER or (check is Check.VARIABLE and asked is None):
            return _deny(scope, f"Airdesk: {thing} are not offered to tasks.")
        caller = await caller_of(token, past=check is Check.VARIABLE)
        team = caller.team() if caller is not None and token.scope == "execution" else None
        if caller is None or team is None:
            return _deny(scope, "Airdesk: this task is over, or its DAG belongs to no team.")
        if check is Check.VARIABLE and asked is not None:
            sentence = await self._connection(caller, asked, explain=True)
            return JSONResponse({"key": match.params["variable_key"], "value": sentence})
        if check is Check.CONNECTION:
            refusal = await self._connection(caller, match.params["connection_id"])
        else:
            in_query = QueryParams(scope.get("query_string", b"")).getlist("dag_id")
            refusal = dag_refusal(match, caller, team, in_query)
        return None if refusal is None else _deny(scope, refusal)

    async def _connection(
        self, caller: Caller, conn_id: str, *, explain: bool = False
    ) -> str | None:
        desk = self._desk()
        if desk is None:
            return NO_VAULT.format(conn_id=conn_id)
        decide = desk.explain if explain else desk.refusal
        return await run_in_threadpool(decide, caller, conn_id)


def execution_path(scope: Scope) -> str | None:
    """What follows `/execution` in the path; `None` if the request goes elsewhere.

    A path that only resembles the execution API's, by case, doubled slashes or dots, gives an empty
    text, which no rule knows.
    """
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    if path.startswith(f"{PREFIX}/"):
        return path[len(PREFIX) :]
    resembling = posixpath.normpath("/" + path.strip("/")).lower()
    return "" if resembling == PREFIX or resembling.startswith(f"{PREFIX}/") else None


def _deny(scope: Scope, sentence: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> JSONResponse:
    """A refusal, which the API server's log keeps for whoever looks for attacks."""
    log.warning("refused", method=scope["method"], path=scope["path"], sentence=sentence)
    return JSONResponse({"detail": detail_of(sentence)}, status_code=status)


async def _read(receive: Receive) -> bytes:
    """The whole body, or as much as shows that it is too long to be a report of a state."""
    body = b""
    while len(body) <= LARGEST_REPORT:
        message = await receive()
        body += bytes(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return body
    return b""


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read before, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
