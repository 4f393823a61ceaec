"""Commands and modals, driven as a person does and answered by a real Bolt app."""

from __future__ import annotations

import threading
import time

import pytest
from slack_sdk.errors import SlackApiError

TROUBLE = "We had some trouble connecting. Try again?"


@pytest.fixture
def heard():
    """What the app's listeners were given, in order."""
    return []


def value(text):
    return {"name": {"value": {"type": "plain_text_input", "value": text}}}


def test_a_command_opens_a_modal_and_its_submission_is_answered(slack, connect, kit, heard):
    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            heard.append(body)
            client.views_open(
                trigger_id=body["trigger_id"],
                view=kit.modal(kit.text_input(), private_metadata="kept"),
            )

        @app.view("form")
        def submission(ack, body, view):
            heard.append(body)
            typed = view["state"]["values"]["name"]["value"]["value"]
            ack(response_action="errors", errors={"name": "no spaces"}) if " " in typed else ack()

    connect(slack, listeners)
    assert slack.command("/airflow new-dag now") == {"ok": True, "ack": None}
    view = slack.wait_for_view("New DAG")

    assert {k: heard[0][k] for k in ("command", "text", "user_id", "channel_id", "api_app_id")} == {
        "command": "/airflow",
        "text": "new-dag now",
        "user_id": "U_THU",
        "channel_id": "C_GROWTH",
        "api_app_id": "A_AIRDESK",
    }
    assert slack.do("submit", view_id=view["id"], values={}) == {
        "ok": False,
        "errors": {"name": "Please complete this required field."},
    }
    assert len(heard) == 1  # Slack does not bother the app with an empty required field
    refused = slack.do("submit", view_id=view["id"], values=value("a b"))
    assert refused == {"ok": False, "errors": {"name": "no spaces"}}
    assert slack.views()[0]["errors"] == {"name": "no spaces"}
    assert slack.views()[0]["state"]["values"] == value("a b")
    assert slack.do("submit", view_id=view["id"], values=value("good")) == {"ok": True}
    assert slack.views() == []
    assert heard[-1]["type"] == "view_submission"
    assert heard[-1]["view"]["private_metadata"] == "kept"
    assert heard[-1]["user"]["id"] == "U_THU"


def test_an_acknowledgement_may_carry_a_message(slack, connect):
    def listeners(app):
        @app.command("/airflow")
        def command(ack, body):
            ack(text="for all", response_type="in_channel") if body["text"] else ack("for you")

    connect(slack, listeners)
    slack.command("/airflow")
    slack.command("/airflow all")

    assert [one["text"] for one in slack.messages(user="U_THU")] == ["for you", "for all"]
    assert [one["text"] for one in slack.messages(user="U_MINH")] == ["for all"]


def test_failed_commands_are_told_as_slack_tells_them(slack, connect):
    offline = slack.command("/airflow")
    assert offline["error"] == "/airflow failed with the error “dispatch_failed”"

    connect(slack, lambda app: app.command("/airflow")(lambda body: None))
    started = time.monotonic()
    late = slack.command("/airflow")

    assert late["error"] == "/airflow failed with the error “operation_timeout”"
    assert 2.9 < time.monotonic() - started < 5
    assert "is not a valid command" in slack.command("/nothing")["error"]
    assert [one["user"] for one in slack.messages()] == ["USLACKBOT"] * 3
    assert slack.messages(user="U_MINH") == []


def test_a_wrong_message_in_an_acknowledgement(slack, connect, kit):
    def listeners(app):
        @app.command("/airflow")
        def command(ack):
            ack(blocks=[kit.actions(kit.button(), kit.button())])

    connect(slack, listeners)
    assert "invalid_command_response" in slack.command("/airflow")["error"]


def open_modal(slack, connect, view, more=lambda app: None):
    """Connect an app whose command opens `view`; type the command; give the open view."""

    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=view)

        more(app)

    connect(slack, listeners)
    slack.command("/airflow")
    return slack.wait_for_view(view["title"]["text"])


def test_an_unacknowledged_submission_is_trouble(slack, connect, kit):
    view = open_modal(
        slack, connect, kit.modal(kit.text_input()),
        lambda app: app.view("form")(lambda body: None),
    )  # fmt: skip
    answer = slack.do("submit", view_id=view["id"], values=value("x"))

    assert answer == {"ok": False, "error": TROUBLE}
    assert [one["id"] for one in slack.views()] == [view["id"]]


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "explode"},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
def test_an_answer_slack_does_not_understand_is_trouble(slack, connect, kit, answer):
    def more(app):
        @app.view("form")
        def submission(ack):
            ack(answer)

    view = open_modal(slack, connect, kit.modal(kit.text_input()), more)
    assert slack.do("submit", view_id=view["id"], values=value("x"))["error"] == TROUBLE


