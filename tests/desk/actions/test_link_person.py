from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.actions.link_person import link_person
from airdesk.errors import Refused, Unavailable
from airdesk.model import Grant, Membership


@pytest.fixture
def link(store, world):
    def link(directory_uid="thu.tran"):
        grant = Grant(
            access_token="plain-access",
            refresh_token="plain-refresh",
            expires_at=world.now + timedelta(hours=2),
        )
        return link_person(
            slack_user_id="U_THU",
            gitlab_user=(11, "thu.tran", "Thu Tran", directory_uid),
            grant=grant,
            code_host=world.host("U_THU"),
            sealer=world.vault,
            people=store.people,
            now=world.now,
        )

    return link


def test_a_person_is_bound_and_their_teams_are_known(link, store, world):
    person = link()
    assert store.people.get("U_THU") == person
    growth = Membership(team="growth", is_lead=False)
    assert store.people.memberships("U_THU") == ([growth], world.now)


def test_the_grant_rests_sealed(link, store, tmp_path):
    link()
    assert store.people.grant("U_THU").sealed.startswith("vault:v1:")
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"plain-access" not in stored
    assert b"plain-refresh" not in stored


def test_without_a_directory_account_nothing_is_linked(link, store):
    with pytest.raises(Refused, match="not connected to the company directory"):
        link(directory_uid=None)
    assert store.people.get("U_THU") is None


def test_with_vault_sealed_nothing_is_linked(link, store, world):
    world.down.add("Vault")
    with pytest.raises(Unavailable):
        link()
    assert store.people.get("U_THU") is None


def test_a_grant_shows_no_token_when_printed():
    grant = Grant(access_token="plain-a", refresh_token="plain-r", expires_at="2026-01-01T00:00Z")
    assert "plain" not in repr(grant)
