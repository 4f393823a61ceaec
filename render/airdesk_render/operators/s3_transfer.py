"""Between S3 and databases or HTTP services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.expressions import Invoke
from airdesk_render.operators.base import (
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    SqlUse,
    given,
)
from airdesk_render.operators.http_request import EXTRA_OPTIONS, Endpoint
from airdesk_render.operators.sql import (
    PARAMETERS_FIELD,
    SQL_FIELD,
    Parameters,
    looks_like_file,
    sql_or_file,
)
from airdesk_render.operators.words import Bucket, Identifier, ObjectKey, Table

TRANSFERS = "airflow.providers.amazon.aws.transfers"
_S3_CONNECTION = "Name of the connection to S3."
_REPLACE = Field(default=False, description="Whether an object that exists is replaced.")


class SqlToS3(ManagedOperator):
    """A query's rows as an object."""

    title: ClassVar[str] = "SQL to S3"
    summary: ClassVar[str] = "Write a query's rows to a bucket as CSV, JSON or Parquet."
    docs: ClassVar[str] = (
        "Runs one SELECT and writes all its rows to one object. They pass through the worker's "
        "memory, so keep results below some hundred thousand rows."
    )
    category: ClassVar[str] = "Files"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{TRANSFERS}.sql_to_s3.SqlToS3Operator",)
    templated: ClassVar[tuple[str, ...]] = ("sql", "object_key")
    file_fields: ClassVar[tuple[str, ...]] = ("sql",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {"sql": SqlUse()}
    mappable: ClassVar[Mapping[str, str]] = {"sql": "query", "object_key": "s3_key"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "warehouse",
            "sql": "select * from orders where day = '{{ ds }}'",
            "s3_connection": "lake",
            "bucket": "growth-exports",
            "object_key": "orders/{{ ds }}.parquet",
            "format": "parquet",
            "replace": True,
        },
    )

    operator: Literal["sql_to_s3@1"]
    connection: Connection
    sql: str = SQL_FIELD
    parameters: Parameters | None = PARAMETERS_FIELD
    s3_connection: Connection = Field(description=_S3_CONNECTION)
    bucket: Bucket
    object_key: ObjectKey
    format: Literal["csv", "json", "parquet"] = Field(
        default="csv", description="How it is laid out."
    )
    replace: bool = _REPLACE

    def files(self) -> tuple[str, ...]:
        return (self.sql,) if looks_like_file(self.sql) else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection, self.s3_connection)

    def call(self, rendering: Rendering) -> Call:
        layout = {"csv": {"index": False}, "json": {"orient": "records", "lines": True}}
        arguments = {
            "sql_conn_id": rendering.team.conn_id(self.connection),
            "query": sql_or_file(self.sql, rendering),
            **given(parameters=self.parameters),
            "aws_conn_id": rendering.team.conn_id(self.s3_connection),
            "s3_bucket": self.bucket,
            "s3_key": self.object_key,
            "file_format": self.format,
            **given(df_kwargs=layout.get(self.format)),
            "replace": self.replace,
        }
        return Call(f"{TRANSFERS}.sql_to_s3", "SqlToS3Operator", arguments)


class HttpToS3(ManagedOperator):
    """A service's answer as an object."""

    title: ClassVar[str] = "HTTP to S3"
    summary: ClassVar[str] = "Store what an HTTP service answers in a bucket."
    docs: ClassVar[str] = (
        "Sends one GET to the service of a connection and writes the answer to an object as it "
        "came. Redirects are not followed, so that the credentials stay with their host."
    )
    category: ClassVar[str] = "Files"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{TRANSFERS}.http_to_s3.HttpToS3Operator",)
    templated: ClassVar[tuple[str, ...]] = ("endpoint", "query", "object_key")
    mappable: ClassVar[Mapping[str, str]] = {"endpoint": "endpoint", "object_key": "s3_key"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "orders_api",
            "endpoint": "v1/orders?day={{ ds }}",
            "s3_connection": "lake",
            "bucket": "growth-landing",
            "object_key": "orders/{{ ds }}.json",
        },
    )

    operator: Literal["http_to_s3@1"]
    connection: Connection
    endpoint: Endpoint
    query: dict[str, str | int | float | bool] = Field(
        default_factory=dict, max_length=50, description="Parameters of the query, by name."
    )
    s3_connection: Connection = Field(description=_S3_CONNECTION)
    bucket: Bucket
    object_key: ObjectKey
    replace: bool = _REPLACE

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection, self.s3_connection)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "http_conn_id": rendering.team.conn_id(self.connection),
            "endpoint": self.endpoint,
            "method": "GET",
            **given(data=self.query or None),
            "extra_options": dict(EXTRA_OPTIONS),
            "aws_conn_id": rendering.team.conn_id(self.s3_connection),
            "s3_bucket": self.bucket,
            "s3_key": self.object_key,
            "replace": self.replace,
        }
        return Call(f"{TRANSFERS}.http_to_s3", "HttpToS3Operator", arguments)


class S3ToSql(ManagedOperator):
    """An object's rows into a table."""

    title: ClassVar[str] = "S3 to SQL"
    summary: ClassVar[str] = "Load a CSV object into a table."
    docs: ClassVar[str] = (
        "Inserts the rows of a CSV object into `columns` of a table, in their order; with `header` "
        "the first line is passed over. An empty value becomes null. `object_key` may come from "
        "another task: `expand: {object_key: {from: list}}` loads each object that s3_list found."
    )
    category: ClassVar[str] = "Files"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{TRANSFERS}.s3_to_sql.S3ToSqlOperator",)
    templated: ClassVar[tuple[str, ...]] = ("object_key",)
    mappable: ClassVar[Mapping[str, str]] = {"object_key": "s3_key"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("object_key",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "s3_connection": "lake",
            "bucket": "growth-landing",
            "object_key": "orders/{{ ds }}.csv",
            "connection": "warehouse",
            "table": "staging.orders",
            "columns": ["order_id", "amount"],
        },
    )

    operator: Literal["s3_to_sql@1"]
    s3_connection: Connection = Field(description=_S3_CONNECTION)
    bucket: Bucket
    object_key: ObjectKey
    connection: Connection
    table: Table
    columns: tuple[Identifier, ...] = Field(
        min_length=1, max_length=200, strict=False, description="The table's columns, in order."
    )
    header: bool = Field(default=True, description="Whether the first line names the columns.")
    separator: Literal[",", ";", "|", "\t"] = Field(default=",", description="Between two values.")

    def connection_names(self) -> tuple[str, ...]:
        return (self.s3_connection, self.connection)

    def call(self, rendering: Rendering) -> Call:
        schema, _, table = self.table.rpartition(".")
        arguments = {
            "aws_conn_id": rendering.team.conn_id(self.s3_connection),
            "s3_bucket": self.bucket,
            "s3_key": self.object_key,
            "parser": Invoke("csv_rows", (self.separator, self.header)),
            "sql_conn_id": rendering.team.conn_id(self.connection),
            **given(schema=schema or None),
            "table": table,
            "column_list": list(self.columns),
        }
        return Call(f"{TRANSFERS}.s3_to_sql", "S3ToSqlOperator", arguments, helpers=("csv_rows",))
