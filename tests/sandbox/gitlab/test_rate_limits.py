"""429s: off as GitLab comes, on as an administrator says."""

from __future__ import annotations

import gitlab
import httpx
import pytest
from airdesk_sandbox.gitlab.throttle import DEFAULTS, Throttle

NAME = "throttle_authenticated_api"


def test_nothing_is_limited_as_it_comes(site):
    answer = site.http.get("/api/v4/user")
    assert answer.status_code == 200
    assert not any(name.lower().startswith("ratelimit") for name in answer.headers)


def test_a_person_who_asks_too_often_is_told_when_to_come_again(own_server, site_of, tools):
    site = site_of(own_server)
    person = site.person()
    limits = {f"{NAME}_enabled": True, f"{NAME}_requests_per_period": 5}
    answer = site.http.put("/api/v4/application/settings", json=limits)
    assert answer.json()[f"{NAME}_period_in_seconds"] == 3600
    headers = {"PRIVATE-TOKEN": person.token}
    answers = [httpx.get(f"{site.url}/api/v4/user", headers=headers) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[0].headers["RateLimit-Name"] == NAME
    assert answers[0].headers["RateLimit-Remaining"] == "4"
    told = answers[-1]
    assert told.text == "Retry later"
    assert told.headers["RateLimit-Observed"] == "6"
    assert 0 < int(told.headers["Retry-After"]) <= 3600
    assert told.headers["RateLimit-ResetTime"].endswith("GMT")
    client = gitlab.Gitlab(site.url, private_token=person.token)
    with pytest.raises(gitlab.GitlabHttpError) as refusal:
        client.http_get("/user", obey_rate_limit=False)
    assert refusal.value.response_code == 429
    client.session.close()
    own_server.end()
    own_server.start()
    assert site.http.get("/api/v4/application/settings").json()[f"{NAME}_enabled"] is True
    site.http.put("/api/v4/application/settings", json={f"{NAME}_enabled": False})
    assert httpx.get(f"{site.url}/api/v4/user", headers=headers).status_code == 200


def test_settings_are_for_administrators(site, tools):
    person = site.person()
    tools.refused(403, lambda: person.client.http_get("/application/settings"))
    answer = site.http.put("/api/v4/application/settings", json={"signup_enabled": False})
    assert answer.status_code == 501


def test_windows_begin_at_multiples_of_their_length():
    moment = [1000.0]
    throttle = Throttle(lambda: moment[0])
    throttle.settings = DEFAULTS | {
        f"{NAME}_enabled": True,
        f"{NAME}_requests_per_period": 2,
        f"{NAME}_period_in_seconds": 60,
    }
    standings = [throttle.count(7, "") for _ in range(3)]
    assert [one.exceeded for one in standings] == [False, False, True]
    assert standings[2].headers["Retry-After"] == "20"
    assert not throttle.count(8, "").exceeded
    assert not throttle.count(None, "127.0.0.1").headers
    moment[0] = 1020.0
    assert not throttle.count(7, "").exceeded
