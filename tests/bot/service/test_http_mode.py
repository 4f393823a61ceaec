"""Without Socket Mode: Slack posts to the bot, which checks every signature."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import urlencode

import httpx
import pytest

BODY = urlencode(
    {
        "command": "/airflow",
        "text": "help",
        "user_id": "U_THU",
        "channel_id": "C_GROWTH",
        "team_id": "T_CORP",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/none",
        "api_app_id": "A_AIRDESK",
    }
)


def sign(secret: str, body: str, at: int) -> dict[str, str]:
    base = f"v0:{at}:{body}".encode()
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": str(at),
        "x-slack-signature": f"v0={signature}",
        "content-type": "application/x-www-form-urlencoded",
    }


def test_slack_reaches_the_bot(bot, slack):
    with bot.running():
        assert slack.command("U_THU", "/airflow help")["ok"]
        slack.said("U_THU", "/airflow new-dag")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sign("another secret", BODY, int(time.time())),
        sign("test-signing-secret", BODY + "x", int(time.time())),
        sign("test-signing-secret", BODY, int(time.time()) - 3600),
    ],
    ids=["unsigned", "forged", "altered", "replayed"],
)
def test_what_slack_did_not_sign_is_refused(bot, headers):
    with bot.running():
        answer = httpx.post(f"{bot.url}/slack/events", content=BODY, headers=headers)
        assert answer.status_code == 401


def test_gitlabs_webhook_needs_its_secret(bot, linked, world):
    with bot.running() as services:
        url = f"{bot.url}/webhooks/gitlab"
        event = {
            "object_kind": "merge_request",
            "project": {"path_with_namespace": "growth/pipelines"},
            "object_attributes": {"iid": 1},
        }
        for headers in ({}, {"x-gitlab-token": "wrong"}, {"x-gitlab-token": ""}):
            assert httpx.post(url, json=event, headers=headers).status_code == 401
        good = {"x-gitlab-token": "webhook-secret"}
        assert httpx.post(url, json=event, headers=good).status_code == 200
        assert httpx.post(url, content=b"[1]", headers=good).status_code == 200
        assert httpx.post(url, content=b"{", headers=good).status_code == 400
        assert services.store.inbox.waiting() == 0


def test_health_names_its_checks(socket_bot, until, world):
    bot = socket_bot
    with bot.running():
        world.down.add("Airflow")
        until("healthy", lambda: httpx.get(f"{bot.url}/healthz").status_code == 200)
        checks = httpx.get(f"{bot.url}/healthz").json()["checks"]
        assert checks["database"] == {"ok": True}
        assert {"worker_asks_1", "socket_mode"} <= checks.keys()


def test_a_push_to_the_central_repository_reaches_airflow(bot, world, until):
    world.down.add("Airflow")
    push = {
        "object_kind": "push",
        "ref": "refs/heads/main",
        "project": {"path_with_namespace": "platform/central", "default_branch": "main"},
    }
    others = (
        push | {"ref": "refs/heads/draft"},
        push | {"project": {"path_with_namespace": "growth/pipelines", "default_branch": "main"}},
        push | {"project": "platform/central"},
        push | {"object_kind": "tag_push"},
    )
    with bot.running() as services:

        def tell(event):
            headers = {"x-gitlab-token": "webhook-secret"}
            assert httpx.post(f"{bot.url}/webhooks/gitlab", json=event, headers=headers).is_success

        for event in others:
            tell(event)
            assert not services.central_moved.is_set()
        tell(push)
        world.down.clear()
        until("the refresh", lambda: "refresh central" in world.done)
        until("quiet", lambda: not services.central_moved.is_set())
    assert world.done == ["refresh central"]
