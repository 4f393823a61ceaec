"""Stops, freezes and break-glass: the platform's own hand on publishing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airdesk.errors import Refused
from airdesk.publishing.controls import Controls, read_controls

PROJECT = "growth/pipelines"
MARKER = "<!-- airdesk publication growth.delays -->"
STOP = """\
stop:
  - {by: kim.ho, reason: "The warehouse is being moved.", teams: [growth]}
"""
FREEZE = """\
freeze:
  - from: 2026-11-20 18:00
    to: 2026-11-23 08:00
    timezone: Asia/Ho_Chi_Minh
    reason: No changes on Black Friday
"""
GLASS = """\
break_glass:
  - dag_id: growth.delays
    who: minh.le
    reason: The report is wrong and the regulator waits.
    until: 2026-11-22T20:00:00+07:00
"""


@pytest.fixture
def published(desk):
    desk.change(desk.dag_files())
    desk.publish()
    return desk


def test_a_stop_leaves_everything_as_it_is_and_says_why(published):
    before = published.central()["growth/delays.py"]
    published.controlled(STOP)
    iid = published.change(published.dag_files(sql="select 2"), branch="second")

    report = published.publish()

    [kept] = report.withheld
    said = "kim.ho has stopped publishing of growth: The warehouse is being moved."
    assert kept.reason == said
    assert report.notices == [said]
    assert kept.approved_by == ("minh.le",)
    assert published.central()["growth/delays.py"] == before
    assert "has stopped publishing of growth" in published.host.notes[(PROJECT, iid, MARKER)]

    published.controlled("")
    assert published.publish().published == ["growth.delays"]


def test_a_stop_keeps_policy_and_repairs_from_being_rolled_out_too(published):
    published.controlled(STOP)
    head = published.host.push_as(
        "minh.le", "main", {"growth/delays.py": "evil"}, project="platform/central"
    )
    assert published.publish().commit is None
    assert published.host.head("platform/central", "main") == head


def test_a_stop_keeps_a_removed_manifest_running(published):
    published.controlled(STOP)
    published.change(dict.fromkeys(published.dag_files()), branch="gone")
    report = published.publish()
    assert report.removed == []
    assert "growth/delays.py" in published.central()
    [kept] = report.withheld
    assert "keeps running although its manifest is gone: kim.ho has stopped" in str(kept.reason)


def test_a_stop_of_one_dag_leaves_others_alone(desk):
    desk.controlled('stop: [{by: kim.ho, reason: It floods the warehouse, dags: ["*.delays"]}]\n')
    desk.change({**desk.dag_files(), **desk.dag_files("arrivals")})
    report = desk.publish()
    assert report.published == ["growth.arrivals"]
    assert [kept.dag_id for kept in report.withheld] == ["growth.delays"]


def test_break_glass_does_not_lift_a_stop(published):
    published.controlled(STOP + GLASS)
    published.change(published.dag_files(sql="select 2"), branch="second")
    [kept] = published.publish().withheld
    assert kept.break_glass is None


def test_what_is_frozen_goes_out_by_itself_after_the_freeze(published):
    published.controlled(FREEZE)
    published.change(published.dag_files(sql="select 2"), branch="second")

    [kept] = published.publish().withheld
    assert kept.reason == (
        "Publishing is frozen until 2026-11-23 08:00 (Asia/Ho_Chi_Minh): "
        "No changes on Black Friday."
    )
    assert published.publish().commit is None

    published.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert published.publish().published == ["growth.delays"]


def test_a_freeze_hides_no_missing_approval(published):
    published.controlled(FREEZE)
    published.change(published.dag_files(sql="select 2"), branch="second", approver=None)
    [kept] = published.publish().withheld
    assert "No approval by a lead of growth" in str(kept.reason)
    assert "frozen" in str(kept.reason)


def test_break_glass_publishes_in_spite_of_both_and_everybody_sees_it(published):
    published.controlled(FREEZE + GLASS)
    iid = published.change(published.dag_files(sql="select 2"), branch="second", approver=None)

    report = published.publish()

    assert report.published == ["growth.delays"]
    [told] = report.glass
    assert (told.break_glass.who, told.approved_by) == ("minh.le", ())
    decision = published.decisions()["growth.delays"]
    assert decision["break_glass"]["reason"].startswith("The report is wrong")
    assert decision["needs"] == ["lead"]
    note = published.host.notes[(PROJECT, iid, MARKER)]
    assert "**Break-glass**: minh.le let it go out" in note
    assert "the regulator waits" in note
    again = published.publish()
    assert (again.commit, again.glass) == (None, [])


def test_break_glass_that_was_not_needed_is_not_spoken_of(published):
    published.controlled(GLASS)
    published.change(published.dag_files(sql="select 2"), branch="second")
    published.publish()
    assert published.decisions()["growth.delays"]["break_glass"] is None


def test_break_glass_is_over_at_its_end(published):
    published.controlled(GLASS)
    published.now = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    published.change(published.dag_files(sql="select 2"), branch="second", approver=None)
    [kept] = published.publish().withheld
    assert "No approval by a lead" in str(kept.reason)
    assert "The break-glass entry of minh.le ended 2026-11-22 20:00 +07:00." in str(kept.reason)


def test_break_glass_is_for_one_dag(published):
    published.controlled(GLASS)
    published.change(published.dag_files("arrivals"), branch="second", approver=None)
    [kept] = published.publish().withheld
    assert kept.dag_id == "growth.arrivals"


def test_break_glass_lets_nothing_past_merge_requests_and_no_wrong_manifest(published):
    published.controlled(GLASS)
    published.host.push_as("minh.le", "main", published.dag_files(sql="select 666"))
    [kept] = published.publish().withheld
    assert "without a merge request" in str(kept.reason)
    files = published.dag_files()
    wrong = str(files["dags/delays.dag.yaml"]).replace("connection:", "conection:")
    published.change({"dags/delays.dag.yaml": wrong}, branch="wrong")
    [kept] = published.publish().withheld
    assert "missing-field" in str(kept.reason)


def test_break_glass_for_too_long_does_not_count_and_the_job_says_so(published):
    published.now = datetime(2026, 11, 14, 0, 0, tzinfo=UTC)
    published.controlled(GLASS)
    published.change(published.dag_files(sql="select 2"), branch="second", approver=None)
    report = published.publish()
    assert len(report.withheld) == 1
    assert "longer than 7 days, so it does not count" in report.broken[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stop: [{by: kim.ho}]\n", "line 1: stop.0.reason"),
        ("stopp: []\n", "stopp"),
        ("- stop\n", "whole file"),
        ("stop: [\n", "line"),
        ("freeze: [{from: fri 18:00, to: 2026-11-23, timezone: UTC, reason: long enough}]", "both"),
        ("freeze: [{from: soon, to: later, timezone: UTC, reason: long enough}]", "neither"),
        (FREEZE.replace("Asia/Ho_Chi_Minh", "Asia/Atlantis"), "no time zone"),
        (FREEZE.replace("2026-11-23", "2026-11-20"), "from must lie before to"),
        (GLASS.replace("+07:00", ""), "timezone"),
        (GLASS.replace("minh.le", '""'), "break_glass.0.who"),
        ("version: 2\n", "version"),
    ],
)
def test_a_file_that_cannot_be_understood_stops_everything(text, words):
    with pytest.raises(Refused, match="nothing is published until it is put right") as refused:
        read_controls(text)
    assert words in refused.value.sentence


def test_no_file_and_an_empty_one_say_nothing():
    assert read_controls(None) == read_controls("") == read_controls("# nothing\n") == Controls()


WEEKLY = """\
freeze:
  - {from: fri 16:00, to: mon 08:00, timezone: Europe/Berlin, reason: Weekends are quiet}
