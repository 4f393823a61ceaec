"""Take the README's pictures: play the first story in Chromium and look at its pages.

Run by `make screenshots`; writes docs/images/*.png.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path

from airdesk_sandbox.demo.cast import THU
from airdesk_sandbox.demo.progress import Progress
from airdesk_sandbox.demo.slack_person import SlackPerson
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import BROKEN, REPORT, Story, links
from journeys.chromium_person import ChromiumPerson
from journeys.pages import CHROMIUM, WINDOW, sign_in_to_airflow, sign_in_to_gitlab
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"


class PicturedStory(Story):
    """The first story, with a picture where something is worth seeing."""

    def make_mistakes(self) -> dict[str, str]:
        errors = super().make_mistakes()
        page = _page(self.thu)
        page.locator(".input__error").first.scroll_into_view_if_needed()
        _shoot(page, "slack-form")
        return errors

    def green(self, dag_name: str) -> str:
        text = super().green(dag_name)
        _shoot_message(self.thu, self.card(dag_name, "rows", lambda _: True)["ts"], "slack-card")
        return text

    def red(self, dag_name: str) -> str:
        text = super().red(dag_name)
        page = _page(self.thu)
        page.locator(
            "main [data-ts]", has_text="division by zero"
        ).first.scroll_into_view_if_needed()
        _shoot(page, "slack-failure")
        return text


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="airdesk-pictures-"))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        with Stack(folder, ci_folder=ROOT / "render" / "ci", progress=Progress()) as stack:
            stack.start()
            story = PicturedStory(stack, partial(ChromiumPerson, browser=chromium))
            story.play()
            _gitlab(stack, chromium, links(story.card(REPORT["dag_name"], "links", links))["merge"])
            _airflow(stack, chromium)
    shutil.rmtree(folder, ignore_errors=True)


def _gitlab(stack: Stack, chromium: Browser, address: str) -> None:
    page = chromium.new_context(viewport=WINDOW).new_page()
    sign_in_to_gitlab(page, stack.gitlab_url, THU)
    page.goto(address)
    _shoot(page, "gitlab-merge-request")
    page.goto(f"{address}/diffs")
    _shoot(page, "gitlab-diff")


def _airflow(stack: Stack, chromium: Browser) -> None:
    page = chromium.new_context(viewport=WINDOW).new_page()
    sign_in_to_airflow(page, stack.airflow.url, THU)
    page.goto(f"{stack.airflow.url}/dags/growth.{REPORT['dag_name']}")
    page.get_by_text(f"growth.{REPORT['dag_name']}").first.wait_for(timeout=30_000)
    page.wait_for_load_state("networkidle")
    _shoot(page, "airflow-dag")
    page.goto(f"{stack.airflow.url}/dags/growth.{BROKEN['dag_name']}")
    page.wait_for_load_state("networkidle")


def _page(person: SlackPerson) -> Page:
    if not isinstance(person, ChromiumPerson):
        raise TypeError("Pictures need a person in front of Chromium.")
    return person.page


def _shoot(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def _shoot_message(person: SlackPerson, ts: str, name: str) -> None:
    page = _page(person)
    page.locator(f'main [data-ts="{ts}"]').scroll_into_view_if_needed()
    _shoot(page, name)


if __name__ == "__main__":
    main()
