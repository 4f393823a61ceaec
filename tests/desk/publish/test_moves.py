"""Manifests that move, DAGs under another name, and DAGs that go."""

from __future__ import annotations

PROJECT = "growth/pipelines"


def moved(desk) -> dict[str, str | None]:
    """delays with its SQL in another folder."""
    files = desk.dag_files()
    return {
        **dict.fromkeys(files),
        **{path.replace("dags/", "dags/fleet/"): text for path, text in files.items()},
    }


def renamed(desk, **changes: str) -> dict[str, str | None]:
    """delays as late, the same work."""
    text = str(desk.dag_files()["dags/delays.dag.yaml"]).replace("dag_id: delays", "dag_id: late")
    return {"dags/delays.dag.yaml": None, "dags/late.dag.yaml": text, **changes}


def test_a_manifest_in_another_folder_keeps_its_dag(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.change(moved(desk), branch="move", approver=None)

    report = desk.publish()

    assert (report.published, report.removed, report.withheld) == (["growth.delays"], [], [])
    decision = desk.decisions()["growth.delays"]
    assert decision["manifest_path"] == "dags/fleet/delays.dag.yaml"
    assert decision["risk"] == "none"  # what runs is what ran


def test_a_move_that_changes_what_runs_needs_its_approval(desk):
    desk.change(desk.dag_files())
    desk.publish()
    files = moved(desk)
    files["dags/fleet/sql/delays.sql"] = "select 2\n"
    desk.change(files, branch="move", approver=None)
    [kept] = desk.publish().withheld
    assert kept.risk == "review"


def test_a_move_under_other_defaults_is_not_harmless(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.change(
        {"dags/fleet/defaults.yaml": "version: 1\ndefault_args: {retries: 0}\n"},
        branch="ready",
        approver=None,
    )
    desk.change(moved(desk), branch="move")
    [kept] = desk.publish().withheld
    assert kept.risk == "low"
    assert "growth/pipelines!2" in str(kept.reason)


def test_a_renamed_dag_is_a_removal_and_a_new_one_told_as_one(desk):
    desk.change(desk.dag_files())
    desk.publish()
    iid = desk.change(renamed(desk), branch="rename")

    report = desk.publish()

    assert (report.published, report.removed) == (["growth.late"], ["growth.delays"])
    central, decisions = desk.central(), desk.decisions()
    assert "growth/late.py" in central
    assert "growth/delays.py" not in central
    assert decisions["growth.late"]["renamed_from"] == "growth.delays"
    assert decisions["growth.delays"]["state"] == "removed"
    assert decisions["growth.delays"]["renamed_to"] == "growth.late"
    note = desk.host.notes[(PROJECT, iid, "<!-- airdesk publication growth.late -->")]
    assert "`growth.late` is published in place of `growth.delays`" in note
    assert desk.publish().commit is None


def test_the_old_name_runs_until_the_new_one_may(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.asks_for({"security": {"sam.ngo"}}, security=["lead", "security"])
    iid = desk.change(renamed(desk), branch="rename")

    report = desk.publish()

    assert report.removed == report.published == []
    reasons = {kept.dag_id: str(kept.reason) for kept in report.withheld}
    assert reasons["growth.delays"].startswith(
        "growth.delays keeps running although its manifest is gone: it becomes growth.late, "
        "which is not published yet: Needs a lead and security: "
    )
    assert "growth/delays.py" in desk.central()
    desk.host.approve_as("sam.ngo", iid)
    again = desk.publish()
    assert (again.published, again.removed) == (["growth.late"], ["growth.delays"])


def test_break_glass_for_the_new_name_takes_the_old_one_away_too(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.controlled(
        "break_glass: [{dag_id: growth.late, who: minh.le, reason: The old name is taken, "
        "until: '2026-11-23T00:00:00Z'}]\n"
    )
    desk.change(renamed(desk), branch="rename", approver=None)
    report = desk.publish()
    assert (report.published, report.removed) == (["growth.late"], ["growth.delays"])


def test_another_dag_that_comes_with_a_removal_is_no_rename(desk):
    desk.change(desk.dag_files())
    desk.publish()
    other = str(desk.dag_files("other")["dags/other.dag.yaml"])
    other = other.partition("tasks:")[0] + "tasks:\n  hello: {operator: bash@1, command: echo hi}\n"
    desk.change({**dict.fromkeys(desk.dag_files()), "dags/other.dag.yaml": other}, branch="swap")
    report = desk.publish()
    assert (report.published, report.removed) == (["growth.other"], ["growth.delays"])
    assert desk.decisions()["growth.other"]["renamed_from"] is None


def test_a_removal_says_who_let_it_go(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.change(dict.fromkeys(desk.dag_files()), branch="gone", approver="an.do")
    desk.publish()
    decision = desk.decisions()["growth.delays"]
    assert (decision["state"], decision["risk"]) == ("removed", "review")
    assert decision["approved_by"] == ["an.do"]
    assert decision["reasons"] == ["the DAG goes"]
    assert decision["hashes"] == {}
