"""Queries and checks in a database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from airdesk_render.expressions import Code, Invoke
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    ManagedOperator,
    Rendering,
)

SQL_MODULE = "airflow.providers.common.sql.operators.sql"
_SQL_FILE = re.compile(FILE_PATTERN + r"\.sql$")
SQL_FIELD = Field(
    min_length=1,
    max_length=100_000,
    description="The SQL, or the path of a `.sql` file beside the manifest.",
    examples=["select count(*) > 0 from delays", "sql/delays.sql"],
)


def looks_like_file(sql: str) -> bool:
    """Whether a `sql` field means a file: one word that ends with `.sql`."""
    return sql.endswith(".sql") and not re.search(r"\s", sql)


def is_file_path(sql: str) -> bool:
    """Whether it is also a path that may be used."""
    return _SQL_FILE.fullmatch(sql) is not None


class _Sql(ManagedOperator):
    category: ClassVar[str] = "SQL"
    templated: ClassVar[tuple[str, ...]] = ("sql",)
    file_fields: ClassVar[tuple[str, ...]] = ("sql",)
    mappable: ClassVar[Mapping[str, str]] = {"sql": "sql"}

    connection: Connection
    sql: str = SQL_FIELD

    def files(self) -> tuple[str, ...]:
        return (self.sql,) if looks_like_file(self.sql) else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def _sql(self, rendering: Rendering) -> str | Code:
        if looks_like_file(self.sql):
            return rendering.text_of(self.sql)
        # Airflow takes a text that ends with .sql for a file name, even in a comment.
        return f"{self.sql}\n" if self.sql.endswith((".sql", ".hql")) else self.sql


class SqlQuery(_Sql):
    """Runs one query and keeps its first rows for messages and cards."""

    title: ClassVar[str] = "SQL query"
    summary: ClassVar[str] = "Run one SELECT and keep its first rows."
    docs: ClassVar[str] = (
        "Runs one SELECT in a database. The first rows go to XCom as "
        '{"columns": […], "rows": [[…]], "total": n}; a pii DAG keeps no rows.'
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLExecuteQueryOperator",)
    has_rows: ClassVar[bool] = True

    operator: Literal["sql_query@1"]
    max_rows: int = Field(
        default=10, ge=1, le=100, description="How many of the first rows are kept."
    )

    def call(self, rendering: Rendering) -> Call:
        rows = 0 if rendering.data_class == "pii" else self.max_rows
        return Call(
            module=SQL_MODULE,
            name="SQLExecuteQueryOperator",
            arguments={
                "conn_id": rendering.team.conn_id(self.connection),
                "sql": self._sql(rendering),
                "handler": Invoke("first_rows", (rows,)),
            },
            helpers=("first_rows",),
        )


class SqlCheck(_Sql):
    """Fails when any value of the first row is false, zero or empty."""

    title: ClassVar[str] = "SQL check"
    summary: ClassVar[str] = "Fail unless every value of the first row is true."
    docs: ClassVar[str] = (
        "Runs one SELECT and fails if it returns no row, or if a value of the first row is false, "
        "zero, empty or null."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLCheckOperator",)

    operator: Literal["sql_check@1"]

    def call(self, rendering: Rendering) -> Call:
        return Call(
            module=SQL_MODULE,
            name="SQLCheckOperator",
            arguments={
                "conn_id": rendering.team.conn_id(self.connection),
                "sql": self._sql(rendering),
            },
        )
