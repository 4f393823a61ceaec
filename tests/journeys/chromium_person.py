"""A person in front of the Slack page in a real Chromium."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.demo.cast import Actor
from airdesk_sandbox.demo.slack_person import Message, SlackPerson, View, find_element
from airdesk_sandbox.demo.waiting import wait_for
from playwright.sync_api import Browser, Locator, Page

from journeys.pages import WINDOW


class ChromiumPerson(SlackPerson):
    """Types, fills and clicks in the page; reads through the page's HTTP interface."""

    def __init__(self, slack_url: str, actor: Actor, *, browser: Browser) -> None:
        super().__init__(slack_url, actor)
        self._slack_url = slack_url
        self._context = browser.new_context(viewport=WINDOW, locale="en-GB")
        self._context.request.post(f"{slack_url}/ui/login", data={"user": actor.slack_id})
        self.page: Page = self._context.new_page()
        self.open_channel()

    def open_channel(self) -> None:
        self.page.goto(self._slack_url)
        self.page.locator(f'#sidebar [data-channel="{self.channel}"]').click()

    def command(self, text: str) -> dict[str, Any]:
        field = self.page.locator("main .composer__field")
        field.fill(text)
        self.page.locator("main .composer__send").click()
        return {"ok": True}

    def click(self, message: Message, action_id: str) -> dict[str, Any]:
        element = find_element(message, action_id)
        assert element is not None, f"no button {action_id}"
        button = self.page.locator(
            f'main [data-ts="{message["ts"]}"] [data-action-id="{action_id}"]'
        )
        button.click()
        if "confirm" in element:
            self.page.locator('[role="alertdialog"] .button').last.click()
        return {"ok": True}

    def submit(self, view: View, values: dict[str, Any]) -> dict[str, str]:
        dialog = self.page.locator(f'[data-view-id="{view["id"]}"]')
        for block in view["blocks"]:
            if block["type"] == "input" and block["block_id"] in values:
                place = dialog.locator(f'[data-block-id="{block["block_id"]}"]')
                _fill(place, block["element"], values[block["block_id"]])
        dialog.locator('[data-role="submit"]').click()
        return dict(wait_for(lambda: self._outcome(view), "the answer to the form", seconds=10))

    def _outcome(self, view: View) -> dict[str, str] | None:
        """Errors in the page by block; an empty mapping's stand-in when the form is gone."""
        dialog = self.page.locator(f'[data-view-id="{view["id"]}"]')
        if dialog.count() == 0:
            return _Accepted()
        return {
            str(block.get_attribute("data-block-id")): block.locator(".input__error").inner_text()
            for block in dialog.locator("[data-block-id]:has(.input__error)").all()
        }


class _Accepted(dict[str, str]):
    """No errors, and yet an answer."""

    def __bool__(self) -> bool:
        return True


def _fill(place: Locator, element: dict[str, Any], value: str) -> None:
    if element["type"] == "static_select":
        place.locator('[role="combobox"]').click()
        place.page.locator(f'[role="option"][data-value="{value}"]').click()
    else:
        place.locator(".field").fill(value)
