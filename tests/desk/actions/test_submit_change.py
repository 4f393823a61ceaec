from __future__ import annotations

import pytest
from airdesk.actions.submit_change import submit_change
from airdesk.errors import Refused
from airdesk_render.policy import default_policy


@pytest.fixture
def submit(store, world, members):
    def submit(
        draft, *, author="U_THU", origin="view-1", connections=("warehouse", "slack"), **more
    ):
        return submit_change(
            draft,
            author=author,
            memberships=members(author),
            channel="C_GROWTH",
            origin=origin,
            policy=default_policy(),
            connections=connections,
            changes=store.changes,
            now=world.now,
            **more,
        )

    return submit


def with_manifest(draft, old, new):
    path = draft.manifest_path
    files = {**draft.files, path: draft.files[path].replace(old, new)}
    return draft.model_copy(update={"files": files})


def test_a_good_draft_is_stored_with_its_ask(submit, store, draft):
    submission = submit(draft)
    assert submission.findings == ()
    assert store.changes.get(submission.change.id).draft == draft
    assert store.inbox.waiting() == 1


def test_submitted_twice_it_is_one_change(submit, store, draft):
    assert submit(draft).change.id == submit(draft).change.id
    assert store.inbox.waiting() == 1


def test_findings_store_nothing(submit, store, draft):
    submission = submit(with_manifest(draft, "data_class: internal", "data_class: secret"))
    assert submission.change is None
    assert submission.findings
    assert store.inbox.waiting() == 0


def test_an_unknown_connection_is_found_where_it_stands(submit, draft):
    submission = submit(with_manifest(draft, "connection: warehouse", "connection: warehose"))
    (finding,) = submission.findings
    assert (finding.code, finding.suggestion) == ("unknown-connection", "warehouse")
    assert finding.path == ("tasks", "report", "connection")
    assert (finding.line, finding.column) == (10, 17)
    assert "slack, warehouse" in finding.message


def test_without_vault_the_connection_is_left_to_the_guard(submit, draft):
    strange = with_manifest(draft, "connection: warehouse", "connection: warehose")
    assert submit(strange, connections=None).change is not None


def test_a_team_without_connections_is_told_so(submit, draft):
    (finding,) = submit(draft, connections=()).findings
    assert "Ask security" in finding.message
    assert finding.suggestion is None


def test_a_second_change_of_the_same_name_is_a_finding(submit, draft):
    submit(draft)
    (finding,) = submit(draft, origin="view-2").findings
    assert finding.code == "change-is-open"


def test_nobody_submits_for_another_team(submit, draft):
    with pytest.raises(Refused, match="not in the team growth"):
        submit(draft, author="U_LAN")


def other_request(world, way_draft, author="U_MINH"):
    host = world.host(author)
    host.commit_files("growth/pipelines", "theirs", way_draft.files, message="theirs")
    return host.open_merge_request("growth/pipelines", "theirs", title="theirs", description="")


def test_who_pushed_the_same_dag_is_named_with_the_place(submit, draft, world):
    (finding,) = submit(draft, underway=[other_request(world, draft)]).findings
    assert finding.code == "change-is-open"
    assert finding.message.startswith(
        "growth.delays is being changed by Minh Le in "
        "http://gitlab.test/growth/pipelines/-/merge_requests/1. Take another name"
    )


def test_an_edit_goes_on_once_its_author_knows_of_the_others(submit, draft, world):
    edit = draft.model_copy(update={"base": "c" * 40})
    underway = [other_request(world, draft)]
    (finding,) = submit(edit, underway=underway).findings
    assert "whoever merges second has to rebase" in finding.message
    assert submit(edit, underway=underway, despite_others=True).change is not None


def test_two_new_dags_of_one_name_are_never_submitted(submit, draft, world):
    underway = [other_request(world, draft)]
    assert submit(draft, underway=underway, despite_others=True).change is None


def test_the_own_merge_request_is_none_of_the_others(submit, draft, world):
    first = submit(draft).change
    host = world.host("U_THU")
    host.commit_files("growth/pipelines", first.branch, draft.files, message="mine")
    mine = host.open_merge_request("growth/pipelines", first.branch, title="m", description="")
    assert submit(draft, underway=[mine]).change.id == first.id
