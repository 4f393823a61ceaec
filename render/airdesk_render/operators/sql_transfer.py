"""Rows from one database into a table of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.operators.base import (
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    SqlUse,
    given,
)
from airdesk_render.operators.sql import SQL_FIELD, looks_like_file, sql_or_file
from airdesk_render.operators.words import Identifier, Table


class SqlTransfer(ManagedOperator):
    """Copies what a query gives into a table behind another connection."""

    title: ClassVar[str] = "SQL transfer"
    summary: ClassVar[str] = "Copy a query's rows into a table of another database."
    docs: ClassVar[str] = (
        "Runs one SELECT at `connection` and inserts its rows into `table` at `to_connection`. "
        "`before` runs there first, for example to delete what a run before it left. With "
        "`merge_on` rows that exist are replaced. The rows pass through the worker, so large "
        "results need `batch_rows`, and an ORDER BY in the query. No row reaches XCom or a log."
    )
    category: ClassVar[str] = "SQL"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.common.sql.operators.generic_transfer.GenericTransfer",
    )
    templated: ClassVar[tuple[str, ...]] = ("sql", "before")
    file_fields: ClassVar[tuple[str, ...]] = ("sql", "before")
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {
        "sql": SqlUse(),
        "before": SqlUse(connection="to_connection", writes=True),
    }
    mappable: ClassVar[Mapping[str, str]] = {"sql": "sql", "table": "destination_table"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "crm",
            "to_connection": "warehouse",
            "sql": "select id, region, day from customers where day = '{{ ds }}' order by id",
            "table": "staging.customers",
            "before": "delete from staging.customers where day = '{{ ds }}'",
            "batch_rows": 5000,
        },
        {
            "connection": "crm",
            "to_connection": "warehouse",
            "sql": "sql/customers.sql",
            "table": "customers",
            "columns": ["id", "region"],
            "merge_on": ["id"],
        },
    )

    operator: Literal["sql_transfer@1"]
    connection: Connection
    sql: str = SQL_FIELD
    to_connection: Connection
    table: Table
    before: str | None = Field(
        default=None,
        min_length=1,
        max_length=100_000,
        description="A statement that runs at `to_connection` first; SQL, or a `.sql` file.",
    )
    columns: tuple[Identifier, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        strict=False,
        description="Columns of the table in the order of the query; all of them if not given.",
    )
    merge_on: tuple[Identifier, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        strict=False,
        description="Columns that tell rows apart: those that exist are replaced. Needs columns.",
    )
    batch_rows: int | None = Field(
        default=None,
        ge=100,
        le=1_000_000,
        description="Fetch and insert so many rows at a time, by LIMIT and OFFSET.",
    )

    @model_validator(mode="after")
    def _merge(self) -> SqlTransfer:
        if self.merge_on is not None and self.columns is None:
            raise PydanticCustomError("merge_needs_columns", "merge_on needs columns as well.")
        if self.merge_on is not None and not {*self.merge_on} <= {*(self.columns or ())}:
            raise PydanticCustomError(
                "merge_outside_columns", "Every column of merge_on must be one of columns."
            )
        return self

    def files(self) -> tuple[str, ...]:
        return tuple(one for one in (self.sql, self.before or "") if looks_like_file(one))

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection, self.to_connection)

    def call(self, rendering: Rendering) -> Call:
        insert: dict[str, Any] = {"commit_every": 1_000}
        if self.columns is not None:
            insert["target_fields"] = list(self.columns)
        if self.merge_on is not None:
            insert |= {"replace": True, "replace_index": list(self.merge_on)}
        before = None if self.before is None else sql_or_file(self.before, rendering)
        return Call(
            module="airflow.providers.common.sql.operators.generic_transfer",
            name="GenericTransfer",
            arguments={
                "source_conn_id": rendering.team.conn_id(self.connection),
                "destination_conn_id": rendering.team.conn_id(self.to_connection),
                "sql": sql_or_file(self.sql, rendering),
                "destination_table": self.table,
                **given(preoperator=before, page_size=self.batch_rows),
                "insert_args": insert,
                "deferrable": False,
            },
        )
