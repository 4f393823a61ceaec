"""Who has to approve follows from what the change does."""

from __future__ import annotations

import hashlib

import pytest

BASH = """\
version: 1
dag_id: delays
description: Which carriers ran late yesterday
owners: [thu.tran]
data_class: internal
schedule: {cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}
notify: {slack: "#growth-data", events: [failure, recovery]}
tasks:
  delays:
    operator: bash@1
    command: echo hello
"""


def edited(desk, before: str, after: str) -> dict[str, str | None]:
    text = str(desk.dag_files()["dags/delays.dag.yaml"])
    assert before in text
    return {"dags/delays.dag.yaml": text.replace(before, after)}


@pytest.fixture
def published(desk):
    desk.change({**desk.dag_files(), **desk.dag_files("arrivals")})
    assert desk.publish().published == ["growth.arrivals", "growth.delays"]
    return desk


@pytest.fixture
def strict(published):
    """A platform that asks security about what is theirs; Sam and Kim are of security."""
    published.asks_for(
        {"security": {"sam.ngo", "kim.ho"}, "platform": {"an.do"}},
        review=["lead", "platform"],
        security=["lead", "platform", "security"],
    )
    return published


CONNECTION = ("connection: warehouse", "connection: crm")
SCHEDULE = ("0 6 * * 1-5", "0 7 * * 1-5")
DESCRIPTION = ("Which carriers ran late yesterday", "Which carriers ran late")


def test_a_description_needs_a_merge_request_and_no_approval(published):
    iid = published.change(edited(published, *DESCRIPTION), branch="words", approver=None)
    assert published.publish().published == ["growth.delays"]
    decision = published.decisions()["growth.delays"]
    assert (decision["risk"], decision["merge_request"]) == ("none", iid)
    assert (decision["needs"], decision["approvals"]) == ([], [])


def test_a_description_pushed_past_merge_requests_is_withheld(published):
    published.host.push_as("minh.le", "main", edited(published, *DESCRIPTION))
    [kept] = published.publish().withheld
    assert "without a merge request" in str(kept.reason)


def test_a_platform_may_ask_for_four_eyes_always(published):
    published.asks_for({}, none=["lead"])
    published.change(edited(published, *DESCRIPTION), branch="words", approver=None)
    [kept] = published.publish().withheld
    assert "No approval by a lead of growth" in str(kept.reason)


def test_another_time_is_a_leads_matter(strict):
    strict.change(edited(strict, *SCHEDULE), branch="time")
    assert strict.publish().published == ["growth.delays"]
    decision = strict.decisions()["growth.delays"]
    assert (decision["risk"], decision["needs"]) == ("low", ["lead"])
    [reason] = decision["reasons"]
    assert reason.startswith("schedule: ")


def test_a_connection_needs_security_and_it_is_said_who_is_missing(strict):
    iid = strict.change(edited(strict, *CONNECTION), branch="crm")
    [kept] = strict.publish().withheld
    assert (kept.risk, kept.needs) == ("security", ("lead", "platform", "security"))
    assert kept.reason == (
        "Needs a lead, platform and security: now uses connection growth.crm in delays. "
        f"Nobody of platform has approved growth/pipelines!{iid}; "
        f"nobody of security has approved growth/pipelines!{iid}."
    )
    strict.host.approve_as("an.do", iid)
    [kept] = strict.publish().withheld
    assert "platform has" not in str(kept.reason)
    assert kept.approved_by == ("minh.le", "an.do")

    strict.host.approve_as("sam.ngo", iid)
    assert strict.publish().published == ["growth.delays"]
    decision = strict.decisions()["growth.delays"]
    assert [(one["username"], one["kind"]) for one in decision["approvals"]] == [
        ("minh.le", "lead"),
        ("an.do", "platform"),
        ("sam.ngo", "security"),
    ]


def test_a_security_member_who_wrote_it_cannot_approve_it(strict):
    iid = strict.change(edited(strict, *CONNECTION), branch="crm", author="sam.ngo")
    strict.host.approve_as("an.do", iid)
    strict.host.approve_as("sam.ngo", iid)
    [kept] = strict.publish().withheld
    assert "Sam Ngo wrote this change and cannot approve it; another of security must" in str(
        kept.reason
    )
    strict.host.approve_as("kim.ho", iid)
    assert strict.publish().published == ["growth.delays"]


