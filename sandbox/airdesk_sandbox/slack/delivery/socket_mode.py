"""Socket Mode: WebSocket connections of apps, envelopes to them and acknowledgements back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.delivery.acks import ACK_SECONDS, Ack

TICKET_SECONDS = 30.0
MAX_CONNECTIONS = 10


class _Connection:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.waiting: dict[str, asyncio.Future[Ack]] = {}

    def receive(self, text: str) -> None:
        """Take an acknowledgement; anything else an app says means nothing to Slack either."""
        try:
            data = json.loads(text)
        except ValueError:
            return
        if not isinstance(data, dict):
            return
        future = self.waiting.pop(str(data.get("envelope_id")), None)
        if future is not None and not future.done():
            payload = data.get("payload")
            future.set_result(Ack({"text": payload} if isinstance(payload, str) else payload))


class SocketMode:
    """All live connections. `on_connected` is told the id of an app that came (back)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, tuple[str, float]] = {}
        self._connections: dict[str, list[_Connection]] = {}
        self._turn = 0
        self.on_connected: Callable[[str], None] = lambda app_id: None

    def new_ticket(self, app_id: str) -> str:
        """A one-time word for the URL that `apps.connections.open` gives out; valid for 30 s."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (app_id, self._clock.now() + TICKET_SECONDS)
        return ticket

    def is_connected(self, app_id: str) -> bool:
        return bool(self._connections.get(app_id))

    async def serve(self, websocket: WebSocket) -> None:
        """Hold one connection until either side ends it."""
        ticket = websocket.query_params.get("ticket", "")
        app_id, expires = self._tickets.pop(ticket, ("", 0.0))
        connections = self._connections.setdefault(app_id, [])
        if expires < self._clock.now() or len(connections) >= MAX_CONNECTIONS:
            await websocket.close(code=4003)
            return
        await websocket.accept()
        connection = _Connection(websocket)
        connections.append(connection)
        try:
            await websocket.send_json(_hello(app_id, len(connections)))
            self.on_connected(app_id)
            while True:
                connection.receive(await websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            connections.remove(connection)

    async def send(self, app_id: str, kind: str, payload: dict[str, Any], *, retry: int = 0) -> Ack:
        """Send one envelope over the app's next connection and wait for its acknowledgement."""
        connections = self._connections.get(app_id)
        if not connections:
            return Ack(problem="dispatch_failed")
        self._turn += 1
        connection = connections[self._turn % len(connections)]
        envelope = _envelope(kind, payload, retry)
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await connection.websocket.send_json(envelope)
                return await future
        except TimeoutError:
            return Ack(problem="operation_timeout")
        except (WebSocketDisconnect, RuntimeError):
            return Ack(problem="dispatch_failed")
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, app_id: str, reason: str) -> int:
        """Tell an app that its connections end: `warning` first, any other reason closes them."""
        connections = list(self._connections.get(app_id, ()))
        for connection in connections:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await connection.websocket.send_json(
                    {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                )
                if reason != "warning":
                    await connection.websocket.close()
        return len(connections)

    async def close(self) -> None:
        for app_id in list(self._connections):
            await self.disconnect(app_id, "refresh_requested")


def _hello(app_id: str, connections: int) -> dict[str, Any]:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": app_id},
        "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
    }


def _envelope(kind: str, payload: dict[str, Any], retry: int) -> dict[str, Any]:
    envelope: dict[str, Any] = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind,
        "accepts_response_payload": kind != "events_api",
        "payload": payload,
    }
    if kind == "events_api" or retry:
        envelope["retry_attempt"] = retry
        envelope["retry_reason"] = "timeout" if retry else ""
    return envelope
