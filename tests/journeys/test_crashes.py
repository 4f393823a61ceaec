"""The bot is killed (SIGKILL) at every step of a change; nothing is lost, nothing is doubled."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from airdesk_sandbox.demo.cast import MINH, THU
from airdesk_sandbox.demo.outsiders import publications
from airdesk_sandbox.demo.slack_person import Message, SlackPerson, find_element
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import REPORT, Story, is_card
from airdesk_sandbox.demo.waiting import wait_for

DAG = "survivor"
FORM = {**REPORT, "dag_name": DAG, "schedule": "manual", "message": "Still here"}


def crash(stack: Stack) -> None:
    """Kill the bot this very moment and start it again."""
    stack.bot.kill()
    stack.start_bot()


def crash_during(stack: Stack, act: Callable[[], bool], *, after: float) -> None:
    """Kill the bot `after` seconds into an interaction.

    When Slack tells the person that it did not arrive, the person does it again, as people do;
    when Slack took it, the bot must not need to be asked twice.
    """
    with ThreadPoolExecutor(1) as pool:
        arrived = pool.submit(act)
        time.sleep(after)  # the moment of the crash is what varies here
        crash(stack)
        if not arrived.result(timeout=30):
            assert act(), "a bot that runs takes it"


@pytest.fixture
def people(stack: Stack) -> tuple[SlackPerson, SlackPerson]:
    """Thu and Minh, who hear from Slack at once whether an interaction arrived."""
    return SlackPerson(stack.slack_url, THU), SlackPerson(stack.slack_url, MINH)


def cards(story: Story) -> list[Message]:
    return [m for m in story.thu.messages() if is_card(m, f"change:{DAG}")]


def the_card(story: Story, what: str, action_id: str) -> Message:
    return story.card(DAG, what, lambda m: find_element(m, action_id), seconds=240)


def test_a_bot_killed_at_every_step_loses_and_doubles_nothing(
    told: Story, stack: Stack, people: tuple[SlackPerson, SlackPerson]
) -> None:
    thu, minh = people
    view = told.open_form(thu)
    crash(stack)  # while the form is open
    crash_during(stack, lambda: thu.try_submit(view, FORM), after=0.15)
    wait_for(lambda: cards(told), "the card", seconds=60)
    crash(stack)  # posted, while the merge request is being opened
    wait_for(lambda: merge_requests(stack), "the merge request", seconds=60)
    crash(stack)  # opened, while the pipeline runs
    card = told.reviewable(DAG)
    crash(stack)  # in review
    crash_during(stack, lambda: minh.click(card, "change_approve")["ok"], after=0.05)
    wait_for(lambda: merge_requests(stack)[0]["state"] == "merged", "the merge", seconds=120)
    crash(stack)  # merged
    wait_for(lambda: f"growth.{DAG}" in publications(stack, "growth"), "publishing", seconds=180)
    crash(stack)  # published
    card = the_card(told, "a run button", "change_run")
    crash(stack)  # parsed
    crash_during(stack, lambda: thu.click(card, "change_run")["ok"], after=0.3)
    wait_for(lambda: runs(stack), "the run", seconds=60)
    crash(stack)  # running
    told.card(DAG, "the report's rows", lambda m: "Frontier" in str(m), seconds=120)
    crash(stack)  # done

    assert len(cards(told)) == 1
    assert len(merge_requests(stack)) == 1
    assert len(runs(stack)) == 1


def merge_requests(stack: Stack) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = stack.gitlab_admin.get(
        "/projects/growth%2Fpipelines/merge_requests?state=all&per_page=100"
    )
    return [mr for mr in listed if mr["source_branch"].startswith(f"airdesk/{DAG}-")]


def runs(stack: Stack) -> list[dict[str, Any]]:
    with stack.airflow.client("admin", stack.kept.airflow.admin_password) as http:
        answer = http.get(f"/api/v2/dags/growth.{DAG}/dagRuns").json()
    found: list[dict[str, Any]] = answer.get("dag_runs", [])
    return found
