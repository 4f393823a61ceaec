"""Who is of a group, as policy's kinds of approvers are."""

from __future__ import annotations

import pytest
from airdesk.errors import Refused


@pytest.fixture(scope="module")
def publisher(gitlab_server):
    return gitlab_server.as_("airdesk-publisher")


def test_members_of_a_group_from_developer_on(publisher, gitlab_server):
    found = publisher.group_members("growth")
    people = ("thu.tran", "minh.le", "an.do")
    assert {gitlab_server.ids[name] for name in people} <= found
    # an account that only reads is not one of those who approve
    assert gitlab_server.ids["airdesk-bot"] not in found


def test_a_group_that_is_not_there_is_named(publisher):
    with pytest.raises(Refused, match=r"the group company/nowhere.*404"):
        publisher.group_members("company/nowhere")
