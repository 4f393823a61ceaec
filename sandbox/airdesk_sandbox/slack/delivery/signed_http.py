"""HTTP delivery: requests to an app's URL, signed as Slack signs them (version v0)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import httpx

from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.delivery.acks import ACK_SECONDS, Ack


def signature(signing_secret: str, timestamp: str, body: str) -> str:
    """The value of `X-Slack-Signature` for this body at this time."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()


class SignedHttp:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Slack does not go through this machine's proxy, and neither may the sandbox.
        self._client = httpx.AsyncClient(timeout=ACK_SECONDS, trust_env=False)

    async def send(
        self,
        url: str,
        signing_secret: str,
        kind: str,
        payload: dict[str, Any],
        *,
        retry: int = 0,
        reason: str = "",
    ) -> Ack:
        """POST one payload; the answer must be 200 within three seconds."""
        body, content_type = _encode(kind, payload)
        timestamp = str(int(self._clock.now()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(signing_secret, timestamp, body),
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        try:
            response = await self._client.post(url, content=body, headers=headers)
        except httpx.TimeoutException:
            return Ack(problem="operation_timeout")
        except httpx.HTTPError:
            return Ack(problem="dispatch_failed")
        if response.status_code >= 500:
            return Ack(problem="http_service_error")
        if response.status_code != 200:
            return Ack(problem="http_client_error")
        return Ack(_decode(response.text))

    async def close(self) -> None:
        await self._client.aclose()


def _encode(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form), "application/x-www-form-urlencoded"


def _decode(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        data = json.loads(text)
    except ValueError:
        return {"text": text}
    return data if isinstance(data, dict) else {"text": text}
