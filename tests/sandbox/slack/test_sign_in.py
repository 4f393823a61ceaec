"""“Sign in with Slack”, as an app and its person go through it."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from slack_sdk.errors import SlackApiError

BACK = "http://127.0.0.1/link/slack/callback"


def ask(**change):
    return {
        "response_type": "code",
        "client_id": "sandbox-client",
        "redirect_uri": BACK,
        "scope": "openid profile email",
        "state": "s-1",
        "nonce": "n-1",
        **change,
    }


def allow(slack, decision="allow", **change):
    """Be Thu, see the page, press a button; gives where the browser is sent."""
    slack.ui.post("/ui/login", json={"user": "U_THU"})
    page = slack.ui.get("/openid/connect/authorize", params=ask(**change))
    assert "Sign in as Thu Tran to Airdesk?" in page.text
    answer = slack.ui.post("/openid/connect/authorize", data=ask(**change) | {"decision": decision})
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    assert target._replace(query="").geturl() == BACK
    return {key: value for key, (value,) in parse_qs(target.query).items()}


def exchange(slack, code, **change):
    arguments = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-client-secret",
        "redirect_uri": BACK,
    }
    return slack.client(None).openid_connect_token(code=code, **arguments | change)


def test_the_whole_way(slack):
    back = allow(slack)
    token = exchange(slack, back["code"])
    who = slack.client(token["access_token"]).openid_connect_userInfo()

    assert back["state"] == "s-1"
    assert who["https://slack.com/user_id"] == who["sub"] == "U_THU"
    assert (who["https://slack.com/team_id"], who["email"]) == ("T_CORP", "thu.tran@corp.test")

    keys = jwt.PyJWKSet.from_dict(slack.ui.get("/openid/connect/keys").json())
    claims = jwt.decode(
        token["id_token"], keys["sandbox"].key, algorithms=["RS256"],
        audience="sandbox-client", issuer=slack.base_url,
    )  # fmt: skip
    assert (claims["nonce"], claims["https://slack.com/user_id"]) == ("n-1", "U_THU")
    found = slack.ui.get("/.well-known/openid-configuration").json()
    assert found["jwks_uri"] == f"{slack.base_url}/openid/connect/keys"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1/elsewhere"}, "bad_redirect_uri"),
    ],
)
def test_a_code_is_worth_nothing_to_others(slack, change, error):
    code = allow(slack)["code"]
    with pytest.raises(SlackApiError, match=error):
        exchange(slack, code, **change)


def test_a_code_works_once(slack):
    code = allow(slack)["code"]
    exchange(slack, code)
    with pytest.raises(SlackApiError, match="code_already_used"):
        exchange(slack, code)
    with pytest.raises(SlackApiError, match="invalid_code"):
        exchange(slack, "made-up")


def test_pkce_is_kept(slack):
    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    for given, works in ((None, False), ("w" * 43, False), (verifier, True)):
        code = allow(slack, code_challenge=challenge, code_challenge_method="S256")["code"]
        form = {
            "code": code, "redirect_uri": BACK, "client_id": "sandbox-client",
            "client_secret": "sandbox-client-secret",
        }  # fmt: skip
        if given:
            form["code_verifier"] = given
        answer = slack.ui.post("/api/openid.connect.token", data=form).json()
        assert answer["ok"] is works
    assert slack.ui.post("/api/openid.connect.token", data=form).json()["ok"] is False


def test_a_person_may_say_no(slack):
    assert allow(slack, decision="deny") == {"error": "access_denied", "state": "s-1"}


def test_a_browser_nobody_has_used_asks_who_it_is(slack):
    page = slack.ui.get("/openid/connect/authorize", params=ask())
    assert "Sign in to Corp" in page.text
    path = "/openid/connect/authorize?client_id=sandbox-client"
    picked = slack.ui.post("/ui/login", data={"user": "U_MINH", "next": path})
    assert (picked.status_code, picked.headers["location"]) == (303, path)
    assert "Sign in as Minh Le" in slack.ui.get("/openid/connect/authorize", params=ask()).text

    outward = slack.ui.post("/ui/login", data={"user": "U_MINH", "next": "//evil.test"})
    assert outward.status_code == 200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client_id": "wrong"}, "Invalid client_id"),
        ({"redirect_uri": "http://evil.test/"}, "did not match any configured URIs"),
        ({"redirect_uri": "http://127.0.0.1.evil.test/"}, "did not match any configured URIs"),
        ({"response_type": "token"}, "response_type must be"),
        ({"scope": "chat:write"}, "Invalid scope"),
        ({"team": "T_OTHER"}, "another workspace"),
        ({"code_challenge": "x"}, "code_challenge_method must be"),
    ],
)
def test_a_wrong_ask_is_explained_to_the_person(slack, change, sentence):
    answer = slack.ui.get("/openid/connect/authorize", params=ask(**change))
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_persons_token_is_no_bots_token(slack):
    token = exchange(slack, allow(slack)["code"])["access_token"]
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        slack.client(token).chat_postMessage(channel="C_GROWTH", text="x")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        slack.client().openid_connect_userInfo()
