from __future__ import annotations

import pytest
from airdesk.actions.open_merge_request import open_merge_request
from airdesk.errors import Refused, Unavailable


def test_it_opens_as_the_author_from_a_branch_of_its_own(way, world):
    way.open()
    request = world.gitlab.request().merge_request
    assert request.source_branch == f"airdesk/delays-{way.id}"
    assert request.author_name == "Thu Tran"
    assert world.gitlab.trees[request.sha]["dags/sql/delays.sql"] == "select 1 from flights\n"


def test_doing_it_again_finds_what_is_there(way, world):
    first = open_merge_request(way.change, code_host=world.host("U_THU"))
    second = open_merge_request(way.change, code_host=world.host("U_THU"))
    assert first == second
    assert len(world.done) == 2, "one commit and one merge request"


def test_after_a_crash_between_commit_and_merge_request_it_goes_on(way, world):
    host = world.host("U_THU")
    host.commit_files("growth/pipelines", way.change.branch, way.change.draft.files, message="m")
    way.open()
    assert [done.split()[0] for done in world.done] == ["commit", "open"]


def test_a_dag_that_exists_is_not_overwritten(way, world):
    world.gitlab.commit("growth/pipelines", "main", {"dags/delays.dag.yaml": "somebody's"})
    with pytest.raises(Refused, match="exists already"):
        way.open()
    assert world.done == []


def test_gitlab_down_opens_nothing(way, world):
    world.down.add("GitLab")
    with pytest.raises(Unavailable):
        way.open()
    assert world.gitlab.requests == {}