def test_a_push_after_security_approved_needs_security_again(strict):
    strict.host.push_as("thu.tran", "crm", edited(strict, *CONNECTION))
    iid = strict.host.open_as("thu.tran", "crm")
    strict.host.approve_as("sam.ngo", iid)
    strict.host.push_as(
        "thu.tran", "crm", edited(strict, "connection: warehouse", "connection: hr")
    )
    strict.host.approve_as("minh.le", iid)
    strict.host.approve_as("an.do", iid)
    strict.host.merge_now(iid)
    [kept] = strict.publish().withheld
    assert "Sam Ngo approved before the last push" in str(kept.reason)
    assert kept.reasons == ("now uses connection growth.hr in delays",)


def test_a_security_member_who_pushed_cannot_approve(strict):
    strict.host.push_as("thu.tran", "crm", edited(strict, *CONNECTION))
    iid = strict.host.open_as("thu.tran", "crm")
    strict.host.push_as("kim.ho", "crm", {"README.md": "hello again\n"})
    for who in ("minh.le", "an.do", "kim.ho"):
        strict.host.approve_as(who, iid)
    strict.host.merge_now(iid)
    [kept] = strict.publish().withheld
    assert "Kim Ho pushed to this change and cannot approve it" in str(kept.reason)


def test_a_group_that_cannot_be_read_holds_back_what_needs_it_and_nothing_else(strict):
    iid = strict.change(edited(strict, *CONNECTION), branch="crm")
    strict.host.approve_as("sam.ngo", iid)
    arrivals = str(strict.dag_files("arrivals")["dags/arrivals.dag.yaml"])
    strict.change({"dags/arrivals.dag.yaml": arrivals.replace(*SCHEDULE)}, branch="second")

    strict.host.groups.clear()

    report = strict.publish()

    assert report.published == ["growth.arrivals"]
    assert [kept.dag_id for kept in report.withheld] == ["growth.delays"]
    refused = "GitLab cannot list the members of the group company"
    assert report.broken == [
        f"Nobody counts as platform: {refused}/platform: 404.",
        f"Nobody counts as security: {refused}/security: 404.",
    ]


def test_each_merge_request_answers_for_its_own_part(strict):
    strict.change(edited(strict, *DESCRIPTION), branch="words", approver=None)
    text = str(edited(strict, *DESCRIPTION)["dags/delays.dag.yaml"]).replace(*SCHEDULE)
    strict.change({"dags/delays.dag.yaml": text}, branch="time")

    assert strict.publish().published == ["growth.delays"]
    assert strict.decisions()["growth.delays"]["risk"] == "low"


def test_a_harmless_change_on_top_does_not_carry_a_risky_one(strict):
    first = strict.change(edited(strict, *CONNECTION), branch="crm")
    text = str(edited(strict, *CONNECTION)["dags/delays.dag.yaml"]).replace(*DESCRIPTION)
    second = strict.change({"dags/delays.dag.yaml": text}, branch="words", approver=None)

    [kept] = strict.publish().withheld

    assert f"nobody of security has approved growth/pipelines!{first}" in str(kept.reason)
    assert f"!{second}" not in str(kept.reason)
    for who in ("an.do", "sam.ngo"):
        strict.host.approve_as(who, first)
    assert strict.publish().published == ["growth.delays"]
    assert strict.decisions()["growth.delays"]["risk"] == "security"


def test_a_file_laid_ready_without_approval_is_judged_with_what_uses_it(published):
    ready = published.change(
        {"dags/sql/other.sql": "select secret\n"}, branch="ready", approver=None
    )
    published.change(edited(published, "delays.sql", "other.sql"), branch="use")
    [kept] = published.publish().withheld
    assert f"growth/pipelines!{ready}" in str(kept.reason)


