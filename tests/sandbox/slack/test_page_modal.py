"""Modals on the page, in a real Chromium, answered by a real Bolt app."""

# ruff: noqa: E501  # the form with every input has one input a line

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def type_command(page, text):
    field = page.get_by_role("textbox", name="Message #growth-data")
    field.fill(text)
    field.press("Enter")


@pytest.fixture
def form(kit):
    """A modal with every input there is."""
    return kit.modal(
        kit.text_input("name", placeholder=kit.plain("delays")),
        kit.input("sql", {"type": "plain_text_input", "multiline": True}),
        kit.input("connection", kit.select("warehouse", "crm")),
        kit.input("tags", {**kit.select("daily", "late"), "type": "multi_static_select"}),
        kit.input("table", {"type": "external_select", "min_query_length": 1}),
        kit.input("owner", {"type": "users_select"}),
        kit.input("where", {"type": "conversations_select", "default_to_current_conversation": True}),
        kit.input("events", {"type": "checkboxes", "options": [kit.option("failure"), kit.option("success")]}),
        kit.input("kind", {"type": "radio_buttons", "options": [kit.option("sql"), kit.option("code")]}, dispatch_action=True),
        kit.input("start", {"type": "datepicker"}),
        kit.input("at", {"type": "timepicker", "initial_time": "06:00"}),
        kit.input("retries", {"type": "number_input", "is_decimal_allowed": False}),
        kit.input("note", {"type": "plain_text_input"}, optional=True),
    )  # fmt: skip


def test_a_modal_with_every_input(visit, slack, connect, kit, form):
    submitted = []

    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=form)

        @app.options("value")
        def options(ack, payload):
            ack(options=[kit.option(payload["value"] + "ights")])

        @app.action("value")
        def changed(ack, body, client):
            ack()
            more = {**form, "blocks": [*form["blocks"], kit.section("_code_ needs a review")]}
            client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=more)

        @app.view("form")
        def submission(ack, view):
            submitted.append(view["state"]["values"])
            if view["state"]["values"]["name"]["value"]["value"] == "bad name":
                ack(response_action="errors", errors={"name": "No spaces in a name."})
            else:
                ack()

    connect(slack, listeners)
    page = visit("U_THU")
    type_command(page, "/airflow new-dag")
    dialog = page.get_by_role("dialog", name="New DAG")

    dialog.get_by_role("button", name="Create").click()
    block = dialog.locator('[data-block-id="name"]')
    expect(block.get_by_role("alert")).to_have_text("Please complete this required field.")
    block.get_by_role("textbox").fill("bad name")
    expect(block.get_by_role("alert")).to_have_count(0)
    dialog.get_by_label("Sql").first.fill("select 1\nfrom flights")
    dialog.get_by_role("combobox", name="Connection").click()
    page.get_by_role("option", name="Warehouse").click()
    dialog.get_by_role("combobox", name="Tags").click()
    for tag in ("Daily", "Late"):
        page.get_by_role("option", name=tag).click()
    dialog.get_by_role("combobox", name="Table").press_sequentially("fl")
    page.get_by_role("option", name="Flights").click()
    dialog.get_by_role("combobox", name="Owner").press_sequentially("min")
    page.get_by_role("combobox", name="Owner").press("Enter")
    dialog.get_by_label("Failure").check()
    dialog.get_by_label("Start").fill("2026-12-01")
    dialog.get_by_role("textbox", name="Retries").fill("2.5")
    dialog.get_by_label("Code").check()
    expect(dialog).to_contain_text("code needs a review")

    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("Please enter a whole number.")
    dialog.get_by_role("textbox", name="Retries").fill("2")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("No spaces in a name.")
    block.get_by_role("textbox").fill("good")
    block.get_by_role("textbox").press("Enter")
    expect(dialog).to_have_count(0)

    values = {block_id: actions["value"] for block_id, actions in submitted[-1].items()}
    assert values["name"]["value"] == "good"
    assert values["sql"]["value"] == "select 1\nfrom flights"
    assert values["connection"]["selected_option"]["value"] == "warehouse"
    assert [one["value"] for one in values["tags"]["selected_options"]] == ["daily", "late"]
    assert values["table"]["selected_option"]["value"] == "flights"
    assert values["owner"]["selected_user"] == "U_MINH"
    assert values["where"]["selected_conversation"] == "C_GROWTH"
    assert [one["value"] for one in values["events"]["selected_options"]] == ["failure"]
    assert values["kind"]["selected_option"]["value"] == "code"
    assert values["start"]["selected_date"] == "2026-12-01"
    assert values["at"]["selected_time"] == "06:00"
    assert values["retries"]["value"] == "2"
    assert values["note"]["value"] is None


def test_a_submission_without_an_answer_is_trouble_on_the_page(visit, slack, connect, kit):
    def optional(ack, body, client):
        ack()
        view = kit.modal(kit.input("why", {"type": "plain_text_input"}, optional=True))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    connect(slack, lambda app: app.command("/airflow")(optional))
    page = visit("U_THU")
    type_command(page, "/airflow")
    dialog = page.get_by_role("dialog", name="New DAG")
    dialog.get_by_role("button", name="Create").click()

    expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
