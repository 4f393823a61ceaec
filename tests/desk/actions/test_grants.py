from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from airdesk.errors import NotLinked, Refused, Unavailable
from airdesk.grants import Grants
from airdesk.model import Grant


class Issuer:
    """GitLab's token endpoint: a refresh kills both old tokens."""

    def __init__(self, world) -> None:
        self.world, self.count, self.valid = world, 0, "refresh-0"
        self.lock = threading.Lock()

    def refresh(self, refresh_token: str) -> Grant:
        self.world.ask("GitLab")
        with self.lock:
            if refresh_token != self.valid:
                raise Refused("invalid_grant")
            self.count += 1
            self.valid = f"refresh-{self.count}"
            return self.grant()

    def grant(self, lifetime=timedelta(hours=2)) -> Grant:
        return Grant(
            access_token=f"access-{self.count}",
            refresh_token=self.valid,
            expires_at=self.world.now + lifetime,
        )


@pytest.fixture
def issuer(world):
    return Issuer(world)


@pytest.fixture
def grants(store, world, issuer, people):
    first = issuer.grant()
    store.people.link(
        people("U_THU"),
        sealed=world.vault.seal(first.model_dump_json()),
        expires_at=first.expires_at,
        now=world.now,
    )
    return Grants(people=store.people, sealer=world.vault, issuer=issuer, clock=world.clock)


def test_a_fresh_token_is_used_as_it_is(grants, issuer):
    assert grants.access_token("U_THU") == "access-0"
    assert issuer.count == 0


def test_an_old_one_is_refreshed_and_committed(grants, issuer, world, store):
    world.later(7200)
    assert grants.access_token("U_THU") == "access-1"
    assert "access-1"[::-1] in store.people.grant("U_THU").sealed
    assert grants.access_token("U_THU") == "access-1"
    assert issuer.count == 1


def test_many_at_once_refresh_once(grants, issuer, world):
    world.later(7200)
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(grants.access_token("U_THU"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["access-1"] * 8
    assert issuer.count == 1


def test_without_a_link_the_person_is_told_to_link(grants):
    with pytest.raises(NotLinked, match="/airflow link"):
        grants.access_token("U_MINH")


def test_a_grant_that_gitlab_ended_is_dropped(grants, issuer, world, store):
    issuer.valid = "another"
    world.later(7200)
    with pytest.raises(NotLinked):
        grants.access_token("U_THU")
    assert not store.people.has_grant("U_THU")


def test_gitlab_down_keeps_the_grant(grants, world):
    world.later(7200)
    world.down.add("GitLab")
    with pytest.raises(Unavailable):
        grants.access_token("U_THU")
    world.down.clear()
    assert grants.access_token("U_THU") == "access-1"


def test_vault_sealed_just_after_a_refresh_loses_nothing(grants, issuer, world):
    world.later(7200)
    refresh = issuer.refresh

    def refresh_then_seal(token):
        grant = refresh(token)
        world.down.add("Vault")
        return grant

    issuer.refresh = refresh_then_seal
    with pytest.raises(Unavailable):
        grants.access_token("U_THU")
    world.down.clear()
    assert grants.access_token("U_THU") == "access-1"
    assert issuer.count == 1
