from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airdesk.model import ChangeDraft, Person
from airdesk.store import Store

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.open(url)
    yield store
    store.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def lease() -> timedelta:
    return timedelta(seconds=60)


@pytest.fixture
def draft() -> ChangeDraft:
    return ChangeDraft(
        team="growth",
        dag_name="delays",
        title="delays: Which carriers ran late",
        manifest_path="dags/delays.dag.yaml",
        files={"dags/delays.dag.yaml": "version: 1\n"},
    )


@pytest.fixture
def thu() -> Person:
    return Person(
        slack_user_id="U_THU",
        gitlab_user_id=11,
        gitlab_username="thu.tran",
        name="Thu Tran",
        directory_uid="thu.tran",
    )
