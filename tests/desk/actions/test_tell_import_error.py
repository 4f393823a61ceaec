"""Import errors reach the merge request once, and so does their end."""

from __future__ import annotations

import pytest
from airdesk.actions.tell_import_error import MARKER, tell_import_error
from airdesk.errors import Unavailable

TRACE = """\
Traceback (most recent call last):
  File "/b/central/tracking_repo/growth/delays.py", line 3, in <module>
    KEY["```"]
KeyError: '```'
"""


@pytest.fixture
def broken(way, world):
    way.to_review()
    world.gitlab.merge()
    world.gitlab.publish("growth.delays")
    world.airflow.import_errors["growth/delays.py"] = TRACE
    return way.look()


def note(world):
    return world.gitlab.notes["growth/pipelines", 1][MARKER]


def test_the_note_says_what_is_wrong_and_is_written_once(broken, world):
    host = world.host()
    assert tell_import_error(broken, before=None, code_host=host)
    assert not tell_import_error(broken, before=broken, code_host=host)
    text = note(world)
    assert "Airflow cannot load `growth.delays`" in text
    assert '````text\n  File "growth/delays.py", line 3' in text, "a fence it cannot break out of"
    assert "/b/central" not in text
    assert world.done.count("note on !1") == 1


def test_the_same_note_says_when_it_is_over(broken, world, way):
    tell_import_error(broken, before=None, code_host=world.host())
    world.airflow.import_errors.clear()
    world.airflow.parse("growth.delays")
    fixed = way.look()
    assert tell_import_error(fixed, before=broken, code_host=world.host())
    assert note(world).startswith("✅ Airflow loads `growth.delays` again, at commit `")


def test_a_change_that_loads_gets_no_note(way, world):
    assert not tell_import_error(way.to_parsed(), before=None, code_host=world.host())
    assert world.gitlab.notes == {}


def test_a_silent_gitlab_is_said(broken, world):
    world.down.add("GitLab")
    with pytest.raises(Unavailable):
        tell_import_error(broken, before=None, code_host=world.host())