def test_an_answer_may_update_push_or_clear(slack, connect, kit):
    steps = iter(
        [
            {"response_action": "update", "view": kit.modal(kit.text_input(), title="Second")},
            {"response_action": "push", "view": kit.modal(kit.text_input(), title="On top")},
            {"response_action": "clear"},
        ]
    )

    def more(app):
        @app.view("form")
        def submission(ack):
            ack(next(steps))

    view = open_modal(slack, connect, kit.modal(kit.text_input()), more)
    assert slack.do("submit", view_id=view["id"], values=value("x"))["ok"]
    second = slack.wait_for_view("Second")
    assert second["id"] == view["id"]
    assert second["state"]["values"] == value("x")  # same ids: what was entered stays

    assert slack.do("submit", view_id=view["id"], values={})["ok"]
    top = slack.wait_for_view("On top")
    assert (top["previous_view_id"], top["root_view_id"]) == (view["id"], view["id"])
    assert len(slack.views()) == 2
    below = slack.do("submit", view_id=view["id"], values={})
    assert below["error"] == "Another modal lies on top of this one."

    assert slack.do("submit", view_id=top["id"], values=value("x"))["ok"]
    assert slack.views() == []


def test_a_trigger_opens_one_view_within_three_seconds(slack, connect, kit, heard):
    enough = threading.Event()

    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            if body["text"] == "late":
                enough.wait(3.2)
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
    deadline = time.monotonic() + 8
    while len(heard) < 3 and time.monotonic() < deadline:
        enough.wait(0.05)

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


def test_updates_notice_that_somebody_else_was_faster(slack, connect, kit):
    view = open_modal(slack, connect, kit.modal(kit.text_input()))
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


def test_three_views_lie_on_each_other_at_most(slack, connect, kit, heard):
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

    open_modal(slack, connect, kit.modal(kit.actions(kit.button())), more)
    for count in (1, 2, 3):
        slack.do("view_action", view_id=slack.views()[-1]["id"], action_id="go")
        deadline = time.monotonic() + 5
        while len(heard) < count and time.monotonic() < deadline:
            time.sleep(0.02)

    assert heard == ["pushed", "pushed", "push_limit_reached"]
    assert len(slack.views()) == 3


def test_closing_is_told_to_apps_that_ask(slack, connect, kit, heard):
    def more(app):
        @app.view_closed("form")
        def closed(ack, body):
            ack()
            heard.append((body["type"], body["is_cleared"], body["view"]["callback_id"]))

    view = open_modal(slack, connect, kit.modal(notify_on_close=True), more)
    assert slack.do("close", view_id=view["id"], all=True) == {"ok": True}
    assert heard == [("view_closed", True, "form")]
    assert slack.views() == []


def test_an_input_may_tell_the_app_at_once(slack, connect, kit, heard):
    def more(app):
        @app.action("value")
        def changed(ack, body):
            ack()
            heard.append(body)

    view = open_modal(
        slack,
        connect,
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


def test_an_external_menu_gets_its_options_from_the_app(slack, connect, kit, heard):
    def more(app):
        @app.options("value")
        def options(ack, payload):
            heard.append((payload["type"], payload["block_id"], payload["value"]))
            ack(options=[kit.option("flights")] if payload["value"] else [{"text": "wrong"}])

    menu = kit.input("table", {"type": "external_select", "min_query_length": 0})
    view = open_modal(slack, connect, kit.modal(menu), more)
    where = {"view_id": view["id"], "block_id": "table", "action_id": "value"}

    found = slack.do("suggest", **where, value="fl")
    assert found["options"] == [kit.option("flights")]
    assert heard == [("block_suggestion", "table", "fl")]
    assert "There was a problem loading the options" in slack.do("suggest", **where)["error"]


def test_a_chosen_conversation_comes_with_a_response_url(slack, connect, kit, heard):
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
    view = open_modal(slack, connect, kit.modal(menu), more)
    slack.do("submit", view_id=view["id"], values={})

    ((url,),) = heard
    assert (url["block_id"], url["channel_id"]) == ("where", "C_GROWTH")
    assert slack.ui.post(url["response_url"], json={"text": "done"}).text == "ok"
    assert slack.messages()[-1]["text"] == "done"


def test_the_home_tab(slack, connect, kit, heard):
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
    deadline = time.monotonic() + 5
    while not slack.state()["homes"] and time.monotonic() < deadline:
        time.sleep(0.02)

    assert slack.state()["homes"]["A_AIRDESK"]["blocks"][0]["text"]["text"] == "welcome"
    assert heard == [("U_THU", "home")]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        slack.client().views_publish(
            user_id="U_THU", hash="1.old", view={"type": "home", "blocks": []}
        )


def test_external_ids_are_unique_while_open(slack, connect, kit):
    open_modal(slack, connect, kit.modal(external_id="draft-1"))
    client = slack.client()

    changed = client.views_update(
        external_id="draft-1", view=kit.modal(title="By its own name", external_id="draft-1")
    )
    assert changed["view"]["title"]["text"] == "By its own name"
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        client.views_publish(
            user_id="U_THU", view={"type": "home", "blocks": [], "external_id": "draft-1"}
        )
