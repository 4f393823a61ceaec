"""users.info, users.list and users.lookupByEmail."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.api.paging import page
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import TIER_2, TIER_3, TIER_4
from airdesk_sandbox.slack.workspace import App, User, Workspace


def user_info(call: Call) -> Answer:
    user_id = call.text("user")
    user = call.slack.workspace.user(user_id)
    if user is not None:
        return {"user": user_object(user, call)}
    app = call.slack.workspace.app_of_bot(user_id)
    if app is None:
        raise SlackError("user_not_found")
    return {"user": bot_object(app, call.slack.workspace)}


def user_list(call: Call) -> Answer:
    workspace = call.slack.workspace
    everybody = [user_object(user, call) for user in workspace.users]
    everybody += [bot_object(app, workspace) for app in workspace.apps]
    members, metadata = page(call, everybody, default=200)
    return {"members": members, "cache_ts": int(call.slack.clock.now()), **metadata}


def lookup_by_email(call: Call) -> Answer:
    email = call.text("email").lower()
    for user in call.slack.workspace.users:
        if user.email.lower() == email:
            return {"user": user_object(user, call)}
    raise SlackError("users_not_found")


def user_object(user: User, call: Call) -> dict[str, Any]:
    given, family = user.given_and_family
    profile = {
        "real_name": user.real_name,
        "display_name": user.name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.name,
        "first_name": given,
        "last_name": family,
        "title": user.title,
        "team": call.slack.workspace.team_id,
    }
    if call.has_scope("users:read.email"):
        profile["email"] = user.email
    return {
        **_common(user.id, call.slack.workspace),
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "is_bot": False,
        "profile": profile,
    }


def bot_object(app: App, workspace: Workspace) -> dict[str, Any]:
    return {
        **_common(app.bot_user_id, workspace),
        "name": app.name.lower().replace(" ", "_"),
        "real_name": app.name,
        "is_bot": True,
        "profile": {
            "real_name": app.name,
            "display_name": app.name,
            "api_app_id": app.id,
            "bot_id": app.bot_id,
            "team": workspace.team_id,
        },
    }


def _common(user_id: str, workspace: Workspace) -> dict[str, Any]:
    return {
        "id": user_id,
        "team_id": workspace.team_id,
        "deleted": False,
        "is_app_user": False,
        "is_restricted": False,
        "updated": 0,
    }


METHODS = {
    "users.info": Method(user_info, TIER_4, ("users:read",)),
    "users.list": Method(user_list, TIER_2, ("users:read",)),
    "users.lookupByEmail": Method(lookup_by_email, TIER_3, ("users:read.email",)),
}
