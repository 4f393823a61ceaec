"""Dialects of SQL by the words that people use for them, and which one a task is written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.reading import read

GENERIC: Final = "generic"
"""For connections of which nothing is known: read as PostgreSQL, which takes most plain SQL."""

DIALECTS: Final[Mapping[str, str]] = {
    GENERIC: "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "hive": "hive",
    "spark": "spark",
    "trino": "trino",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "redshift": "redshift",
    "sqlite": "sqlite",
    "mssql": "tsql",
    "oracle": "oracle",
}
"""Our word to sqlglot's."""

_TITLES: Final[Mapping[str, str]] = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "hive": "Hive",
    "spark": "Spark SQL",
    "trino": "Trino",
    "snowflake": "Snowflake",
    "bigquery": "BigQuery",
    "redshift": "Redshift",
    "sqlite": "SQLite",
    "mssql": "SQL Server",
    "oracle": "Oracle",
}

_OF_OPERATORS: Final[Mapping[str, str]] = {
    "BigQueryInsertJobOperator": "bigquery",
    "HiveOperator": "hive",
    "HiveToMySqlOperator": "hive",
    "HivePartitionSensor": "hive",
    "RedshiftDataOperator": "redshift",
    "SnowflakeSqlApiOperator": "snowflake",
    "SparkSqlOperator": "spark",
}


class DialectsError(ValueError):
    """A file of dialects cannot be used; the text says where and why."""


def title_of(dialect: str) -> str:
    """How people write a dialect's name: `PostgreSQL`."""
    return _TITLES.get(dialect, dialect)


def dialect_of_operator(airflow_class: str) -> str | None:
    """The dialect of an Airflow operator that knows only one; its bare class name decides."""
    return _OF_OPERATORS.get(airflow_class.rpartition(".")[2])


def load_dialects(text: str) -> dict[str, str]:
    """Connection to dialect from YAML such as `{warehouse: postgres, risk.lake: hive}`.

    A name without a dot holds for every team's connection of that name.

    Raises:
        DialectsError: it is no YAML, no such mapping, or names a dialect that is not known.
    """
    document = read(text)
    if document.problems:
        first = document.problems[0]
        raise DialectsError(f"line {first.line}: {first.message}")
    data = document.data
    if not isinstance(data, dict):
        raise DialectsError("it must map connections to dialects, such as warehouse: postgres.")
    for connection, dialect in data.items():
        if not isinstance(dialect, str) or dialect not in DIALECTS:
            known = ", ".join(DIALECTS)
            raise DialectsError(f"{connection}: {dialect!r} is not one of {known}.")
    return {str(connection): str(dialect) for connection, dialect in data.items()}


def dialect_of(conn_id: str, dialects: Mapping[str, str]) -> str:
    """The dialect of `growth.warehouse` by its full id, else by its bare name, else generic."""
    bare = conn_id.partition(".")[2] or conn_id
    return dialects.get(conn_id) or dialects.get(bare) or GENERIC
