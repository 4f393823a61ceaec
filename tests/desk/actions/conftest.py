from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airdesk.actions.follow_change import follow_change, is_over
from airdesk.actions.open_merge_request import open_merge_request
from airdesk.follow.lineage import Lineage
from airdesk.model import ChangeDraft, ChangeView, Person
from airdesk.store import Change, Store


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"airdesk_tests_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    if spec.name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[spec.name]


memory = _load(Path(__file__).parent / "world.py")

MANIFEST = """\
version: 1
dag_id: delays
description: Which carriers ran late
owners: [thu.tran]
data_class: internal
schedule: null
tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: sql/delays.sql
"""


class Way:
    """One change on its way through the world in memory."""

    def __init__(self, world: Any, store: Store) -> None:
        self.world, self.store = world, store
        self.lineage = Lineage(world.host())
        self.id = ""

    @property
    def change(self) -> Change:
        found = self.store.changes.get(self.id)
        assert found is not None
        return found

    def submit(self, draft: ChangeDraft) -> None:
        change = self.store.changes.submit(
            draft, author="U_THU", channel="C_GROWTH", origin="view-1", now=self.world.now
        )
        self.id = change.id

    def open(self) -> None:
        opened = open_merge_request(self.change, code_host=self.world.host("U_THU"))
        self.store.changes.opened(self.id, opened.iid, now=self.world.now)

    def look(self) -> ChangeView:
        """Follow once, and keep what was seen, as the bot does."""
        taken = self.store.changes.take(now=self.world.now, lease=timedelta(seconds=60))
        assert taken is not None
        view = follow_change(
            taken,
            code_host=self.world.host(),
            lineage=self.lineage,
            workflows=self.world.airflow,
            central_project=memory.CENTRAL,
        )
        now = self.world.now
        self.store.changes.save(taken, view, final=is_over(view), due_at=now, now=now)
        return view

    def to_review(self) -> ChangeView:
        self.open()
        self.world.gitlab.run_pipeline("success")
        return self.look()

    def to_parsed(self, **publication: Any) -> ChangeView:
        self.to_review()
        self.world.gitlab.merge()
        self.world.gitlab.publish("growth.delays", **publication)
        self.world.airflow.parse("growth.delays")
        # One look per place: merge request, publication and run in one go.
        return self.look()

    def run(self, state: str, run_id: str = "r1") -> ChangeView:
        self.world.airflow.trigger("thu.tran", "growth.delays", run_id=run_id)
        self.world.airflow.end(run_id, state)
        return self.look()


@pytest.fixture
def world() -> Any:
    return memory.World()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield store
    store.close()


@pytest.fixture
def draft() -> ChangeDraft:
    return ChangeDraft(
        team="growth",
        dag_name="delays",
        title="delays: Which carriers ran late",
        manifest_path="dags/delays.dag.yaml",
        files={
            "dags/delays.dag.yaml": MANIFEST,
            "dags/sql/delays.sql": "select 1 from flights\n",
        },
    )


@pytest.fixture
def way(world: Any, store: Store, draft: ChangeDraft) -> Way:
    way = Way(world, store)
    way.submit(draft)
    return way


@pytest.fixture
def people() -> Callable[[str], Person]:
    def person(slack_user_id: str) -> Person:
        user = memory.PEOPLE[slack_user_id]
        return Person(
            slack_user_id=slack_user_id,
            gitlab_user_id=user.id,
            gitlab_username=user.username,
            name=user.name,
            directory_uid=user.username,
        )

    return person


@pytest.fixture
def members() -> Callable[[str], Any]:
    return lambda slack_user_id: memory.PEOPLE[slack_user_id].memberships
