"""What the publisher does with what people did in GitLab."""

from __future__ import annotations

import pytest
from airdesk.errors import HeadMoved
from airdesk_render.signing import verify


def test_an_approved_change_is_rendered_signed_and_published(desk):
    iid = desk.change(desk.dag_files())

    report = desk.publish()

    assert (report.published, report.withheld, report.broken) == (["growth.delays"], [], [])
    central = desk.central()
    files = {
        path: content
        for path, content in central.items()
        if path == "growth/delays.py" or path.startswith("growth/delays.files/")
    }
    assert len(files) == 2
    signature = central["growth/delays.py.sig"]
    assert verify(desk.public_key, "growth.delays", files, signature)
    decision = desk.decisions()["growth.delays"]
    assert decision["state"] == "published"
    assert decision["approved_by"] == ["minh.le"]
    assert decision["merge_request"] == iid
    assert decision["source_commit"] == desk.host.head("growth/pipelines", "main")
    assert [target["slack"] for target in decision["notify"]] == ["#growth-data"]
    assert decision["report_task"] == "delays"


def test_a_second_publication_makes_no_commit(desk):
    desk.change(desk.dag_files())
    desk.publish()

    report = desk.publish()

    assert report.commit is None
    assert report.unchanged == 1
    assert desk.host.central_commits == 1


def test_a_change_beside_it_leaves_a_dag_as_it_stands(desk):
    desk.change(desk.dag_files())
    desk.publish()
    before = desk.central()["growth/delays.py"]
    desk.change(desk.dag_files("arrivals"), branch="second")

    report = desk.publish()

    assert report.published == ["growth.arrivals"]
    assert desk.central()["growth/delays.py"] == before


def test_authors_cannot_approve_themselves(desk):
    desk.change(desk.dag_files(), approver="thu.tran")

    report = desk.publish()

    assert report.published == []
    [kept] = report.withheld
    assert kept.reason == (
        "Thu Tran wrote this change and cannot approve it; a lead of growth must."
    )
    assert "growth/delays.py" not in desk.central()
    assert desk.decisions()["growth.delays"]["state"] == "withheld"


def test_a_lead_who_wrote_a_change_needs_another_lead(desk):
    desk.change(desk.dag_files(), author="minh.le", approver="minh.le")
    [kept] = desk.publish().withheld
    assert kept.reason == (
        "Minh Le wrote this change and cannot approve it; another lead of growth must."
    )


def test_a_change_without_approval_is_withheld_and_not_written_twice(desk):
    desk.change(desk.dag_files(), approver=None)

    [kept] = desk.publish().withheld
    again = desk.publish()

    assert kept.reason is not None
    assert kept.reason.startswith("No approval by a lead of growth;")
    assert again.commit is None
    assert len(again.withheld) == 1


def test_an_approval_before_the_last_push_does_not_count(desk):
    desk.host.push_as("thu.tran", "change", desk.dag_files())
    iid = desk.host.open_as("thu.tran", "change")
    desk.host.approve_as("minh.le", iid)
    desk.host.push_as("thu.tran", "change", desk.dag_files(sql="select 2"))
    desk.host.merge_now(iid)

    [kept] = desk.publish().withheld
    assert "Minh Le approved before the last push" in str(kept.reason)

    desk.host.approve_as("minh.le", iid)
    assert desk.publish().published == ["growth.delays"]


def test_who_pushed_to_the_branch_cannot_approve(desk):
    desk.host.push_as("thu.tran", "change", desk.dag_files())
    iid = desk.host.open_as("thu.tran", "change")
    desk.host.push_as("minh.le", "change", desk.dag_files(sql="select 2"))
    desk.host.approve_as("minh.le", iid)
    desk.host.merge_now(iid)

    [kept] = desk.publish().withheld
    assert "Minh Le pushed to this change" in str(kept.reason)

    desk.host.approve_as("an.do", iid)
    assert desk.publish().published == ["growth.delays"]


def test_an_analyst_of_another_team_cannot_approve(desk):
    desk.change(desk.dag_files(), approver="lan.pham")
    [kept] = desk.publish().withheld
    assert "Lan Pham is not a lead of growth" in str(kept.reason)


