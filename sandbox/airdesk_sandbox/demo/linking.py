"""A person's browser on the way that links Slack and GitLab: two sign-ins and two consents."""

from __future__ import annotations

from dataclasses import dataclass, field
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
            form = _asking_form(page)
            if form is None:
                return page.text
            page = self._http.post(form.action, data=self._fill(form))
        raise TooSlowError("The way to link an account did not end.")

    def _fill(self, form: Form) -> dict[str, str]:
        typed = {"username": self._actor.username, "password": self._actor.password}
        return {name: typed.get(name, value) for name, value in form.fields.items()}


@dataclass
class Form:
    """A form that asks for something: its highlighted button is among its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    has_highlighted_button: bool = False


class _Forms(HTMLParser):
    """The forms of a page, as much of them as sign-in and consent pages have."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base
        self._current: Form | None = None
        self.all: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._current = Form(urljoin(self._base, given.get("action") or self._base))
            self.all.append(self._current)
        elif self._current is not None and tag == "input" and "name" in given:
            self._current.fields[given["name"]] = given.get("value", "")
        elif self._current is not None and tag == "button" and "primary" in given.get("class", ""):
            self._current.has_highlighted_button = True
            if "name" in given:
                self._current.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._current = None


def _asking_form(page: httpx.Response) -> Form | None:
    """The form with the highlighted button; a page without one is the end of the way."""
    forms = _Forms(str(page.url))
    forms.feed(page.text)
    return next((form for form in forms.all if form.has_highlighted_button), None)
