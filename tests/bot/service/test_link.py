"""Linking in a browser: against the sandbox Slack's sign-in and a GitLab token endpoint."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest


class TokenEndpoint(ThreadingHTTPServer):
    """GitLab's /oauth/token: each code once, and only with the verifier of its challenge."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.challenges: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        challenge = self.challenges.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if challenge != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return 400, {"error": "invalid_grant"}
        person = form["code"].removeprefix("code-of-")
        token = {"access_token": f"token-of-{person}", "refresh_token": "r", "expires_in": 7200}
        return 200, token


class _Handler(BaseHTTPRequestHandler):
    server: TokenEndpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        status, answer = self.server.answer({k: v[0] for k, v in parse_qs(body).items()})
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint()
    thread = threading.Thread(target=endpoint.serve_forever)
    thread.start()
    yield endpoint
    endpoint.shutdown()
    thread.join()
    endpoint.server_close()


@pytest.fixture
def linking(bot, gitlab):
    bot.gitlab_url = gitlab.url
    with bot.running() as services:
        yield services


class Browser:
    def __init__(self, slack, bot, gitlab, user: str) -> None:
        self.slack, self.bot, self.gitlab, self.user = slack, bot, gitlab, user
        self.http = httpx.Client(timeout=20)
        self.http.post(f"{slack.url}/ui/login", json={"user": user})

    def through_slack(self, address: str) -> httpx.Response:
        """Open the link and agree at Slack; returns the bot's answer to Slack's callback."""
        start = self.http.get(address)
        assert start.status_code == 302, start.text
        query = dict(parse_qs(urlsplit(start.headers["location"]).query))
        form = {name: values[0] for name, values in query.items()}
        page = start.headers["location"].partition("?")[0]
        agreed = self.http.post(page, data={**form, "decision": "allow"})
        return self.http.get(agreed.headers["location"])

    def at_gitlab(self, answer: httpx.Response) -> dict[str, str]:
        """What the bot asks GitLab for; GitLab would issue a code for it."""
        assert answer.status_code == 302, answer.text
        address = urlsplit(answer.headers["location"])
        assert answer.headers["location"].startswith(f"{self.gitlab.url}/oauth/authorize?")
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.gitlab.challenges[f"code-of-{self.user}"] = query["code_challenge"]
        return query

    def from_gitlab(self, query: dict[str, str], code: str | None = None) -> httpx.Response:
        given = {"code": code or f"code-of-{self.user}", "state": query["state"]}
        return self.http.get(f"{query['redirect_uri']}?{urlencode(given)}")


@pytest.fixture
def browser(slack, bot, gitlab):
    opened: list[Browser] = []

    def open_as(user: str) -> Browser:
        opened.append(Browser(slack, bot, gitlab, user))
        return opened[-1]

    yield open_as
    for each in opened:
        each.http.close()


@pytest.fixture
def address(slack):
    def address(user: str) -> str:
        slack.command(user, "/airflow link", "C_GROWTH" if user != "U_LAN" else "C_RISK")
        message = slack.said(user, "/link/start", "C_GROWTH" if user != "U_LAN" else "C_RISK")
        found = re.search(r"http://[^\s\"|>']+/link/start\?attempt=[\w-]+", str(message))
        assert found is not None
        return found.group()

    return address


def test_the_whole_way(linking, slack, browser, address):
    thu = browser("U_THU")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    assert query["code_challenge_method"] == "S256"
    assert query["scope"] == "api"
    page = thu.from_gitlab(query)
    assert page.status_code == 200, page.text
    assert "Thu Tran" in page.text
    assert linking.store.people.get("U_THU").gitlab_user_id == 11
    slack.said("U_THU", "You are linked as")
    assert linking.teams.known("U_THU")[0].team == "growth"


def test_somebody_elses_link_is_worthless(linking, slack, browser, address):
    answer = browser("U_MINH").through_slack(address("U_THU"))
    assert answer.status_code == 400
    assert "somebody else" in answer.text
    assert linking.store.people.get("U_THU") is None
    assert linking.store.people.get("U_MINH") is None


def test_a_state_works_once(linking, browser, address):
    thu = browser("U_THU")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    assert thu.from_gitlab(query).status_code == 200
    thu.gitlab.challenges["code-of-U_THU"] = query["code_challenge"]
    again = thu.from_gitlab(query)
    assert again.status_code == 400
    assert "used already" in again.text


def test_another_browser_cannot_finish(linking, browser, address):
    thu, thief = browser("U_THU"), browser("U_THU")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    assert thief.from_gitlab(query).status_code == 400
    assert linking.store.people.get("U_THU") is None


def test_a_code_of_another_walk_is_refused(linking, browser, address):
    thu, minh = browser("U_THU"), browser("U_MINH")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    minh.at_gitlab(minh.through_slack(address("U_MINH")))
    answer = thu.from_gitlab(query, code="code-of-U_MINH")
    assert answer.status_code == 400
    assert "did not accept" in answer.text
    assert linking.store.people.get("U_THU") is None


def test_saying_no_links_nothing(linking, browser, address):
    thu = browser("U_THU")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    denied = urlencode({"error": "access_denied", "state": query["state"]})
    answer = thu.http.get(f"{query['redirect_uri']}?{denied}")
    assert (answer.status_code, "did not agree" in answer.text) == (400, True)


def test_a_made_up_link_leads_nowhere(linking, bot):
    answer = httpx.get(f"{bot.url}/link/start", params={"attempt": "guess"})
    assert answer.status_code == 400
    assert "expired or was used" in answer.text


def test_gitlab_down_is_said_on_the_page(linking, world, browser, address):
    thu = browser("U_THU")
    query = thu.at_gitlab(thu.through_slack(address("U_THU")))
    world.down.add("GitLab")
    answer = thu.from_gitlab(query)
    assert answer.status_code == 503
    assert "GitLab does not answer" in answer.text
    assert linking.store.people.get("U_THU") is None
