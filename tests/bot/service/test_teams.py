"""Teams and connections: fresh where it is quick, otherwise as last known."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from airdesk.errors import Unavailable
from airdesk.model import Membership, Person
from airdesk.store import Store
from airdesk_bot.quickly import Quickly
from airdesk_bot.teams import Teams

GROWTH = Membership(team="growth", is_lead=False)


@pytest.fixture
def now():
    return [datetime(2026, 11, 22, 8, 0, tzinfo=UTC)]


@pytest.fixture
def teams(tmp_path, world, now):
    store, quickly = Store.open(f"sqlite:///{tmp_path}/bot.db"), Quickly()
    thu = Person(
        slack_user_id="U_THU",
        gitlab_user_id=11,
        gitlab_username="thu.tran",
        name="Thu Tran",
        directory_uid="thu.tran",
    )
    store.people.link(thu, sealed="x", expires_at=now[0], now=now[0])
    yield Teams(
        people=store.people,
        as_person=world.host,
        vault=world.vault,
        quickly=quickly,
        clock=lambda: now[0],
    )
    quickly.close()
    store.close()


def test_teams_are_read_and_then_known(teams, world):
    assert teams.of("U_THU") == (GROWTH,)
    world.down.add("GitLab")
    assert teams.of("U_THU") == teams.known("U_THU") == (GROWTH,)


def test_old_knowledge_serves_while_gitlab_is_silent_but_not_for_ever(teams, world, now):
    teams.of("U_THU")
    world.down.add("GitLab")
    now[0] += timedelta(hours=1)
    assert teams.of("U_THU") == (GROWTH,)
    now[0] += timedelta(hours=12)
    assert teams.known("U_THU") == ()
    with pytest.raises(Unavailable):
        teams.of("U_THU")


def test_connections_of_several_teams_are_one_list(teams):
    assert teams.connections(["growth", "risk"]) == ["slack", "warehouse"]


def test_vault_that_does_not_answer_in_time_is_not_waited_for(teams, world, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(world.vault, "connections", lambda _team: answered.wait(30))
    assert teams.connections(["growth"]) is None
    answered.set()


def test_connections_last_read_serve_while_vault_is_sealed(teams, world, now):
    teams.connections(["growth"])
    world.down.add("Vault")
    now[0] += timedelta(minutes=5)
    assert teams.connections(["growth"]) == ["slack", "warehouse"]
