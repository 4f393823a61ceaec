from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.errors import Refused
from airdesk.model import Membership


@pytest.fixture
def link(store, now):
    def link(person, sealed="vault:v1:a"):
        expires = now + timedelta(hours=2)
        store.people.link(person, sealed=sealed, expires_at=expires, now=now)

    return link


def test_a_link_reads_back(store, link, thu):
    link(thu)
    assert store.people.get("U_THU") == thu
    assert store.people.grant("U_THU").sealed == "vault:v1:a"


def test_linking_again_replaces_the_grant_and_ends_older_leases(store, link, thu, now, lease):
    link(thu)
    old = store.people.grant("U_THU")
    assert store.people.lease_grant(old, now=now, lease=lease)
    link(thu, "vault:v1:b")
    store.people.replace_grant(old, sealed="vault:v1:late", expires_at=now)
    assert store.people.grant("U_THU").sealed == "vault:v1:b"


def test_a_slack_user_stays_with_one_gitlab_user(link, thu):
    link(thu)
    with pytest.raises(Refused, match=r"linked to thu\.tran"):
        link(thu.model_copy(update={"gitlab_user_id": 12, "gitlab_username": "minh.le"}))


def test_a_gitlab_user_stays_with_one_slack_user(store, link, thu):
    link(thu)
    with pytest.raises(Refused, match="another Slack account"):
        link(thu.model_copy(update={"slack_user_id": "U_EVIL"}))
    assert store.people.get("U_EVIL") is None


def test_one_refresh_at_a_time(store, link, thu, now, lease):
    link(thu)
    kept = store.people.grant("U_THU")
    assert store.people.lease_grant(kept, now=now, lease=lease)
    assert not store.people.lease_grant(kept, now=now, lease=lease)
    store.people.release_grant(kept)
    assert store.people.lease_grant(kept, now=now, lease=lease)


def test_a_refreshed_grant_is_another_version(store, link, thu, now, lease):
    link(thu)
    old = store.people.grant("U_THU")
    store.people.lease_grant(old, now=now, lease=lease)
    store.people.replace_grant(old, sealed="vault:v1:new", expires_at=now + timedelta(hours=4))
    new = store.people.grant("U_THU")
    assert (new.sealed, new.version) == ("vault:v1:new", old.version + 1)
    assert not store.people.lease_grant(old, now=now, lease=lease)


def test_a_dropped_grant_leaves_the_binding(store, link, thu):
    link(thu)
    store.people.drop_grant(store.people.grant("U_THU"))
    assert not store.people.has_grant("U_THU")
    assert store.people.get("U_THU") == thu


def test_memberships_read_back_with_their_time(store, link, thu, now):
    link(thu)
    assert store.people.memberships("U_THU") == ([], None)
    growth = Membership(team="growth", is_lead=False)
    store.people.keep_memberships("U_THU", [growth], now=now)
    assert store.people.memberships("U_THU") == ([growth], now)