def test_what_was_published_and_cannot_be_found_again_counts_as_the_riskiest(strict):
    repository = strict.host.repositories["growth/pipelines"]
    strict.change(edited(strict, *DESCRIPTION), branch="words", approver=None)
    commit = repository.branches["main"]
    old = strict.decisions()["growth.delays"]["source_commit"]
    parent = repository.commits[old]
    repository.commits[old] = type(parent)(old, parent.parent, {"README.md": b"x"})
    assert commit != old
    [kept] = strict.publish().withheld
    assert kept.risk == "security"
    assert "no longer in the repository's history" in str(kept.reason)


def test_code_of_the_team_is_for_security(strict):
    strict.change({"dags/delays.dag.yaml": BASH}, branch="code")
    [kept] = strict.publish().withheld
    assert kept.risk == "security"


def test_where_it_came_from_is_written_down(published):
    decision = published.decisions()["growth.delays"]
    central = published.central()
    assert decision["risk"] == "security"
    assert decision["reasons"] == ["now uses connection growth.warehouse in delays"]
    [given] = decision["approvals"]
    assert (given["username"], given["kind"]) == ("minh.le", "lead")
    assert given["at"].startswith("2026-11-22T08:")
    assert decision["pipeline"]["url"] == "http://gitlab.test/growth/pipelines/-/pipelines/101"
    assert decision["hashes"] == {
        path: hashlib.sha256(content).hexdigest()
        for path, content in central.items()
        if path.startswith("growth/delays") and not path.endswith(".sig")
    }


def test_a_new_dag_over_old_files_asks_nobody_to_look_at_those_again(strict):
    """What was laid down with a lead's nod stays so; the DAG itself security must see."""
    strict.asks_for({"security": {"sam.ngo"}}, security=["lead", "security"])
    text = str(strict.dag_files("third")["dags/third.dag.yaml"])
    text = text.replace("third.sql", "delays.sql")
    iid = strict.change({"dags/third.dag.yaml": text}, branch="third")
    [kept] = strict.publish().withheld
    assert str(kept.reason).endswith(f". Nobody of security has approved growth/pipelines!{iid}.")
    strict.host.approve_as("sam.ngo", iid)
    assert strict.publish().published == ["growth.third"]


def test_a_file_laid_ready_last_answers_for_the_whole(strict):
    strict.asks_for({"security": {"sam.ngo"}}, security=["lead", "security"])
    first = strict.change(strict.dag_files("third"), branch="third")
    strict.host.approve_as("sam.ngo", first)
    second = strict.change({"dags/sql/third.sql": "select secret\n"}, branch="later")
    [kept] = strict.publish().withheld
    assert f"nobody of security has approved growth/pipelines!{second}" in str(kept.reason).lower()


def test_a_fork_is_refused_even_where_nobody_has_to_approve(published):
    iid = published.change(edited(published, *DESCRIPTION), branch="words", approver=None)
    requests = published.host.repositories["growth/pipelines"].requests
    requests[iid] = requests[iid].model_copy(update={"from_fork": True})
    [kept] = published.publish().withheld
    assert "comes from a fork" in str(kept.reason)


def test_words_of_a_manifest_are_no_mention_and_no_link_in_the_note(strict):
    sql = "sql: select '@all [x](http://evil) /close' as `#1`"
    iid = strict.change(edited(strict, "sql: sql/delays.sql", sql), branch="words")
    [kept] = strict.publish().withheld
    marker = "<!-- airdesk publication growth.delays -->"
    note = strict.host.notes["growth/pipelines", iid, marker]
    assert "@all" in str(kept.reason)
    assert "@all" not in note
    assert "\\[x\\](http\\:" in note
    assert "\n/close" not in note


@pytest.mark.parametrize(
    ("before", "after", "risk"),
    [
        ("data_class: internal", "data_class: public", "security"),
        ("owners: [thu.tran]", "owners: [an.do]", "low"),
        ("sql: sql/delays.sql", "sql: select 2", "review"),
        ("events: [failure, recovery]", "events: [success]", "review"),
        ("sql: sql/delays.sql", "sql: sql/delays.sql\n    retries: 3", "low"),
        ("version: 1", "version: 1 # a comment", "none"),
        (*DESCRIPTION, "none"),
    ],
)
def test_the_class_follows_from_what_will_run(published, before, after, risk):
    published.change(edited(published, before, after), branch="edit")
    published.publish()
    assert published.decisions()["growth.delays"]["risk"] == risk
