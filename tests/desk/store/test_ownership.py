from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from airdesk.store import OwnedError, Store
from airdesk.store.ownership import Ownership
from sqlalchemy import make_url


def test_one_file_serves_one_bot(sqlite_url):
    store = Store.open(sqlite_url)
    with pytest.raises(OwnedError, match="Postgres"):
        Ownership(Path(make_url(sqlite_url).database), patience=0.1)
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
