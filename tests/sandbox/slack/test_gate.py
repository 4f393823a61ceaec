"""What every method of the Web API checks first: token, scopes, rate, the shape of the request."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError


def error_of(call, *args, **kwargs):
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response


def test_tokens_are_checked(slack):
    assert slack.ui.post("/api/auth.test").json() == {"ok": False, "error": "not_authed"}
    assert error_of(slack.client("xoxb-wrong").auth_test)["error"] == "invalid_auth"


def test_each_method_wants_its_kind_of_token(slack):
    bot, app = slack.client(), slack.client("xapp-sandbox-airdesk")

    refused = error_of(bot.apps_connections_open, app_token="xoxb-sandbox-airdesk")
    assert refused["error"] == "not_allowed_token_type"
    assert error_of(app.auth_test)["error"] == "not_allowed_token_type"
    opened = app.apps_connections_open(app_token="xapp-sandbox-airdesk")
    assert opened["url"].startswith("ws://127.0.0.1:")


def test_auth_test_tells_who_one_is(slack):
    who = slack.client().auth_test()

    assert (who["user_id"], who["team_id"], who["team"]) == ("U_AIRDESK", "T_CORP", "Corp")
    assert who.headers["x-oauth-scopes"].startswith("chat:write,commands")


def test_a_missing_scope_is_named(serve):
    def chat_only(workspace):
        workspace["apps"][0]["scopes"] = ["chat:write", "channels:history"]

    client = serve(chat_only).client()
    refused = error_of(client.users_info, user="U_THU")
    assert refused.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "chat:write,channels:history",
    }
    direct = client.chat_postMessage(channel="U_THU", text="x")["channel"]
    assert error_of(client.conversations_history, channel=direct)["needed"] == "im:history"


def test_what_is_not_built_is_refused_by_name(slack):
    response = slack.ui.post("/api/files.upload", headers=_bearer())

    assert response.status_code == 501
    assert response.json() == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "files.upload",
    }


def test_about_one_message_a_second_and_channel(slack):
    client = slack.client()
    for number in range(5):
        client.chat_postMessage(channel="C_GROWTH", text=str(number))

    refused = error_of(client.chat_postMessage, channel="C_GROWTH", text="too fast")

    assert (refused.status_code, refused["error"]) == (429, "ratelimited")
    assert refused.headers["retry-after"] == "1"
    assert client.chat_postMessage(channel="C_RISK", text="another channel")["ok"]


def test_limits_of_methods_come_from_the_workspace_file(serve):
    def strict(workspace):
        workspace["rate_limits"] = {"users.list": {"per_minute": 2, "burst": 1}}

    client = serve(strict).client()
    assert client.users_list()["ok"]
    refused = error_of(client.users_list)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        ("{", "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("x", "text/csv", "invalid_post_type"),
    ],
)
def test_the_body_must_be_what_its_type_says(slack, content, kind, error):
    headers = {**_bearer(), "content-type": kind}
    answer = slack.ui.post("/api/users.list", content=content, headers=headers)
    assert answer.json()["error"] == error


def test_forms_and_queries_work_as_json_does(slack):
    for answer in (
        slack.ui.post("/api/users.info", data={"user": "U_THU"}, headers=_bearer()),
        slack.ui.get("/api/users.info", params={"user": "U_THU"}, headers=_bearer()),
        slack.ui.post("/api/users.info", data={"user": "U_THU", "token": _bearer_token()}),
    ):
        assert answer.json()["user"]["name"] == "thu.tran"


def test_a_missing_argument_is_named(slack):
    refused = slack.ui.post("/api/chat.postMessage", json={"text": "x"}, headers=_bearer()).json()
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


def _bearer_token() -> str:
    return "xoxb-sandbox-airdesk"


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {_bearer_token()}"}
