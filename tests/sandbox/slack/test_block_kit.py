"""Block Kit's structure and limits, as strictly as Slack enforces them."""

# ruff: noqa: E501  # one case a line: they are tables and read as such

from __future__ import annotations

import pytest
from airdesk_sandbox.slack.blockkit.check import check_message_blocks, check_view
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    Option,
    SectionBlock,
)
from slack_sdk.models.views import View


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(**fields):
    return {"type": "section", **({"text": mrkdwn("x")} | fields)}


def button(**fields):
    return {"type": "button", "text": plain("Go"), "action_id": "go"} | fields


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def option(text="x", value="x", **more):
    return {"text": plain(text), "value": value, **more}


def select(**fields):
    return {"type": "static_select", "action_id": "s", "options": [option()], **fields}


def asking(element, **fields):
    return {"type": "input", "label": plain("Name"), "element": element, **fields}


def typing(**fields):
    return {"type": "plain_text_input", "action_id": "v", **fields}


def cells(*texts):
    return [{"type": "raw_text", "text": text} for text in texts]


WRONG_MESSAGES = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "carousel"}], "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    ([{"text": "x"}], "missing required field: type [json-pointer:/blocks/0]"),
    (["x"], "must provide an object [json-pointer:/blocks/0]"),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ([section(text=mrkdwn("x" * 3001))], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section(text=mrkdwn(""))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section(text=plain("x") | {"verbatim": True})], "invalid additional property: verbatim [json-pointer:/blocks/0/text]"),
    ([section(fields=[plain("x")] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ([section(fields=[plain("x" * 2001)])], "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    ([section(block_id="x" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    ([section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    ([section(accessory=typing())], "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"),
    ([section(block_id="a"), section(block_id="a")], "`block_id` a already exists [json-pointer:/blocks/1/block_id]"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    ([{"type": "context", "elements": [button()]}], "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"),
    ([{"type": "divider", "text": "x"}], "invalid additional property: text [json-pointer:/blocks/0]"),
    ([actions(*(button(action_id=str(n)) for n in range(26)))], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions(button(), button())], "`action_id` go already exists [json-pointer:/blocks/0/elements/1/action_id]"),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    ([actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    ([actions(button(url="https://" + "x" * 3000))], "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"),
    ([actions(button(url="somewhere"))], "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"),
    ([actions(button(style="green"))], "must be a valid enum value, one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"),
    ([actions(button(action_id="x" * 256))], "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"),
    ([actions(select(options=[option()] * 101))], "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ([actions(select(options=[option(text="x" * 76)]))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"),
    ([actions(select(options=[option(value="x" * 151)]))], "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"),
    ([actions(select(options=None))], "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    ([actions(select(placeholder=plain("x" * 151)))], "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"),
    ([actions({"type": "overflow", "options": [option()] * 6})], "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ([actions({"type": "datepicker", "initial_date": "1.2.2026"})], "must be in the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"),
    ([{"type": "image", "alt_text": "x"}], "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]"),
    ([{"type": "table", "rows": [cells(*"x" * 21)]}], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([{"type": "table", "rows": [cells("x")] * 101}], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    ([{"type": "table", "rows": [cells("x" * 9000), cells("x" * 9000)]}], "must be less than 10001 characters in all cells [json-pointer:/blocks/0/rows]"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "must be less than 12001 characters in all markdown blocks [json-pointer:/blocks]"),
    ([{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "square", "elements": []}]}], "must be a valid enum value, one of: bullet, ordered [json-pointer:/blocks/0/elements/0/style]"),
]  # fmt: skip

WRONG_VIEWS = [
    ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
    ({"title": None}, "missing required field: title [json-pointer:/view]"),
    ({"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
    ({"close": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/close/text]"),
    ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
    ({"blocks": [section()] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
    ({"blocks": [{"type": "table", "rows": [cells("x")]}]}, "unsupported type: table [json-pointer:/view/blocks/0/type]"),
    ({"blocks": [asking(typing())], "submit": None}, "missing required field: submit [json-pointer:/view]"),
    ({"blocks": [asking(typing(), label=plain("x" * 2001))]}, "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]"),
    ({"blocks": [asking(typing(), hint=plain("x" * 2001))]}, "must be less than 2001 characters [json-pointer:/view/blocks/0/hint/text]"),
    ({"blocks": [asking(typing(initial_value="x" * 3001))]}, "must be less than 3001 characters [json-pointer:/view/blocks/0/element/initial_value]"),
    ({"blocks": [asking(typing(max_length=3001))]}, "must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]"),
    ({"blocks": [asking(typing(options=[]))]}, "invalid additional property: options [json-pointer:/view/blocks/0/element]"),
    ({"blocks": [asking(button())]}, "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
    ({"blocks": [asking({"type": "number_input"})]}, "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"),
    ({"blocks": [asking({"type": "checkboxes", "options": [option()] * 11})]}, "no more than 10 items allowed [json-pointer:/view/blocks/0/element/options]"),
    ({"blocks": [asking(select(), optional="yes")]}, "must be a boolean [json-pointer:/view/blocks/0/optional]"),
    ({"type": "window"}, "unsupported type: window [json-pointer:/view/type]"),
    ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]"),
]  # fmt: skip


def modal(**fields):
    base = {"type": "modal", "title": plain("Hi"), "submit": plain("Go"), "blocks": []} | fields
    return {key: value for key, value in base.items() if value is not None}


@pytest.mark.parametrize(("blocks", "line"), WRONG_MESSAGES, ids=lambda v: str(v)[:50])
def test_wrong_blocks_are_refused_where_they_are_wrong(blocks, line):
    assert line in [str(problem) for problem in check_message_blocks(blocks)]


@pytest.mark.parametrize(("change", "line"), WRONG_VIEWS, ids=lambda v: str(v)[:50])
def test_wrong_views_are_refused_where_they_are_wrong(change, line):
    assert line in [str(problem) for problem in check_view(modal(**change))]


def test_everything_slack_takes_is_taken():
    elements = [
        typing(multiline=True, min_length=1, max_length=3000, focus_on_load=True),
        select(option_groups=[{"label": plain("g"), "options": [option()]}], options=None),
        {"type": "multi_static_select", "options": [option()], "max_selected_items": 2},
        {"type": "external_select", "min_query_length": 0, "initial_option": option()},
        {"type": "users_select", "initial_user": "U_THU"},
        {"type": "conversations_select", "default_to_current_conversation": True,
         "response_url_enabled": True, "filter": {"include": ["public"]}},
        {"type": "checkboxes", "options": [option(description=plain("d"))]},
        {"type": "radio_buttons", "options": [option()], "initial_option": option()},
        {"type": "datepicker", "initial_date": "2026-12-01"},
        {"type": "timepicker", "initial_time": "23:59"},
        {"type": "datetimepicker", "initial_date_time": 1_800_000_000},
        {"type": "number_input", "is_decimal_allowed": False, "initial_value": "2"},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
    ]  # fmt: skip
    confirm = {k: plain("x") for k in ("title", "text", "confirm", "deny")}
    view = modal(
        blocks=[
            *(asking(element, hint=plain("h"), optional=True) for element in elements),
            {"type": "header", "text": plain("x" * 150)},
            {"type": "divider"},
            section(accessory=button(confirm=confirm), fields=[mrkdwn("x" * 2000)] * 10),
            {"type": "image", "image_url": "https://x.test/y.png", "alt_text": "y"},
        ],
        private_metadata="x" * 3000,
        notify_on_close=True,
    )
    message = [
        actions(*(button(action_id=str(n), text=plain("x" * 75)) for n in range(25))),
        {"type": "table", "rows": [cells("a", "b")], "column_settings": [{"align": "right"}]},
        {"type": "markdown", "text": "# x"},
    ]

    assert check_view(view) == []
    assert check_view({"type": "home", "blocks": [section()]}) == []
    assert check_message_blocks(message) == []


@pytest.mark.parametrize(
    ("limit", "make"),
    [
        (ActionsBlock.elements_max_length, lambda n: [actions(*(button(action_id=str(i)) for i in range(n)))]),
        (ContextBlock.elements_max_length, lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}]),
        (SectionBlock.fields_max_length, lambda n: [section(fields=[mrkdwn("x")] * n)]),
        (HeaderBlock.text_max_length, lambda n: [{"type": "header", "text": plain("x" * n)}]),
        (InputBlock.label_max_length, lambda n: [asking(typing(), label=plain("x" * n))]),
        (InputBlock.hint_max_length, lambda n: [asking(typing(), hint=plain("x" * n))]),
        (ButtonElement.text_max_length, lambda n: [actions(button(text=plain("x" * n)))]),
        (ButtonElement.value_max_length, lambda n: [actions(button(value="x" * n))]),
        (Option.label_max_length, lambda n: [actions(select(options=[option(text="x" * n)]))]),
        (Option.value_max_length, lambda n: [actions(select(options=[option(value="x" * n)]))]),
    ],
)  # fmt: skip
def test_limits_agree_with_those_slack_publishes_in_its_sdk(limit, make):
    assert check_message_blocks(make(limit)) == []
    assert check_message_blocks(make(limit + 1)) != []


def test_the_view_limits_agree_with_the_sdk_too():
    assert View.title_max_length == View.submit_max_length == View.close_max_length == 24
    assert check_view(modal(blocks=[section()] * View.blocks_max_length)) == []
    assert check_view(modal(private_metadata="x" * View.private_metadata_max_length)) == []


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "text", "elements", "blocks", "title", "rows", "element"]), inner
    ),
))  # fmt: skip
def test_no_nonsense_breaks_the_check(value):
    check_message_blocks([value])
    assert check_view(value)


def test_slacks_answer_names_every_problem(slack):
    client = slack.client()
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(
            channel="C_GROWTH", text="x", blocks=[actions(button(text=plain("x" * 76)))]
        )
    line = "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"] == [line]
    assert caught.value.response["response_metadata"]["messages"] == [f"[ERROR] {line}"]

    table = {"type": "table", "rows": [cells("x")]}
    with pytest.raises(SlackApiError, match="invalid_attachments"):
        client.chat_postMessage(channel="C_GROWTH", text="x", blocks=[table, table])
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        client.chat_postMessage(
            channel="C_GROWTH", text="x", blocks=[section(text=mrkdwn("x" * 2900))] * 5
        )
    with pytest.raises(SlackApiError, match="invalid_blocks_format"):
        client.chat_postMessage(channel="C_GROWTH", text="x", blocks="{")


def test_blocks_without_ids_get_some(slack):
    client = slack.client()
    client.chat_postMessage(
        channel="C_GROWTH", text="x", blocks=[section(), actions(button(action_id="a"))]
    )
    first, second = slack.messages()[0]["blocks"]
    assert first["block_id"]
    assert first["block_id"] != second["block_id"]
