"""Commands and modals, driven as a person does and answered by a real Bolt app."""

from __future__ import annotations

import time

import pytest

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


def test_an_unacknowledged_submission_is_trouble(slack, open_modal, kit):
    view = open_modal(
 kit.modal(kit.text_input()),
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
def test_an_answer_slack_does_not_understand_is_trouble(slack, open_modal, kit, answer):
    def more(app):
        @app.view("form")
        def submission(ack):
            ack(answer)

    view = open_modal(kit.modal(kit.text_input()), more)
    assert slack.do("submit", view_id=view["id"], values=value("x"))["error"] == TROUBLE


def test_an_answer_may_update_push_or_clear(slack, open_modal, kit):
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

    view = open_modal(kit.modal(kit.text_input()), more)
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
