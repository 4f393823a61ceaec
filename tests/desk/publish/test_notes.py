"""The merge request says what became of its DAG, however the merge came about."""

from __future__ import annotations

from airdesk.errors import Unavailable

PROJECT = "growth/pipelines"
MARKER = "<!-- airdesk publication growth.delays -->"


def test_a_withheld_change_says_on_its_merge_request_what_is_missing(desk):
    iid = desk.change(desk.dag_files(), approver=None)
    desk.publish()
    note = desk.host.notes[(PROJECT, iid, MARKER)]
    assert "is not published" in note
    assert desk.decisions()["growth.delays"]["reason"] in note


def test_the_note_follows_a_later_approval(desk):
    iid = desk.change(desk.dag_files(), approver=None)
    desk.publish()
    desk.host.approve_as("minh.le", iid)
    desk.publish()
    assert "is published" in desk.host.notes[(PROJECT, iid, MARKER)]


def test_nothing_is_said_twice_nor_of_what_went_well(desk):
    iid = desk.change(desk.dag_files(), approver=None)
    desk.publish()
    desk.host.notes.clear()
    desk.publish()
    assert desk.host.notes == {}
    desk.change(desk.dag_files("arrivals"), branch="second")
    desk.publish()
    assert all(key[1] == iid for key in desk.host.notes)


def test_a_note_that_fails_takes_nothing_back(desk):
    def no_notes(*_args: object, **_kwargs: object) -> None:
        raise Unavailable("GitLab", "GitLab does not answer.")

    desk.host.put_note = no_notes
    desk.change(desk.dag_files(), approver=None)
    report = desk.publish()
    assert desk.decisions()["growth.delays"]["state"] == "withheld"
    assert report.broken == [
        "growth/pipelines!1: the note on growth.delays failed: GitLab does not answer."
    ]


def test_findings_stand_on_the_merge_request_that_brought_them(desk):
    files = desk.dag_files()
    wrong = str(files["dags/delays.dag.yaml"]).replace("connection:", "conection:")
    iid = desk.change({**files, "dags/delays.dag.yaml": wrong})
    desk.publish()
    assert "missing-field" in desk.host.notes[(PROJECT, iid, MARKER)].replace("\\", "")
