"""Who else changes the same files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from airdesk.errors import Refused
from airdesk.follow.overlaps import Overlaps

PROJECT = "growth/pipelines"


def _world() -> Any:
    path = Path(__file__).parents[1] / "actions" / "world.py"
    name = f"airdesk_tests_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name].World()


@pytest.fixture
def world() -> Any:
    return _world()


def push(world, branch, *paths, author="U_THU"):
    host = world.host(author)
    host.commit_files(PROJECT, branch, dict.fromkeys(paths, branch), message=branch)
    return host.open_merge_request(PROJECT, branch, title=branch, description="")


def test_others_that_share_a_file_are_found_both_ways(world):
    mine = push(world, "mine", "dags/a.sql", "dags/b.sql")
    theirs = push(world, "theirs", "dags/b.sql", author="U_MINH")
    push(world, "far", "dags/c.sql")
    overlaps = Overlaps(world.host())
    assert overlaps.of(mine) == (theirs,)
    assert overlaps.of(theirs) == (mine,)
    assert overlaps.touching(PROJECT, ["dags/c.sql", "dags/d.sql"])[0].title == "far"
    assert overlaps.touching(PROJECT, ["dags/d.sql"]) == ()


def test_a_merged_one_is_no_other_any_more(world):
    mine = push(world, "mine", "dags/a.sql")
    theirs = push(world, "theirs", "dags/a.sql", author="U_MINH")
    overlaps = Overlaps(world.host())
    assert overlaps.of(mine) == (theirs,)
    world.gitlab.merge(theirs.iid)
    assert overlaps.of(mine) == ()


def test_one_version_is_asked_for_once(world):
    mine = push(world, "mine", "dags/a.sql")
    host = world.host()
    asked = []

    class Counting:
        open_requests_of = staticmethod(host.open_requests_of)

        @staticmethod
        def changed_paths(project, iid):
            asked.append(iid)
            return host.changed_paths(project, iid)

    overlaps = Overlaps(Counting())
    overlaps.of(mine)
    overlaps.of(mine)
    assert asked == [mine.iid]


def test_one_that_went_away_is_left_out(world):
    mine = push(world, "mine", "dags/a.sql")

    class Forgetful:
        open_requests_of = staticmethod(world.host().open_requests_of)

        @staticmethod
        def changed_paths(project, iid):
            raise Refused("It does not exist.")

    assert Overlaps(Forgetful()).touching(PROJECT, ["dags/a.sql"]) == ()
    assert Overlaps(Forgetful()).of(mine) == ()
