"""A person's browser on the way that links Slack and GitLab: two sign-ins and two consents."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from airdesk_sandbox.demo.cast import Actor
from airdesk_sandbox.demo.waiting import TooSlowError

MOST_PAGES = 12


class Browser:
    """Follows redirects, fills sign-in forms as its person and agrees to consent pages."""

    def __init__(self, actor: Actor, *, slack_url: str) -> None:
        self._actor = actor
        self._http = httpx.Client(follow_redirects=True, timeout=30)
        answer = self._http.post(f"{slack_url}/ui/login", json={"user": actor.slack_id})
        answer.raise_for_status()

    def link(self, address: str) -> str:
        """Open the link that Airdesk sent and go through to the end; returns the last page's text.

        Raises:
            httpx.HTTPStatusError: a page on the way answered with an error.
            TooSlowError: the way did not end.
        """
        page = self._http.get(address)
        for _ in range(MOST_PAGES):
            page.raise_for_status()
            form = _Form.of(page)
            if form is None:
                return page.text
            page = self._http.request(form.method, form.action, data=self._fill(form))
        raise TooSlowError("The way to link an account did not end.")

    def _fill(self, form: _Form) -> dict[str, str]:
        typed = {"username": self._actor.username, "password": self._actor.password}
        asked = {name: typed.get(name, value) for name, value in form.fields.items()}
        return {**asked, **form.first_button}


class _Form(HTMLParser):
    """The first form of a page, as much of it as a sign-in or consent page has."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self._open = False
        self.found = False
        self.action = base
        self.method = "GET"
        self.fields: dict[str, str] = {}
        self.first_button: dict[str, str] = {}

    @staticmethod
    def of(page: httpx.Response) -> _Form | None:
        form = _Form(str(page.url))
        form.feed(page.text)
        return form if form.found else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.found and given.get("method", "").lower() == "post":
            self._open = self.found = True
            self.method = "POST"
            self.action = urljoin(self._base, given.get("action") or self._base)
        elif self._open and tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif self._open and tag == "button" and "name" in given and not self.first_button:
            self.first_button = {given["name"]: given.get("value", "")}

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
