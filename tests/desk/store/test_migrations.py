from __future__ import annotations

import os
import subprocess
import sys
import threading

from airdesk.store import Database, Store
from airdesk.store.tables import Base
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect


def test_migrations_make_exactly_the_tables_that_are_mapped(store, url):
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_opening_again_keeps_what_is_there(url, draft, now):
    first = Store.open(url)
    change = first.changes.submit(draft, author="U", channel="C", origin="o", now=now)
    first.close()
    second = Store.open(url)
    assert second.changes.get(change.id) == change
    second.close()


def test_several_that_start_together_migrate_once(url):
    failures: list[BaseException] = []

    def migrate() -> None:
        database = Database(url)
        try:
            database.migrate()
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    engine = create_engine(url)
    assert "changes" in inspect(engine).get_table_names()
    engine.dispose()


def test_what_was_committed_survives_a_kill(tmp_path, url):
    script = """
import os, signal, sys
from datetime import UTC, datetime
from airdesk.model import ChangeDraft
from airdesk.store import Store
store = Store.open(sys.argv[1])
draft = ChangeDraft(team="growth", dag_name="d", title="t", manifest_path="m", files={})
store.changes.submit(draft, author="U", channel="C", origin="o", now=datetime.now(tz=UTC))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script, url], env=os.environ, check=False)
    assert done.returncode < 0
    store = Store.open(url)
    assert [c.origin for c in store.changes.following(["growth"], limit=9)] == ["o"]
    assert store.inbox.waiting() == 1
    store.close()
