"""users.* and conversations.*, and workspace files."""

from __future__ import annotations

import pytest
from airdesk_sandbox.slack.default_workspace import default_workspace
from airdesk_sandbox.slack.workspace import WorkspaceError, read_workspace
from slack_sdk.errors import SlackApiError


def test_people_are_found_by_id_and_by_email(slack):
    client = slack.client()

    assert client.users_info(user="U_THU")["user"]["profile"]["email"] == "thu.tran@corp.test"
    assert client.users_lookupByEmail(email="Minh.Le@corp.test")["user"]["id"] == "U_MINH"
    assert client.users_info(user="U_AIRDESK")["user"]["is_bot"]
    for call in (
        lambda: client.users_info(user="U_NO"),
        lambda: client.users_lookupByEmail(email="nobody@corp.test"),
    ):
        with pytest.raises(SlackApiError, match="not_found"):
            call()


def test_an_email_needs_its_own_scope(serve):
    def without_email(workspace):
        workspace["apps"][0]["scopes"].remove("users:read.email")

    client = serve(without_email).client()
    assert "email" not in client.users_info(user="U_THU")["user"]["profile"]
    with pytest.raises(SlackApiError, match="missing_scope"):
        client.users_lookupByEmail(email="thu.tran@corp.test")


def test_lists_page_by_cursor(slack):
    pages = [page["members"] for page in slack.client().users_list(limit=3)]

    assert [len(page) for page in pages] == [3, 2]
    assert [one["id"] for page in pages for one in page][-1] == "U_AIRDESK"


def test_conversations_are_listed_by_kind(slack):
    client = slack.client()
    client.conversations_open(users="U_THU")

    channels = client.conversations_list()["channels"]
    directs = client.conversations_list(types="im")["channels"]

    assert [one["name"] for one in channels] == ["growth-data", "risk-data"]
    assert [one["user"] for one in directs] == ["U_THU"]
    assert client.conversations_info(channel="C_GROWTH")["channel"]["num_members"] == 5
    assert "U_LAN" in client.conversations_members(channel="C_RISK")["members"]


def test_opening_a_direct_message_twice_gives_the_same_one(slack):
    client = slack.client()
    first = client.conversations_open(users="U_THU")
    again = client.conversations_open(users=["U_THU"])

    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["already_open"]


def test_a_private_channel_hides_from_apps_outside(serve):
    def private(workspace):
        workspace["channels"][0] |= {"is_private": True, "members": ["U_THU"]}

    client = serve(private).client()
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="C_GROWTH", text="x")


def test_the_workspace_can_be_replaced_while_it_runs(slack):
    changed = default_workspace()
    changed["users"].append(
        {"id": "U_NEW", "name": "an.do", "real_name": "An Do", "email": "an.do@corp.test"}
    )
    assert slack.ui.put("/sandbox/workspace", json=changed).json() == {"ok": True}
    assert slack.client().users_info(user="U_NEW")["user"]["real_name"] == "An Do"

    refused = slack.ui.put("/sandbox/workspace", json={"team": {"id": "T"}})
    assert refused.status_code == 400
    assert "team.name" in refused.json()["error"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"users": {}}, "users must be a list"),
        ({"users": [{"id": "U"}]}, "users: U: missing 3 required"),
        ({"users": [{"id": "U", "nmae": "x"}]}, "unexpected keyword argument 'nmae'"),
        (
            {
                "apps": [
                    {
                        "id": "A",
                        "name": "a",
                        "bot_user_id": "U",
                        "bot_token": "x",
                        "socket_mode": True,
                    }
                ]
            },
            "A is in Socket Mode and needs an app_token",
        ),
        (
            {
                "apps": [
                    {
                        "id": "A",
                        "name": "a",
                        "bot_user_id": "U",
                        "bot_token": "x",
                        "request_url": "http://x",
                    }
                ]
            },
            "A has a request_url and needs a signing_secret",
        ),
    ],
)
def test_a_wrong_workspace_file_is_explained(change, sentence):
    with pytest.raises(WorkspaceError, match=sentence):
        read_workspace({"team": {"id": "T", "name": "Corp"}, **change})
