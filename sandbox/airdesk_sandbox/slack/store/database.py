"""The SQLite file behind the workspace. One event loop uses it, so one connection is enough."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists document (key text primary key, body text not null);
create table if not exists membership (
  channel text not null, user text not null, primary key (channel, user));
create table if not exists direct (
  id text primary key, members text not null unique, opened_by text not null);
create table if not exists message (
  channel text not null, ts text not null, thread_ts text, seen_by text, app text,
  body text not null, primary key (channel, ts));
create index if not exists message_thread on message (channel, thread_ts);
create table if not exists view (
  id text primary key, app text not null, user text not null, kind text not null,
  root text not null, depth integer not null, external_id text, is_open integer not null,
  place text not null, errors text not null, body text not null);
create table if not exists envelope (
  number integer primary key autoincrement, app text not null, kind text not null,
  payload text not null, attempts integer not null, state text not null);
create table if not exists response_url (
  token text primary key, app text not null, user text not null, channel text not null,
  ts text, thread_ts text, expires real not null, uses integer not null);
create table if not exists openid_code (
  code text primary key, client text not null, user text not null, redirect_uri text not null,
  nonce text, challenge text, expires real not null, used integer not null);
create table if not exists openid_token (token text primary key, app text not null, user text);
"""


class Database:
    """Rows in and out; every statement is its own transaction unless inside `with`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "slack.sqlite3", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode=wal")
        self._connection.execute("pragma synchronous=normal")
        self._connection.executescript(SCHEMA)

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def one(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def document(self, key: str) -> Any:
        row = self.one("select body from document where key = ?", (key,))
        return None if row is None else json.loads(row["body"])

    def put_document(self, key: str, body: Any) -> None:
        self.run("insert or replace into document values (?, ?)", (key, json.dumps(body)))

    def close(self) -> None:
        self._connection.close()
