"""Queries, checks and statements in a database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.expressions import Code, Invoke
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    SqlUse,
    given,
)
from airdesk_render.operators.words import Identifier, PlainValue, unlike_file

SQL_MODULE = "airflow.providers.common.sql.operators.sql"
SQL_ENDINGS = (".sql", ".hql", ".json")
"""Endings at which Airflow's SQL operators read a template's file."""
_SQL_FILE = re.compile(FILE_PATTERN + r"\.sql$")
SQL_FIELD = Field(
    min_length=1,
    max_length=100_000,
    description="The SQL, or the path of a `.sql` file beside the manifest.",
    examples=["select count(*) > 0 from delays", "sql/delays.sql"],
)
PARAMETERS_FIELD = Field(
    default=None,
    max_length=50,
    description="Values that the database driver puts in: `%(day)s` in the SQL for `day` here, and "
    "`%%` for a percent sign. Safer than Jinja for anything a person typed.",
    examples=[{"day": "{{ ds }}"}],
)
Parameters = dict[Identifier, PlainValue]


def looks_like_file(sql: str) -> bool:
    """Whether a `sql` field means a file: one word that ends with `.sql`."""
    return sql.endswith(".sql") and not re.search(r"\s", sql)


def is_file_path(sql: str) -> bool:
    """Whether it is also a path that may be used."""
    return _SQL_FILE.fullmatch(sql) is not None


def sql_or_file(sql: str, rendering: Rendering) -> str | Code:
    """What Airflow gets for a `sql` field: the text, or what reads it from the DAG's files."""
    if looks_like_file(sql):
        return rendering.text_of(sql)
    return unlike_file(sql, SQL_ENDINGS)


class SqlTask(ManagedOperator):
    """What all have that run one text of SQL at one connection."""

    category: ClassVar[str] = "SQL"
    templated: ClassVar[tuple[str, ...]] = ("sql", "parameters")
    file_fields: ClassVar[tuple[str, ...]] = ("sql",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {"sql": SqlUse()}
    mappable: ClassVar[Mapping[str, str]] = {"sql": "sql", "parameters": "parameters"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("parameters",))

    connection: Connection
    sql: str = SQL_FIELD
    parameters: Parameters | None = PARAMETERS_FIELD

    def files(self) -> tuple[str, ...]:
        return (self.sql,) if looks_like_file(self.sql) else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def _common(self, rendering: Rendering) -> dict[str, Any]:
        return {
            "conn_id": rendering.team.conn_id(self.connection),
            "sql": sql_or_file(self.sql, rendering),
            **given(parameters=self.parameters),
        }


class SqlQuery(SqlTask):
    """Runs one query and keeps its first rows for messages and cards."""

    title: ClassVar[str] = "SQL query"
    summary: ClassVar[str] = "Run one SELECT and keep its first rows."
    docs: ClassVar[str] = (
        "Runs one SELECT in a database. The first rows go to XCom as "
        '{"columns": […], "rows": [[…]], "total": n}; a pii DAG keeps no rows.'
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLExecuteQueryOperator",)
    has_rows: ClassVar[bool] = True
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "warehouse", "sql": "select carrier, delay from delays order by delay desc"},
        {
            "connection": "warehouse",
            "sql": "select count(*) from delays where day = %(day)s",
            "parameters": {"day": "{{ ds }}"},
            "max_rows": 1,
        },
    )

    operator: Literal["sql_query@1"]
    max_rows: int = Field(
        default=10, ge=1, le=100, description="How many of the first rows are kept."
    )

    def call(self, rendering: Rendering) -> Call:
        rows = 0 if rendering.pii else self.max_rows
        arguments = {**self._common(rendering), "handler": Invoke("first_rows", (rows,))}
        return Call(SQL_MODULE, "SQLExecuteQueryOperator", arguments, helpers=("first_rows",))


class SqlCheck(SqlTask):
    """Fails when any value of the first row is false, zero or empty."""

    title: ClassVar[str] = "SQL check"
    summary: ClassVar[str] = "Fail unless every value of the first row is true."
    docs: ClassVar[str] = (
        "Runs one SELECT and fails if it returns no row, or if a value of the first row is false, "
        "zero, empty or null. Airflow logs that row; with pii it may hold only comparisons."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLCheckOperator",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {"sql": SqlUse(shows_row=True)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "warehouse", "sql": "select count(*) > 0 from delays"},
    )

    operator: Literal["sql_check@1"]

    def call(self, rendering: Rendering) -> Call:
        return Call(SQL_MODULE, "SQLCheckOperator", self._common(rendering))


class SqlExecute(SqlTask):
    """Statements that write: fill a table, refresh a view, merge what is new."""

    title: ClassVar[str] = "SQL statements"
    summary: ClassVar[str] = "Run statements that write: insert, merge, create table as."
    docs: ClassVar[str] = (
        "Runs one statement or several, separated by semicolons, for example to refresh a table. "
        "All of them are one transaction unless `transaction` is false; nothing is returned."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLExecuteQueryOperator",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {"sql": SqlUse(writes=True, several=True)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "warehouse",
            "sql": "delete from daily where day = '{{ ds }}';\n"
            "insert into daily select * from staging where day = '{{ ds }}';",
        },
    )

    operator: Literal["sql_execute@1"]
    transaction: bool = Field(
        default=True,
        description="Whether all statements count, or none. Some, such as vacuum, need false.",
    )

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            **self._common(rendering),
            "handler": None,
            "split_statements": True,
            **({} if self.transaction else {"autocommit": True}),
        }
        return Call(SQL_MODULE, "SQLExecuteQueryOperator", arguments)
