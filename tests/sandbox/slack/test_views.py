"""views.* and what happens inside open views: triggers, hashes, stacks, choices, menus."""

from __future__ import annotations

import threading

import pytest
from slack_sdk.errors import SlackApiError


@pytest.fixture
def heard():
    """What the app's listeners were given, in order."""
    return []


def test_a_trigger_opens_one_view_within_three_seconds(slack, connect, kit, heard, wait):
    nothing = threading.Event()

    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            if body["text"] == "late":
                nothing.wait(3.2)  # the work that a real app does meanwhile
            for title in ("First", "Second"):
                try:
                    view = kit.modal(kit.text_input(), title=title)
                    client.views_open(trigger_id=body["trigger_id"], view=view)
                except SlackApiError as error:
                    heard.append(error.response["error"])

    connect(slack, listeners)
    slack.command("/airflow")
    slack.wait_for_view("First")
    slack.command("/airflow late")
    wait(lambda: len(heard) == 3)
    assert heard == ["exchanged_trigger_id", "expired_trigger_id", "expired_trigger_id"]
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        slack.client().views_open(trigger_id="1.2.3", view=kit.modal())


def test_a_wrong_view_does_not_use_the_trigger_up(slack, connect, kit, heard):
    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            try:
                client.views_open(trigger_id=body["trigger_id"], view=kit.modal(title="x" * 25))
            except SlackApiError as error:
                heard.append(error.response.data)
            client.views_open(trigger_id=body["trigger_id"], view=kit.modal())

    connect(slack, listeners)
    slack.command("/airflow")
    slack.wait_for_view("New DAG")
    assert heard[0]["error"] == "invalid_arguments"
    assert heard[0]["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]


def test_updates_notice_that_somebody_else_was_faster(slack, open_modal, kit):
    view = open_modal(kit.modal(kit.text_input()))
    client = slack.client()

    changed = client.views_update(
        view_id=view["id"], hash=view["hash"], view=kit.modal(kit.text_input(), title="Changed")
    )
    assert changed["view"]["hash"] != view["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=kit.modal())
    slack.do("close", view_id=view["id"])
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id=view["id"], view=kit.modal())


def test_three_views_lie_on_each_other_at_most(slack, open_modal, kit, heard, wait):
    def more(app):
        @app.action("go")
        def click(ack, body, client):
            ack()
            try:
                view = kit.modal(kit.actions(kit.button()), title=f"{len(heard)} pushed")
                client.views_push(trigger_id=body["trigger_id"], view=view)
                heard.append("pushed")
            except SlackApiError as error:
                heard.append(error.response["error"])

    open_modal(kit.modal(kit.actions(kit.button())), more)
    for count in (1, 2, 3):
        slack.do("view_action", view_id=slack.views()[-1]["id"], action_id="go")
        wait(lambda count=count: len(heard) == count)

    assert heard == ["pushed", "pushed", "push_limit_reached"]
    assert len(slack.views()) == 3


def test_closing_is_told_to_apps_that_ask(slack, open_modal, kit, heard):
    def more(app):
        @app.view_closed("form")
        def closed(ack, body):
            ack()
            heard.append((body["type"], body["is_cleared"], body["view"]["callback_id"]))

    view = open_modal(kit.modal(notify_on_close=True), more)
    assert slack.do("close", view_id=view["id"], all=True) == {"ok": True}
    assert heard == [("view_closed", True, "form")]
    assert slack.views() == []


def test_an_input_may_tell_the_app_at_once(slack, open_modal, kit, heard):
    def more(app):
        @app.action("value")
        def changed(ack, body):
            ack()
            heard.append(body)

    view = open_modal(
        kit.modal(
            kit.input("team", kit.select("growth", "risk"), dispatch_action=True),
            kit.input("kind", kit.select("sql", "bash")),
        ),
        more,
    )
    where = {"view_id": view["id"], "action_id": "value"}
    told = slack.do("view_action", **where, block_id="team", value="risk")
    quiet = slack.do("view_action", **where, block_id="kind", selected_option={"value": "sql"})

    assert (told["dispatched"], quiet["dispatched"]) == (True, False)
    assert len(heard) == 1
    assert heard[0]["container"] == {"type": "view", "view_id": view["id"]}
    assert heard[0]["actions"][0]["selected_option"]["text"]["text"] == "Risk"
    values = heard[0]["view"]["state"]["values"]
    assert values["team"]["value"]["selected_option"]["value"] == "risk"
    assert values["kind"]["value"]["selected_option"] is None
    wrong = slack.do("view_action", **where, block_id="team", value="sales")
    assert wrong["error"] == "value: 'sales' is not among the options."


def test_an_external_menu_gets_its_options_from_the_app(slack, open_modal, kit, heard):
    def more(app):
        @app.options("value")
        def options(ack, payload):
            heard.append((payload["type"], payload["block_id"], payload["value"]))
            ack(options=[kit.option("flights")] if payload["value"] else [{"text": "wrong"}])

    menu = kit.input("table", {"type": "external_select", "min_query_length": 0})
    view = open_modal(kit.modal(menu), more)
    where = {"view_id": view["id"], "block_id": "table", "action_id": "value"}

    found = slack.do("suggest", **where, value="fl")
    assert found["options"] == [kit.option("flights")]
    assert heard == [("block_suggestion", "table", "fl")]
    assert "There was a problem loading the options" in slack.do("suggest", **where)["error"]


def test_a_chosen_conversation_comes_with_a_response_url(slack, open_modal, kit, heard):
    def more(app):
        @app.view("form")
        def submission(ack, body):
            ack()
            heard.append(body["response_urls"])

    menu = kit.input(
        "where",
        {
            "type": "conversations_select",
            "default_to_current_conversation": True,
            "response_url_enabled": True,
        },
    )
    view = open_modal(kit.modal(menu), more)
    slack.do("submit", view_id=view["id"], values={})

    ((url,),) = heard
    assert (url["block_id"], url["channel_id"]) == ("where", "C_GROWTH")
    assert slack.ui.post(url["response_url"], json={"text": "done"}).text == "ok"
    assert slack.messages()[-1]["text"] == "done"


def test_the_home_tab(slack, connect, kit, heard, wait):
    slack.workspace["apps"][0]["events"] = ["app_home_opened"]
    slack.ui.put("/sandbox/workspace", json=slack.workspace)

    def listeners(app):
        @app.event("app_home_opened")
        def opened(event, client):
            heard.append((event["user"], event["tab"]))
            view = {"type": "home", "blocks": [kit.section("welcome")]}
            client.views_publish(user_id=event["user"], view=view)

    connect(slack, listeners)
    slack.do("home", app="A_AIRDESK")
    wait(lambda: slack.state()["homes"])
    assert slack.state()["homes"]["A_AIRDESK"]["blocks"][0]["text"]["text"] == "welcome"
    assert heard == [("U_THU", "home")]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        slack.client().views_publish(
            user_id="U_THU", hash="1.old", view={"type": "home", "blocks": []}
        )


def test_external_ids_are_unique_while_open(slack, open_modal, kit):
    open_modal(kit.modal(external_id="draft-1"))
    client = slack.client()

    changed = client.views_update(
        external_id="draft-1", view=kit.modal(title="By its own name", external_id="draft-1")
    )
    assert changed["view"]["title"]["text"] == "By its own name"
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        client.views_publish(
            user_id="U_THU", view={"type": "home", "blocks": [], "external_id": "draft-1"}
        )
