"""The first story in a real Chromium, and what three pages show when it is over."""

from __future__ import annotations

from airdesk_sandbox.demo.cast import LAN, THU
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import REPORT, Story, links
from playwright.sync_api import Browser, Page, expect

from journeys.chromium_person import ChromiumPerson
from journeys.pages import WINDOW, sign_in_to_airflow, sign_in_to_gitlab


def test_slack_shows_the_green_card_with_rows(told: Story) -> None:
    page = _page(told.thu)
    card = page.locator("main [data-ts]", has_text="growth.delays_by_carrier").filter(
        has_text="Frontier"
    )
    expect(card.first).to_be_visible()


def test_the_dag_itself_posted_its_report(told: Story) -> None:
    told.thu.message(
        "the report of the DAG",
        lambda m: m.get("app") == "Airdesk reports" or "Delays by" in str(m),
    )


def test_the_merge_request_page_shows_author_and_pipeline(
    told: Story, stack: Stack, browser: Browser
) -> None:
    card = told.card(REPORT["dag_name"], "its links", links)
    page = browser.new_context(viewport=WINDOW).new_page()
    sign_in_to_gitlab(page, stack.gitlab_url, THU)
    page.goto(links(card)["merge"])
    expect(page.get_by_text("Thu Tran").first).to_be_visible()
    expect(page.get_by_text("Merged").first).to_be_visible()


def test_airflow_shows_the_dag_to_its_team_alone(
    told: Story, stack: Stack, browser: Browser
) -> None:
    for actor, sees in ((THU, True), (LAN, False)):
        page = browser.new_context(viewport=WINDOW).new_page()
        sign_in_to_airflow(page, stack.airflow.url, actor)
        page.goto(f"{stack.airflow.url}/dags")
        expect(page.get_by_text("Dag Runs").first).to_be_visible(timeout=30_000)
        dag = page.get_by_text("growth.delays_by_carrier")
        if sees:
            expect(dag.first).to_be_visible(timeout=20_000)
        else:
            expect(dag).to_have_count(0)


def _page(person: object) -> Page:
    assert isinstance(person, ChromiumPerson)
    person.open_channel()
    return person.page
