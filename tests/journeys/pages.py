"""Sign-ins of the real pages, and how Chromium is started where it may reach loopback only."""

from __future__ import annotations

from airdesk_sandbox.demo.cast import Actor
from playwright.sync_api import Page, ViewportSize

WINDOW: ViewportSize = {"width": 1280, "height": 900}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def sign_in_to_gitlab(page: Page, url: str, actor: Actor) -> None:
    page.goto(f"{url}/users/sign_in")
    page.locator('[name="username"]').fill(actor.username)
    page.locator('[name="password"]').fill(actor.password)
    page.locator('[name="password"]').press("Enter")
    page.wait_for_load_state("networkidle")


def sign_in_to_airflow(page: Page, url: str, actor: Actor) -> None:
    page.goto(f"{url}/auth/login/")
    page.locator('input[name="username"]').fill(actor.username)
    page.locator('input[name="password"]').fill(actor.password)
    page.locator('input[name="password"]').press("Enter")
    page.wait_for_load_state("networkidle")
