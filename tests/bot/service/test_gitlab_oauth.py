"""What the bot makes of GitLab's token endpoint, on good and on bad days."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from airdesk.errors import Refused, Unavailable
from airdesk_bot.gitlab_oauth import GitLabOAuth

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TOKENS = {"access_token": "a2", "refresh_token": "r2", "expires_in": 7200}


class Endpoint(HTTPServer):
    """Answers every request as told, and keeps what was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body = 200, json.dumps(TOKENS)
        self.forms: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.forms.append({name: values[0] for name, values in parse_qs(sent).items()})
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body.encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def oauth(endpoint):
    return GitLabOAuth(
        endpoint.url,
        client_id="id",
        client_secret="client-secret",
        redirect_uri="http://bot.test/link/gitlab/callback",
        clock=lambda: NOW,
    )


def test_a_refresh_gives_both_new_tokens_and_when_they_end(oauth, endpoint):
    grant = oauth.refresh("r1")
    assert (grant.access_token, grant.refresh_token) == ("a2", "r2")
    assert grant.expires_at == NOW + timedelta(hours=2)
    assert endpoint.forms[0]["grant_type"] == "refresh_token"
    assert endpoint.forms[0]["refresh_token"] == "r1"


def test_a_refresh_that_gitlab_no_longer_takes_is_refused(oauth, endpoint):
    endpoint.status, endpoint.body = 400, '{"error": "invalid_grant"}'
    with pytest.raises(Refused):
        oauth.refresh("r1")


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "oops"), (200, "not json"), (200, "{}"), (401, '{"error": "invalid_client"}')],
)
def test_anything_else_does_not_end_the_link(oauth, endpoint, status, body):
    endpoint.status, endpoint.body = status, body
    with pytest.raises(Unavailable):
        oauth.refresh("r1")


def test_no_gitlab_at_all_does_not_end_the_link(oauth, endpoint):
    endpoint.shutdown()
    endpoint.server_close()
    with pytest.raises(Unavailable):
        oauth.refresh("r1")


def test_the_verifier_stays_here_and_only_its_digest_goes_along(oauth):
    url = oauth.authorize_url(state="s", verifier="v" * 64)
    assert "v" * 64 not in url
    assert "code_challenge_method=S256" in url
    assert "client-secret" not in url
