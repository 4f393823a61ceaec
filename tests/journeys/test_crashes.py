"""The bot is killed (SIGKILL) at every step of a change; nothing is lost, nothing is doubled."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.demo.outsiders import publications
from airdesk_sandbox.demo.slack_person import Message, find_element
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import REPORT, Story, is_card
from airdesk_sandbox.demo.waiting import wait_for

DAG = "survivor"
FORM = {**REPORT, "dag_name": DAG, "schedule": "manual", "message": "Still here"}


def crash(stack: Stack) -> None:
    """Kill the bot this very moment and start it again."""
    stack.bot.kill()
    stack.start_bot()


def cards(story: Story) -> list[Message]:
    return [m for m in story.thu.messages() if is_card(m, f"change:{DAG}")]


def the_card(story: Story, what: str, action_id: str) -> Message:
    return story.card(DAG, what, lambda m: find_element(m, action_id), seconds=240)


def test_a_bot_killed_at_every_step_loses_and_doubles_nothing(told: Story, stack: Stack) -> None:
    view = told.open_form(told.thu)
    crash(stack)  # while the form is open
    assert told.thu.submit(view, FORM) == {}
    crash(stack)  # submitted, before anything was done
    wait_for(lambda: cards(told), "the card", seconds=60)
    crash(stack)  # posted, while the merge request is being opened
    wait_for(lambda: merge_requests(stack), "the merge request", seconds=60)
    crash(stack)  # opened, while the pipeline runs
    card = told.reviewable(DAG)
    crash(stack)  # in review
    told.minh.click(card, "change_approve")
    crash(stack)  # approved, before or after it was done
    wait_for(lambda: merge_requests(stack)[0]["state"] == "merged", "the merge", seconds=120)
    crash(stack)  # merged
    wait_for(lambda: f"growth.{DAG}" in publications(stack, "growth"), "publishing", seconds=180)
    crash(stack)  # published
    card = the_card(told, "a run button", "change_run")
    crash(stack)  # parsed
    told.thu.click(card, "change_run")
    crash(stack)  # started, before or after it was done
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
