"""Sends payloads to apps by whichever way they chose, and keeps a record of every one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

from airdesk_sandbox.slack.delivery.acks import Ack
from airdesk_sandbox.slack.delivery.signed_http import SignedHttp
from airdesk_sandbox.slack.delivery.socket_mode import SocketMode
from airdesk_sandbox.slack.store.database import Database
from airdesk_sandbox.slack.workspace import App

# Slack tries an event again at once, after a minute and after five.
RETRY_SECONDS = (0.0, 60.0, 300.0)

_RETRY_REASONS = {
    "operation_timeout": "http_timeout",
    "dispatch_failed": "connection_failed",
    "http_client_error": "http_error",
    "http_service_error": "http_error",
}


class Dispatcher:
    def __init__(
        self,
        database: Database,
        find_app: Callable[[str], App | None],
        socket_mode: SocketMode,
        signed_http: SignedHttp,
        *,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._db = database
        self._find_app = find_app
        self._socket_mode = socket_mode
        self._signed_http = signed_http
        self._retry_seconds = retry_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: set[int] = set()
        socket_mode.on_connected = self.resume

    async def ask(self, app: App, kind: str, payload: dict[str, Any]) -> Ack:
        """Deliver an interaction once and wait for the acknowledgement; Slack never repeats it."""
        number = self._record(app, kind, payload, "sent")
        ack = await self._send(app, kind, payload, 0, "")
        self._mark(number, 1, "acknowledged" if ack.ok else ack.problem)
        return ack

    def tell(self, app: App, payload: dict[str, Any]) -> None:
        """Deliver an event in the background; it is repeated until it is acknowledged."""
        number = self._record(app, "events_api", payload, "waiting")
        self._start(self._deliver_event(app, number, payload, 0))

    def resume(self, app_id: str) -> None:
        """Send again what the app has not acknowledged; called when it connects."""
        app = self._find_app(app_id)
        if app is None:
            return
        for row in self._db.all(
            "select number, payload, attempts from envelope where app = ? and state = 'waiting' "
            "order by number",
            (app_id,),
        ):
            payload = json.loads(row["payload"])
            self._start(self._deliver_event(app, row["number"], payload, row["attempts"]))

    async def redeliver(self, count: int) -> list[dict[str, Any]]:
        """Send the last `count` payloads once more, as Slack does when an ack got lost."""
        rows = self._db.all("select * from envelope order by number desc limit ?", (count,))
        results = []
        for row in reversed(rows):
            app = self._find_app(row["app"])
            if app is None:
                continue
            attempt = row["attempts"] or 1
            ack = await self._send(
                app, row["kind"], json.loads(row["payload"]), attempt, "http_timeout"
            )
            self._mark(row["number"], attempt + 1, row["state"])
            results.append({"kind": row["kind"], "ok": ack.ok, "error": ack.problem})
        return results

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._signed_http.close()

    async def _deliver_event(
        self, app: App, number: int, payload: dict[str, Any], attempts: int
    ) -> None:
        """Send one event until it is acknowledged; without a connection it waits for one."""
        problem = ""
        for attempt in range(attempts, len(self._retry_seconds) + 1):
            if attempt > attempts:
                await asyncio.sleep(self._retry_seconds[attempt - 1])
            if app.socket_mode and not self._socket_mode.is_connected(app.id):
                return
            if number in self._sending or self._state(number) != "waiting":
                return  # another delivery of the same event is under way, or was acknowledged
            self._sending.add(number)
            try:
                ack = await self._send(app, "events_api", payload, attempt, problem)
            finally:
                self._sending.discard(number)
            self._mark(number, attempt + 1, "acknowledged" if ack.ok else "waiting")
            if ack.ok:
                return
            problem = ack.problem
        self._mark(number, len(self._retry_seconds) + 1, "given_up")

    async def _send(
        self, app: App, kind: str, payload: dict[str, Any], attempt: int, problem: str
    ) -> Ack:
        if app.socket_mode:
            return await self._socket_mode.send(app.id, kind, payload, retry=attempt)
        url = _url_for(app, payload)
        if not url:
            return Ack(problem="dispatch_failed")
        reason = _RETRY_REASONS.get(problem, problem)
        return await self._signed_http.send(
            url, app.signing_secret, kind, payload, retry=attempt, reason=reason
        )

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _record(self, app: App, kind: str, payload: dict[str, Any], state: str) -> int:
        cursor = self._db.run(
            "insert into envelope (app, kind, payload, attempts, state) values (?, ?, ?, 0, ?)",
            (app.id, kind, json.dumps(payload), state),
        )
        return cursor.lastrowid or 0

    def _mark(self, number: int, attempts: int, state: str) -> None:
        self._db.run(
            "update envelope set attempts = ?, state = ? where number = ?",
            (attempts, state, number),
        )

    def _state(self, number: int) -> str:
        row = self._db.one("select state from envelope where number = ?", (number,))
        return "" if row is None else str(row["state"])


def _url_for(app: App, payload: dict[str, Any]) -> str | None:
    for command in app.commands:
        if command.command == payload.get("command") and command.url:
            return command.url
    return app.request_url
