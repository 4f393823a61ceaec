"""SQLite: one file, WAL, readers never wait, one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, Engine, create_engine, event, inspect
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import JSON, TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime; SQLite keeps it naive in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    """What all tables share: ids are never used twice, as in GitLab."""

    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012  read as a plain dict
    type_annotation_map = {  # noqa: RUF012  likewise
        datetime: UtcTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }


class Database:
    """Sessions on one SQLite file.

    Writing sessions take the write lock when they begin (`BEGIN IMMEDIATE`), since SQLite refuses
    to turn a reader into a writer once somebody else has written.
    """

    def __init__(self, path: Path) -> None:
        self._engine = create_engine(
            f"sqlite:///{path}",
            pool_size=20,
            max_overflow=40,
            connect_args={"check_same_thread": False, "timeout": 20},
        )
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
        self._writer: Engine = self._engine.execution_options(immediate=True)
        self._lock = threading.Lock()
        self._owner: int | None = None

    def create_tables(self) -> None:
        """Make missing tables, and missing columns of those that an older version made."""
        Base.metadata.create_all(self._writer)
        with self._writer.begin() as connection:
            known = inspect(connection)
            for name, table in Base.metadata.tables.items():
                present = {column["name"] for column in known.get_columns(name)}
                for column in table.columns:
                    if column.name not in present:
                        connection.exec_driver_sql(_addition(name, column, connection.dialect))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back on an exception.

        Raises:
            RuntimeError: this thread writes already; it would wait for itself for ever.
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("A writing session was opened inside another one.")
        with self._lock:
            self._owner = threading.get_ident()
            try:
                with Session(self._writer, expire_on_commit=False) as session, session.begin():
                    yield session
            finally:
                self._owner = None

    def close(self) -> None:
        self._engine.dispose()


def _addition(table: str, column: Column[Any], dialect: Dialect) -> str:
    """The statement that adds a column; rows that exist get its default."""
    kind = column.type.compile(dialect)
    given = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    if given is None:
        return f'ALTER TABLE {table} ADD COLUMN "{column.name}" {kind}'
    value = int(given) if isinstance(given, bool) else given
    quoted = value if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
    return f'ALTER TABLE {table} ADD COLUMN "{column.name}" {kind} DEFAULT {quoted}'


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