def test_a_push_past_the_merge_request_is_withheld(desk):
    desk.change(desk.dag_files())
    desk.publish()
    published = desk.central()["growth/delays.py"]
    desk.host.push_as("minh.le", "main", desk.dag_files(sql="select 666"))

    [kept] = desk.publish().withheld

    assert "without a merge request" in str(kept.reason)
    assert desk.central()["growth/delays.py"] == published
    assert kept.standing is not None
    assert kept.standing.state == "published"


def test_one_unapproved_change_among_approved_ones_withholds_the_dag(desk):
    desk.change(desk.dag_files(), approver=None, branch="first")
    desk.change(desk.dag_files(sql="select 2"), branch="second")
    [kept] = desk.publish().withheld
    assert "growth/pipelines!1" in str(kept.reason)


def test_a_file_that_was_never_judged_counts_from_its_beginning(desk):
    desk.host.push_as("thu.tran", "main", {"dags/sql/other.sql": "select secret\n"})
    desk.change(desk.dag_files())
    desk.publish()
    manifest = str(desk.dag_files()["dags/delays.dag.yaml"]).replace("delays.sql", "other.sql")
    desk.change({"dags/delays.dag.yaml": manifest}, branch="second")

    [kept] = desk.publish().withheld
    assert "without a merge request" in str(kept.reason)


def test_defaults_that_nobody_approved_withhold_every_dag_they_reach(desk):
    desk.change(desk.dag_files())
    desk.publish()
    defaults = {"dags/defaults.yaml": "version: 1\ndefault_args: {retries: 0}\n"}
    iid = desk.change(defaults, branch="defaults", approver=None)

    [kept] = desk.publish().withheld
    assert kept.dag_id == "growth.delays"
    assert f"growth/pipelines!{iid}" in str(kept.reason)

    desk.host.approve_as("minh.le", iid)
    assert desk.publish().published == ["growth.delays"]
    assert b"retries=0" in desk.central()["growth/delays.py"].replace(b'"retries": 0', b"retries=0")


def test_taking_defaults_away_needs_an_approval_too(desk):
    defaults = {"dags/defaults.yaml": "version: 1\ndefault_args: {retries: 0}\n"}
    desk.change({**desk.dag_files(), **defaults})
    desk.publish()
    gone = desk.change({"dags/defaults.yaml": None}, branch="gone", approver=None)
    desk.change(desk.dag_files(sql="select 2"), branch="fine")

    [kept] = desk.publish().withheld
    assert f"growth/pipelines!{gone}" in str(kept.reason)

    desk.host.approve_as("minh.le", gone)
    assert desk.publish().published == ["growth.delays"]


def test_content_that_approvers_did_not_see_is_withheld(desk):
    desk.host.push_as("thu.tran", "one", desk.dag_files())
    first = desk.host.open_as("thu.tran", "one")
    desk.host.approve_as("minh.le", first)
    files = {**desk.dag_files(), "dags/sql/delays.sql": "select 3\n"}
    desk.host.push_as("thu.tran", "two", {"dags/sql/delays.sql": files["dags/sql/delays.sql"]})
    second = desk.host.open_as("thu.tran", "two")
    desk.host.approve_as("minh.le", second)
    desk.host.merge_now(first)
    desk.host.merge_now(second)

    [kept] = desk.publish().withheld
    assert "is not what growth/pipelines!2 showed its approvers" in str(kept.reason)


def test_a_deleted_manifest_takes_the_dag_away_once_approved(desk):
    desk.change(desk.dag_files())
    desk.publish()
    gone = dict.fromkeys(desk.dag_files())
    iid = desk.change(gone, branch="remove", approver=None)

    [kept] = desk.publish().withheld
    assert str(kept.reason).startswith("growth.delays keeps running although its manifest is gone")
    assert "growth/delays.py" in desk.central()

    desk.host.approve_as("minh.le", iid)
    report = desk.publish()
    assert report.removed == ["growth.delays"]
    assert not [path for path in desk.central() if path.startswith("growth/delays")]
    assert desk.decisions()["growth.delays"]["state"] == "removed"
    assert desk.publish().commit is None


