"""api.test, auth.test and apps.connections.open."""

from __future__ import annotations

from airdesk_sandbox.slack.api.call import Answer, Call, Method
from airdesk_sandbox.slack.errors import SlackError
from airdesk_sandbox.slack.limits import SPECIAL, TIER_1, TIER_4


def api_test(call: Call) -> Answer:
    if error := call.maybe("error"):
        raise SlackError(error, args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Answer:
    workspace = call.slack.workspace
    return {
        "url": f"{call.slack.base_url}/",
        "team": workspace.team_name,
        "user": call.app.name.lower().replace(" ", "_"),
        "team_id": workspace.team_id,
        "user_id": call.app.bot_user_id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Answer:
    if not call.app.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    ticket = call.slack.socket_mode.new_ticket(call.app.id)
    address = call.slack.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.app.id}"}


METHODS = {
    "api.test": Method(api_test, TIER_4, token="none"),
    "auth.test": Method(auth_test, SPECIAL),
    "apps.connections.open": Method(connections_open, TIER_1, token="app"),
}
