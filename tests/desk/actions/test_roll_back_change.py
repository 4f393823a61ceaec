"""Taking a published change back: what was live before comes back, as a change like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.actions.follow_change import follow_change, is_over
from airdesk.actions.open_merge_request import open_merge_request
from airdesk.actions.roll_back_change import roll_back_change
from airdesk.errors import Refused
from airdesk.model import ChangeDraft, Stage

REPOSITORY, CENTRAL = "growth/pipelines", "platform/central"
MANIFEST, SQL, MORE = "dags/delays.dag.yaml", "dags/sql/delays.sql", "dags/sql/more.sql"
FIRST, SECOND = {"source_digest": "1" * 64}, {"source_digest": "2" * 64}


@pytest.fixture
def desk(way, world, store, members):
    return Desk(way, world, store, members)


class Desk:
    def __init__(self, way, world, store, members):
        self.way, self.world, self.store, self.members = way, world, store, members

    def live(self, files=(MANIFEST, SQL), **publication):
        return self.way.to_parsed(**FIRST, files=files, **publication)

    def edited(self):
        """A second change of the same DAG, published after the first; gives its record."""
        self.world.gitlab.publish("growth.delays", **FIRST, files=[MANIFEST, SQL])
        base = self.world.gitlab.branches[REPOSITORY, "main"]
        draft = ChangeDraft(
            team="growth",
            dag_name="delays",
            title="delays: Count them too",
            manifest_path=MANIFEST,
            files={SQL: "select count(*) from flights\n", MORE: "select 2\n"},
            base=base,
        )
        change = self.store.changes.submit(
            draft, author="U_THU", channel="C_GROWTH", origin="view-2", now=self.world.now
        )
        return self.publish(change, **SECOND, files=[MANIFEST, SQL, MORE])

    def publish(self, change, **publication):
        opened = open_merge_request(change, code_host=self.world.host("U_THU"))
        self.store.changes.opened(change.id, opened.iid, now=self.world.now)
        self.world.gitlab.merge(opened.iid)
        self.world.gitlab.publish("growth.delays", **publication)
        if publication.get("state") != "removed":
            self.world.airflow.parse("growth.delays")
        self.look_at(change.id)
        return self.store.changes.get(change.id)

    def look_at(self, change_id):
        change = self.store.changes.get(change_id)
        view = follow_change(
            change,
            code_host=self.world.host(),
            lineage=self.way.lineage,
            workflows=self.world.airflow,
            central_project=CENTRAL,
            rollback=self.store.changes.rollback_of(change),
        )
        now = self.world.now
        self.store.changes.save(change, view, final=is_over(view), due_at=now, now=now)
        return view

    def roll_back(self, change=None, *, person="U_MINH", ask_id="a1"):
        self.world.later(1)
        return roll_back_change(
            change or self.way.change,
            person=person,
            memberships=self.members(person),
            ask_id=ask_id,
            code_host=self.world.host(),
            lineage=self.way.lineage,
            central_project=CENTRAL,
            changes=self.store.changes,
            clock=self.world.clock,
        )

    def opened(self, rollback, person="U_MINH"):
        """The files of the branch that its merge request brings."""
        open_merge_request(rollback, code_host=self.world.host(person))
        return self.world.gitlab.trees[self.world.gitlab.branches[REPOSITORY, rollback.branch]]


def test_what_was_live_before_comes_back(desk):
    first = desk.live()
    second = desk.edited()
    rollback = desk.roll_back(second)
    assert rollback.author == "U_MINH"
    assert rollback.draft.reverts == second.id
    assert rollback.draft.title.startswith("delays: roll back “Count them too”, back to commit ")
    tree = desk.opened(rollback)
    assert tree[SQL] == "select 1 from flights\n"
    assert MORE not in tree
    assert desk.world.done[-1] == "open !3 as minh.le"
    assert first.stage is Stage.PARSED


def test_a_dag_that_was_new_is_removed(desk):
    desk.live()
    rollback = desk.roll_back()
    tree = desk.opened(rollback)
    assert {MANIFEST, SQL} & tree.keys() == set()
    assert "README.md" in tree
    done = desk.publish(rollback, state="removed", **FIRST)
    assert done.view.publication.state == "removed"
    assert done.final
    told = desk.look_at(desk.way.id)
    assert (told.rollback.by, told.rollback.merge_request.iid) == ("U_MINH", 2)


def test_files_that_another_dag_uses_stay(desk):
    desk.live()
    desk.world.gitlab.publish("growth.arrivals", files=["dags/arrivals.dag.yaml", SQL])
    assert desk.roll_back().draft.removed == (MANIFEST,)


def test_the_same_ask_is_the_same_rollback(desk):
    desk.live()
    assert desk.roll_back().id == desk.roll_back().id


def test_a_second_one_is_refused_while_the_first_is_open(desk):
    desk.live()
    first = desk.roll_back()
    with pytest.raises(Refused, match="is being rolled back already"):
        desk.roll_back(ask_id="a2")
    desk.store.changes.close(first.id, "No.", now=desk.world.now)
    assert desk.roll_back(ask_id="a3").id != first.id


def test_only_the_team_may(desk):
    desk.live()
    with pytest.raises(Refused, match="not in the team growth"):
        desk.roll_back(person="U_LAN")


def test_the_newest_change_goes_first(desk):
    desk.live()
    desk.edited()
    with pytest.raises(Refused, match="Roll back the newest change first"):
        desk.roll_back()


def test_what_is_not_published_or_gone_cannot_be_rolled_back(desk):
    with pytest.raises(Refused, match="not in Airflow any more"):
        desk.roll_back()
    desk.live()
    desk.world.gitlab.publish("growth.delays", state="removed")
    with pytest.raises(Refused, match="not in Airflow any more"):
        desk.roll_back()


def test_nothing_that_was_merged_since_is_written_over(desk):
    desk.live()
    second = desk.edited()
    rollback = desk.roll_back(second)
    desk.world.gitlab.commit(REPOSITORY, "main", {SQL: "select 3\n"})
    with pytest.raises(Refused, match="was changed since by another merge request"):
        desk.opened(rollback)


def test_a_rollback_can_be_rolled_back(desk):
    desk.live()
    second = desk.edited()
    rollback = desk.publish(desk.roll_back(second), **FIRST, files=[MANIFEST, SQL])
    again = desk.roll_back(rollback, ask_id="a9")
    assert again.draft.files[MORE] == "select 2\n"


def test_what_was_rolled_back_to_is_not_rolled_back_in_its_stead(desk):
    """The first change's content is live again, but another change made it so."""
    desk.live()
    second = desk.edited()
    desk.publish(desk.roll_back(second), **FIRST, files=[MANIFEST, SQL])
    with pytest.raises(Refused, match="Roll back the newest change first"):
        desk.roll_back(ask_id="a9")


def test_store_finds_the_rollback_of_that_change_only(desk):
    desk.live()
    assert desk.store.changes.rollback_of(desk.way.change) is None
    rollback = desk.roll_back()
    assert desk.store.changes.rollback_of(desk.way.change).id == rollback.id
    assert desk.store.changes.rollback_of(rollback) is None
    assert rollback.created_at > desk.way.change.created_at - timedelta(seconds=1)
