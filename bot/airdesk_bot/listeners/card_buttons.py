"""The buttons of the change card: approve, run, roll back."""

from __future__ import annotations

import re
from typing import Any

from airdesk.store import AskKind
from slack_bolt import Ack, App

from airdesk_bot.listeners.guarded import guarded
from airdesk_bot.services import Services
from airdesk_bot.views.card import Card
from airdesk_bot.views.link import link_prompt


def listen(app: App, services: Services) -> None:
    @app.action("change_approve")
    def approve(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        change, _, sha = str(action["value"]).partition(":")
        _take_in(AskKind.APPROVE_CHANGE, {"change": change, "sha": sha}, ack, body, services)

    @app.action("change_run")
    def run(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        _take_in(AskKind.RUN_CHANGE, {"change": str(action["value"])}, ack, body, services)

    @app.action("change_roll_back")
    def roll_back(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        payload = {"change": str(action["value"])}
        _take_in(AskKind.ROLL_BACK_CHANGE, payload, ack, body, services)

    @app.action(re.compile("^open_"))
    def followed_a_link(ack: Ack) -> None:
        # A link button opens its page by itself; Slack only wants to hear that we know.
        ack()


def _take_in(
    kind: AskKind, payload: dict[str, str], ack: Ack, body: dict[str, Any], services: Services
) -> None:
    user, container = body["user"]["id"], body["container"]
    channel, ts = str(container["channel_id"]), str(container["message_ts"])

    def say(card: Card) -> None:
        services.messenger.whisper(card, channel=channel, user=user)

    with guarded(kind, user=user, say=say):
        if services.person(user) is None:
            ack()
            secret = services.store.attempts.issue(user, channel, now=services.clock())
            say(link_prompt(services.settings.link_url(secret)))
            return
        # Written down before Slack hears that we got it: from here on it cannot get lost.
        services.store.inbox.put(
            key=f"{kind}:{user}:{body['actions'][0]['action_ts']}:{ts}",
            kind=kind,
            person=user,
            payload={**payload, "channel": channel, "ts": ts},
            now=services.clock(),
        )
        ack()
        services.wake.all()