"""


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2026-11-20T14:59:00+00:00", False),  # Friday 15:59 in Berlin
        ("2026-11-20T15:00:00+00:00", True),
        ("2026-11-22T12:00:00+00:00", True),
        ("2026-11-23T06:59:00+00:00", True),
        ("2026-11-23T07:00:00+00:00", False),
        ("2026-07-03T13:59:00+00:00", False),  # in summer two hours ahead
        ("2026-07-03T14:00:00+00:00", True),
    ],
)
def test_a_freeze_of_each_week(moment, frozen):
    hold = read_controls(WEEKLY).hold("growth.delays", datetime.fromisoformat(moment))
    assert (hold is not None) is frozen


def test_a_freeze_of_some_teams():
    text = FREEZE.replace("    reason", "    teams: [risk, ml-*]\n    reason")
    controls, now = read_controls(text), datetime(2026, 11, 21, tzinfo=UTC)
    assert controls.hold("growth.delays", now) is None
    assert controls.hold("ml-fraud.score", now) is not None
    assert controls.hold("ml-fraud.score", now + timedelta(days=3)) is None


def test_the_guides_example_is_understood():
    guide = (Path(__file__).parents[3] / "docs" / "leads.md").read_text()
    example = guide.partition("```yaml\n")[2].partition("```")[0]
    controls = read_controls(example)
    assert (len(controls.stop), len(controls.freeze), len(controls.break_glass)) == (1, 2, 1)
