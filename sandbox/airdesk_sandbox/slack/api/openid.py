"""openid.connect.token and openid.connect.userInfo: the back half of “Sign in with Slack”."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import SPECIAL, TIER_4
from airdesk_sandbox.slack.openid import Grants, OpenIdError, id_token
from airdesk_sandbox.slack.workspace import App, User


def token(call: Call) -> Answer:
    client_id, client_secret = _credentials(call)
    app = next(
        (a for a in call.slack.workspace.apps if client_id and a.client_id == client_id), None
    )
    if app is None:
        raise SlackError("invalid_client_id")
    if not client_secret or client_secret != app.client_secret:
        raise SlackError("bad_client_secret")
    if (call.maybe("grant_type") or "authorization_code") != "authorization_code":
        raise SlackError("invalid_grant_type")
    grants = Grants(call.slack.database, call.slack.clock)
    try:
        grant = grants.exchange(
            app, call.text("code"), call.maybe("redirect_uri"), call.maybe("code_verifier")
        )
    except OpenIdError as error:
        raise SlackError(str(error)) from error
    user = _user(call, grant.user)
    return {
        "access_token": grants.new_token(app, user.id),
        "token_type": "Bearer",
        "id_token": id_token(call.slack, app, _claims(call, app, user), grant.nonce),
    }


def user_info(call: Call) -> Answer:
    return {"sub": call.user, **_claims(call, call.app, _user(call, call.user or ""))}


def _claims(call: Call, app: App, user: User) -> dict[str, Any]:
    workspace = call.slack.workspace
    given, family = user.given_and_family
    return {
        "sub": user.id,
        "https://slack.com/user_id": user.id,
        "https://slack.com/team_id": workspace.team_id,
        "email": user.email,
        "email_verified": True,
        "date_email_verified": 0,
        "name": user.real_name,
        "given_name": given,
        "family_name": family,
        "locale": "en-US",
        "https://slack.com/team_name": workspace.team_name,
        "https://slack.com/team_domain": workspace.domain,
    }


def _user(call: Call, user_id: str) -> User:
    user = call.slack.workspace.user(user_id)
    if user is None:
        raise SlackError("account_inactive")
    return user


def _credentials(call: Call) -> tuple[str | None, str | None]:
    header = call.headers.get("authorization", "")
    if header.startswith("Basic "):
        try:
            pair = base64.b64decode(header.removeprefix("Basic ")).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise SlackError("invalid_auth") from None
        client_id, _, secret = pair.partition(":")
        return client_id, secret
    return call.maybe("client_id"), call.maybe("client_secret")


METHODS = {
    "openid.connect.token": Method(token, SPECIAL, token="none"),
    "openid.connect.userInfo": Method(user_info, TIER_4, token="user"),
}
