"""What the change card tells of the behaviour diff: little, in words, while somebody decides."""

from __future__ import annotations

import pytest
from airdesk.model import Behaviour
from airdesk_bot.views.change_card import change_card

TOLD = Behaviour(
    risk="security",
    lines=("task report: retries 1 → 3", "now uses connection warehouse in report"),
    more=4,
    other_dags=1,
)


@pytest.fixture
def card_of(changes, shown):
    def text(state="waiting", told=TOLD):
        return shown(change_card(changes[state].model_copy(update={"behaviour": told})))

    return text


def test_class_and_weightiest_changes_are_told(card_of):
    assert (
        "*What changes:* needs security\n"
        "• task report: retries 1 → 3\n"
        "• now uses connection warehouse in report\n"
        "…and 4 more and 1 other DAG; the merge request tells all"
    ) in card_of()


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (Behaviour(risk="none"), "*What changes:* no effect"),
        (Behaviour(risk="low", other_dags=2), "…and 2 other DAGs; the merge request tells all"),
        (Behaviour(risk="review", lines=("the DAG goes",)), "needs review\n• the DAG goes"),
    ],
)
def test_there_may_be_little_to_tell(card_of, told, text):
    assert text in card_of(told=told)


@pytest.mark.parametrize("state", ["submitted", "checking", "waiting", "approved"])
def test_it_is_told_until_the_merge(card_of, state):
    assert "What changes" in card_of(state)


@pytest.mark.parametrize("state", ["findings", "merged", "ran", "closed"])
def test_not_where_it_no_longer_matters_or_the_manifest_is_wrong(card_of, state):
    assert "What changes" not in card_of(state)


def test_without_a_report_nothing_is_said(card_of):
    assert "What changes" not in card_of(told=None)


def test_its_words_ping_nobody(card_of, changes, check_card):
    nasty = Behaviour(risk="low", lines=("<!channel> <@U1>\n```" + "&" * 4000,) * 3)
    check_card(change_card(changes["waiting"].model_copy(update={"behaviour": nasty})))
    text = card_of(told=nasty)
    assert "<!channel>" not in text
    assert "<@U1>" not in text
