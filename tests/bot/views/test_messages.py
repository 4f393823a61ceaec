"""Run cards, `/airflow status`, help, linking, refusals and apologies."""

from __future__ import annotations

import pytest
from airdesk.model import Person
from airdesk_bot.views.apology import apology
from airdesk_bot.views.help import help_message
from airdesk_bot.views.link import link_prompt, linked
from airdesk_bot.views.refusal import refusal
from airdesk_bot.views.run_card import run_card
from airdesk_bot.views.status import status_message


def a_failed(run):
    return run.model_copy(update={"state": "failed"})


def test_a_failed_run_tells_task_reason_tail_and_owner(run, failed, publication, check_card, shown):
    card = run_card(run=a_failed(run), failed=[failed], publication=publication)
    check_card(card)
    text = shown(card)
    assert card.text == "🔴 growth.delays_by_carrier failed in task report."
    assert "🔴 growth.delays_by_carrier · failed" in text
    assert "took 12 s" in text
    assert "by thu.tran" in text
    assert "division by zero" in text
    assert "Owned by thu.tran" in text
    assert card.blocks[-1]["elements"][0]["url"] == run.url


@pytest.mark.parametrize("known", [True, False])
def test_a_run_card_of_personal_data_only_says_where_to_look(
    known, run, failed, publication, check_card, shown
):
    pii = publication.model_copy(update={"data_class": "pii"}) if known else None
    card = run_card(run=a_failed(run), failed=[failed], publication=pii)
    check_card(card)
    text = shown(card)
    assert "division" not in text
    assert "psycopg2" not in text
    assert "Task `report` failed" in text
    assert "in Airflow" in text


def test_many_failed_tasks_are_counted(run, failed, publication, check_card, shown):
    many = [failed.model_copy(update={"map_index": index}) for index in range(40)]
    card = run_card(run=a_failed(run), failed=many, publication=publication)
    check_card(card)
    assert "`report[2]`" in shown(card)
    assert "37 more tasks failed" in shown(card)


def test_a_good_run_is_green(run, publication, check_card):
    card = run_card(run=run, failed=[], publication=publication)
    check_card(card)
    assert card.text == "🟢 growth.delays_by_carrier ran OK."


def test_status_lists_changes_and_dags_as_their_cards_do(changes, dag, run, check_card, shown):
    card = status_message(
        changes=[changes["waiting"], changes["withheld"]],
        dags=[(dag, run), (dag, a_failed(run)), (dag, None)],
        unavailable=None,
    )
    check_card(card)
    text = shown(card)
    assert "🟡 *growth.delays_by_carrier* · waits for a lead of growth" in text
    assert "/-/merge_requests/7|!7>" in text
    assert "🟢 <http" in text
    assert "🔴 <http" in text
    assert "has not run yet" in text
    assert card.text == "2 changes on the way and 3 DAGs in Airflow; the last run of 1 failed."


def test_status_says_what_could_not_be_asked(check_card, shown):
    card = status_message(changes=[], dags=[], unavailable="Airflow does not answer just now.")
    check_card(card)
    assert "⚠️ Airflow does not answer just now." in shown(card)
    assert "no DAG yet" not in shown(card)


def test_an_empty_status_says_how_to_start(check_card, shown):
    card = status_message(changes=[], dags=[], unavailable=None)
    check_card(card)
    assert "/airflow new-dag" in shown(card)


def test_a_long_status_is_cut_at_whole_lines(changes, dag, run, check_card, shown):
    card = status_message(
        changes=[changes["waiting"]] * 60, dags=[(dag, run)] * 60, unavailable=None
    )
    check_card(card)
    assert "more" in shown(card)


def test_help_names_the_commands_and_what_one_may(check_card, shown):
    card = help_message(is_linked=False, leads=["growth"])
    check_card(card)
    text = shown(card)
    assert "`/airflow new-dag`" in text
    assert "You lead *growth*" in text
    assert "not linked" in text
    assert "not linked" not in shown(help_message(is_linked=True, leads=[]))


def test_the_link_prompt_has_one_button_to_the_address(check_card):
    card = link_prompt("http://127.0.0.1:9000/link/start?state=a&b=c")
    check_card(card)
    button = card.blocks[-1]["elements"][0]
    assert button["url"] == "http://127.0.0.1:9000/link/start?state=a&b=c"


def test_linked_names_the_person(check_card, shown):
    person = Person(
        slack_user_id="U_THU",
        gitlab_user_id=11,
        gitlab_username="thu.tran",
        name="Thu Tran",
        directory_uid="thu.tran",
    )
    card = linked(person)
    check_card(card)
    assert "linked as *Thu Tran* (`@thu.tran` in GitLab)" in shown(card)


def test_a_refusal_speaks_to_the_person(check_card):
    card = refusal("U_THU", "You wrote this change, so somebody else has to approve it.")
    check_card(card)
    assert card.text.startswith("✋ <@U_THU> You wrote this change")


def test_an_apology_carries_the_number(check_card):
    card = apology("req-42")
    check_card(card)
    assert "`req-42`" in card.text
