from __future__ import annotations

import subprocess
import sys

import pytest
from airdesk.store import OwnedError, Store, ownership


def test_one_file_serves_one_bot(sqlite_url, monkeypatch):
    store = Store.open(sqlite_url)
    monkeypatch.setattr(ownership, "_PATIENCE_SECONDS", 0.1)
    with pytest.raises(OwnedError, match="Postgres"):
        Store.open(sqlite_url)
    store.close()


def test_a_killed_bot_lets_go(sqlite_url):
    script = """
import os, signal, sys
from airdesk.store import Store
Store.open(sys.argv[1])
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script, sqlite_url], check=False)
    Store.open(sqlite_url).close()
