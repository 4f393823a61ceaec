"""What is checked in the person's own window, and how calls are counted."""

from __future__ import annotations

import pytest
from airdesk_sandbox.slack.blockkit.state import complete, initial_values, keep_entered
from airdesk_sandbox.slack.clock import Clock
from airdesk_sandbox.slack.interactions.inputs import REQUIRED, complaints, merge
from airdesk_sandbox.slack.interactions.people import ImpossibleError
from airdesk_sandbox.slack.limits import Rate, RateLimiter


def block(element, **more):
    element = {"action_id": "a", **element}
    return {"type": "input", "block_id": "b", "element": element, **more}


def text(**more):
    return {"type": "plain_text_input", **more}


def number(**more):
    return {"type": "number_input", "is_decimal_allowed": False, **more}


def option(value):
    return {"text": {"type": "plain_text", "text": value}, "value": value}


CHOICES = [option("x"), option("y"), option("z")]

ENTRIES = [
    (text(), {"value": ""}, REQUIRED),
    (text(), {"value": "x"}, ""),
    (text(min_length=3), {"value": "ab"}, "Please enter at least 3 characters."),
    (text(max_length=3), {"value": "abcd"}, "Please enter no more than 3 characters."),
    (text(), {"value": "x" * 3001}, "Please enter no more than 3000 characters."),
    (number(), {"value": "2"}, ""),
    (number(), {"value": "two"}, "Please enter a whole number."),
    (number(), {"value": "2.5"}, "Please enter a whole number."),
    (number(is_decimal_allowed=True), {"value": "2.5"}, ""),
    (number(min_value="3"), {"value": "2"}, "Please enter a number of at least 3."),
    (number(max_value="1"), {"value": "2"}, "Please enter a number of at most 1."),
    ({"type": "email_text_input"}, {"value": "x@y"}, "Please enter a valid email address."),
    ({"type": "email_text_input"}, {"value": "x@y.test"}, ""),
    ({"type": "url_text_input"}, {"value": "x.test"}, "Please enter a valid URL."),
    ({"type": "url_text_input"}, {"value": "https://x.test"}, ""),
    ({"type": "checkboxes", "options": CHOICES}, {"selected_options": []}, REQUIRED),
    (
        {"type": "multi_static_select", "options": CHOICES, "max_selected_items": 1},
        {"selected_options": [{"value": "x"}, {"value": "y"}]},
        "Please select no more than 1 items.",
    ),
    ({"type": "datepicker"}, {"selected_date": None}, REQUIRED),
]


@pytest.mark.parametrize(("element", "entry", "sentence"), ENTRIES)
def test_entries_are_checked_before_they_are_sent(element, entry, sentence):
    blocks = [block(element)]
    values = merge(blocks, initial_values(blocks), {"b": {"a": entry}})
    assert complaints(blocks, values) == ({"b": sentence} if sentence else {})


def test_an_optional_input_may_stay_empty():
    blocks = [block(text(), optional=True)]
    assert complaints(blocks, initial_values(blocks)) == {}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"nowhere": {"a": {"value": "x"}}}, "There is no input nowhere/a in this view."),
        ({"b": {"a": {"value": "no"}}}, "b/a: 'no' is not among the options."),
        ({"b": {"a": {"type": "datepicker"}}}, "b/a: this is a static_select, not a datepicker."),
    ],
)
def test_what_cannot_be_entered_is_refused(given, sentence):
    blocks = [block({"type": "static_select", "options": CHOICES})]
    with pytest.raises(ImpossibleError, match=sentence):
        merge(blocks, initial_values(blocks), given)


def test_options_of_groups_can_be_chosen_too():
    groups = [{"label": {"type": "plain_text", "text": "g"}, "options": CHOICES}]
    chosen = complete({"type": "static_select", "option_groups": groups}, {"value": "y"})
    assert chosen == {"type": "static_select", "selected_option": option("y")}


def test_entries_survive_an_update_only_under_the_same_ids_and_type():
    entered = {"b": {"a": {"type": "plain_text_input", "value": "typed"}}}

    same = keep_entered(initial_values([block(text(initial_value="new"))]), entered)
    other = keep_entered(initial_values([block(number(initial_value="7"))]), entered)

    assert same["b"]["a"]["value"] == "typed"
    assert other["b"]["a"]["value"] == "7"


class _SettableClock(Clock):
    seconds = 0.0

    def now(self):
        return self.seconds


def test_a_burst_is_allowed_and_then_a_call_a_second():
    clock = _SettableClock()
    limiter = RateLimiter(clock, {})
    rate = Rate(per_minute=60, burst=2)

    def take(channel="C"):
        return limiter.take("chat.postMessage", rate, channel)

    assert [take(), take(), take()] == [0, 0, 1]
    assert take("another") == 0
    clock.seconds += 1
    assert [take(), take()] == [0, 1]
    clock.seconds += 3600
    assert [take(), take(), take()] == [0, 0, 1]


def test_timestamps_rise_even_when_the_clock_goes_back():
    clock = Clock("9999999999.000001")
    assert [clock.ts(), clock.ts()] == ["9999999999.000002", "9999999999.000003"]
