"""Bad days: each has a clear sentence where the person looks, and nothing is lost."""

from __future__ import annotations

import time

import httpx
from airdesk_sandbox.demo.cast import THU
from airdesk_sandbox.demo.gitlab_seed import project_path
from airdesk_sandbox.demo.outsiders import GitLabPerson
from airdesk_sandbox.demo.slack_person import find_element, shown
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import REPORT, Story, is_card, links

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def form(name: str) -> dict[str, str]:
    return {**REPORT, "dag_name": name, "schedule": "manual"}


def test_gitlab_is_down_while_submitting(told: Story, stack: Stack) -> None:
    view = told.open_form(told.thu)
    stack.stop_gitlab()
    try:
        assert told.thu.submit(view, form("rainy_day")) == {}
        told.card(
            "rainy_day", "a sentence about GitLab", lambda m: "GitLab does not answer" in shown(m)
        )
    finally:
        stack.start_gitlab()
    told.reviewable("rainy_day")


def test_a_red_pipeline_shows_its_finding_in_the_card(told: Story, stack: Stack) -> None:
    assert told.thu.submit(told.open_form(told.thu), form("red_day")) == {}
    branch = _branch(told.reviewable("red_day"), stack)
    stack.gitlab_admin.post(
        f"{project_path('growth/pipelines')}/repository/commits",
        {
            "branch": branch,
            "commit_message": "Break it",
            "actions": [
                {
                    "action": "update",
                    "file_path": "dags/sql/red_day.sql",
                    "content": "flights\n",
                }
            ],
        },
    )
    card = told.card(
        "red_day",
        "the finding",
        lambda m: "is the name of a table" in shown(m),
    )
    assert "red_day.sql" in shown(card)


def test_airflow_is_down(told: Story, stack: Stack) -> None:
    card = told.card(REPORT["dag_name"], "a run button", lambda m: find_element(m, "change_run"))
    stack.airflow.stop_api_server()
    try:
        told.thu.click(card, "change_run")
        told.card(
            REPORT["dag_name"], "a sentence about Airflow", lambda m: "does not answer" in shown(m)
        )
    finally:
        stack.restart_airflow_api()
    told.card(
        REPORT["dag_name"],
        "no complaint any more",
        lambda m: "does not answer" not in shown(m) and "Frontier" in shown(m),
        seconds=150,
    )


def test_vault_is_sealed(told: Story, stack: Stack) -> None:
    card = told.card(REPORT["dag_name"], "a run button", lambda m: find_element(m, "change_run"))
    stack.vault.seal()
    try:
        told.thu.click(card, "change_run")
        told.thu.message(
            "the run card that names Vault",
            lambda m: is_card(m, f"run:{REPORT['dag_name']}") and "Vault" in shown(m),
            seconds=150,
        )
    finally:
        stack.restart_vault()


def test_the_same_slack_event_twice(told: Story, stack: Stack) -> None:
    assert told.thu.submit(told.open_form(told.thu), form("twice")) == {}
    told.thu.redeliver(2)
    told.reviewable("twice")
    cards = [m for m in told.thu.messages() if is_card(m, "change:twice")]
    assert len(cards) == 1
    assert not [m for m in told.thu.messages() if "took too long" in shown(m)]


def test_a_forged_signature(stack: Stack) -> None:
    body = b"command=%2Fairflow&text=status&user_id=U_THU"
    answer = httpx.post(
        f"{stack.bot.url}/slack/events",
        content=body,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(int(time.time())),
            "X-Slack-Signature": "v0=" + "0" * 64,
        },
    )
    assert answer.status_code in {401, 404}


def test_a_yaml_bomb_in_the_form(told: Story) -> None:
    view = told.open_form(told.thu)
    begun = time.monotonic()
    errors = told.thu.submit(view, {**form("bomb"), "options": BOMB})
    assert "options" in errors, errors
    assert time.monotonic() - begun < 3, "Slack gives three seconds"
    told.thu.close(view)


def test_a_yaml_bomb_by_git(told: Story, stack: Stack) -> None:
    person = GitLabPerson(stack, THU)
    iid = person.propose("dags/bomb.dag.yaml", BOMB)
    assert person.wait_for_checks(iid) == "failed"


def _branch(card: dict[str, object], stack: Stack) -> str:
    iid = links(card)["merge"].rpartition("/")[2]
    path = f"{project_path('growth/pipelines')}/merge_requests/{iid}"
    branch: str = stack.gitlab_admin.get(path)["source_branch"]
    return branch
