"""Modals and Home tabs: the full view as Slack returns it, its place in a stack, its errors."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from airdesk_sandbox.slack.store.database import Database


@dataclass
class StoredView:
    """A view somebody has open. `depth` counts from 1 (the root of the stack of modals).

    `place` tells where the person was when the modal opened, for response URLs.
    """

    id: str
    app_id: str
    user: str
    kind: str
    root: str
    depth: int
    external_id: str | None
    is_open: bool
    body: dict[str, Any]
    place: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class Views:
    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, view: StoredView) -> None:
        self._db.run(
            "insert or replace into view values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                view.id,
                view.app_id,
                view.user,
                view.kind,
                view.root,
                view.depth,
                view.external_id,
                int(view.is_open),
                json.dumps(view.place),
                json.dumps(view.errors),
                json.dumps(view.body),
            ),
        )

    def get(self, view_id: str) -> StoredView | None:
        row = self._db.one("select * from view where id = ?", (view_id,))
        return None if row is None else _stored(row)

    def by_external_id(self, app_id: str, external_id: str) -> StoredView | None:
        row = self._db.one(
            "select * from view where app = ? and external_id = ? and is_open = 1",
            (app_id, external_id),
        )
        return None if row is None else _stored(row)

    def stack_of(self, user: str) -> list[StoredView]:
        """The modals a person has open, root first, top last."""
        rows = self._db.all(
            "select * from view where user = ? and kind = 'modal' and is_open = 1 order by depth",
            (user,),
        )
        return [_stored(row) for row in rows]

    def home_of(self, user: str, app_id: str) -> StoredView | None:
        row = self._db.one(
            "select * from view where user = ? and app = ? and kind = 'home' and is_open = 1",
            (user, app_id),
        )
        return None if row is None else _stored(row)


def _stored(row: sqlite3.Row) -> StoredView:
    return StoredView(
        id=row["id"],
        app_id=row["app"],
        user=row["user"],
        kind=row["kind"],
        root=row["root"],
        depth=row["depth"],
        external_id=row["external_id"],
        is_open=bool(row["is_open"]),
        body=json.loads(row["body"]),
        place=json.loads(row["place"]),
        errors=json.loads(row["errors"]),
    )
