"""Every method of the Web API that this Slack answers."""

from __future__ import annotations

from airdesk_sandbox.slack.api import apps, chat, conversations, history, openid, users, views
from airdesk_sandbox.slack.api.call import Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **history.METHODS,
    **openid.METHODS,
    **users.METHODS,
    **views.METHODS,
}