def test_a_removed_dag_can_come_back(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.change(dict.fromkeys(desk.dag_files()), branch="remove")
    desk.publish()
    desk.change(desk.dag_files(), branch="again")
    assert desk.publish().published == ["growth.delays"]
    assert "growth/delays.py" in desk.central()


def test_a_manifest_with_findings_is_withheld_with_the_finding(desk):
    files = desk.dag_files()
    files["dags/delays.dag.yaml"] = str(files["dags/delays.dag.yaml"]).replace(
        "connection: warehouse", "conection: warehouse"
    )
    desk.change(files)
    [kept] = desk.publish().withheld
    assert "dags/delays.dag.yaml:" in str(kept.reason)
    assert "missing-field" in str(kept.reason)


@pytest.mark.parametrize(
    "text", ["a: &a [x]\nb: &b [*a,*a]\n", "\t", "", "dag_id: ../../x\n", "[" * 2000]
)
def test_a_hostile_manifest_is_withheld_and_others_go_on(desk, text):
    desk.change({**desk.dag_files(), "dags/evil.dag.yaml": text})
    report = desk.publish()
    assert report.published == ["growth.delays"]
    assert [kept.dag_id for kept in report.withheld] == ["growth.evil"]
    assert report.broken == []


def test_two_manifests_of_one_dag_are_both_withheld(desk):
    files = desk.dag_files()
    files["dags/copy/delays.dag.yaml"] = files["dags/delays.dag.yaml"]
    desk.change(files)
    report = desk.publish()
    assert report.published == []
    assert [kept.dag_id for kept in report.withheld] == ["growth.delays"]


def test_a_withheld_change_that_is_taken_back_is_no_longer_withheld(desk):
    desk.change(desk.dag_files())
    desk.publish()
    desk.change(desk.dag_files(sql="select 2"), branch="bad", approver=None)
    assert desk.publish().withheld
    desk.change(desk.dag_files(), branch="back", approver=None)

    report = desk.publish()

    assert report.withheld == []
    decision = desk.decisions()["growth.delays"]
    assert decision["state"] == "published"
    assert decision["source_commit"] == desk.host.head("growth/pipelines", "main")


def test_a_withheld_manifest_cannot_loosen_the_data_class_of_what_runs(desk):
    desk.change(desk.dag_files(data_class="pii"))
    desk.publish()
    assert desk.decisions()["growth.delays"]["report_task"] is None
    desk.change(desk.dag_files(data_class="public"), branch="loosen", approver=None)
    desk.publish()
    decision = desk.decisions()["growth.delays"]
    assert (decision["state"], decision["data_class"]) == ("withheld", "pii")
    assert decision["report_task"] is None


def test_tampering_with_the_central_repository_is_repaired(desk):
    desk.change(desk.dag_files())
    desk.publish()
    good = desk.central()["growth/delays.py"]
    desk.host.push_as("minh.le", "main", {"growth/delays.py": "evil"}, project="platform/central")

    assert desk.publish().published == ["growth.delays"]
    assert desk.central()["growth/delays.py"] == good


def test_it_reads_again_when_the_central_repository_moved(desk):
    desk.change(desk.dag_files())

    def interfere():
        desk.host.before_publishing = lambda: None
        desk.host.push_as("minh.le", "main", {"note.md": "x"}, project="platform/central")

    desk.host.before_publishing = interfere
    assert desk.publish().published == ["growth.delays"]
    assert "note.md" in desk.central()


def test_it_gives_up_when_the_central_repository_keeps_moving(desk):
    desk.change(desk.dag_files())
    desk.host.before_publishing = lambda: desk.host.push_as(
        "minh.le", "main", {"note.md": str(desk.host.now)}, project="platform/central"
    )
    with pytest.raises(HeadMoved):
        desk.publish()


def test_a_team_in_trouble_does_not_hold_up_the_others(desk):
    desk.change(desk.dag_files())
    desk.host.push_as(
        "minh.le", "main", {"risk/publications.json": "{"}, project="platform/central"
    )
    report = desk.publish()
    assert report.published == ["growth.delays"]
    assert len(report.broken) == 1
    assert "risk/publications.json" in report.broken[0]


def test_a_fork_is_not_judged(desk):
    iid = desk.change(desk.dag_files())
    requests = desk.host.repositories["growth/pipelines"].requests
    requests[iid] = requests[iid].model_copy(update={"from_fork": True})
    [kept] = desk.publish().withheld
    assert "comes from a fork" in str(kept.reason)


def test_an_archive_that_differs_from_the_repository_is_withheld(desk, monkeypatch):
    desk.change(desk.dag_files())
    monkeypatch.setattr(desk.host, "read_file", lambda *_, **__: "$Format:%B$")
    [kept] = desk.publish().withheld
    assert "differs between the repository and its archive" in str(kept.reason)
