"""Checks of a table's content, as data: what columns may hold, what must be true of all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Shape
from airdesk_render.operators.base import (
    Call,
    Connection,
    ManagedOperator,
    Place,
    Rendering,
    SqlUse,
    given,
)
from airdesk_render.operators.sql import SQL_MODULE
from airdesk_render.operators.words import Identifier, Table

Bound = int | float | str
_CONDITION = SqlUse(condition=True)
_WHERE = Field(
    default=None,
    min_length=1,
    max_length=2_000,
    description="Look only at rows for which this is true: what would follow WHERE.",
    examples=["day = '{{ ds }}'"],
)


class Comparison(Shape):
    """What the result of a check must be."""

    equal_to: Bound | None = Field(default=None, description="Exactly this.")
    greater_than: Bound | None = Field(default=None, description="More than this.")
    geq_to: Bound | None = Field(default=None, description="This or more.")
    less_than: Bound | None = Field(default=None, description="Less than this.")
    leq_to: Bound | None = Field(default=None, description="This or less.")
    tolerance: float | None = Field(
        default=None, ge=0, le=10, description="Share by which it may be off: 0.1 for 10 %."
    )
    where: str | None = _WHERE

    @model_validator(mode="after")
    def _fits(self) -> Comparison:
        lower = [one for one in (self.greater_than, self.geq_to) if one is not None]
        upper = [one for one in (self.less_than, self.leq_to) if one is not None]
        exact = self.equal_to is not None
        if not (lower or upper or exact):
            raise PydanticCustomError(
                "comparison_none", "Say what it must be: equal_to, greater_than, less_than …"
            )
        if len(lower) > 1 or len(upper) > 1 or (exact and (lower or upper)):
            raise PydanticCustomError(
                "comparison_many", "Give equal_to, or at most one lower and one upper bound."
            )
        self._check_order(lower, upper)
        return self

    def _check_order(self, lower: list[Bound], upper: list[Bound]) -> None:
        bounds = [*lower, *upper]
        if len(bounds) < 2:
            return
        low, high = bounds
        if isinstance(low, str) or isinstance(high, str):
            in_order = isinstance(low, str) and isinstance(high, str) and low <= high
        else:
            both_included = self.geq_to is not None and self.leq_to is not None
            in_order = low < high or (low == high and both_included)
        if not in_order:
            raise PydanticCustomError("comparison_order", "The lower bound lies above the upper.")

    def airflow(self) -> dict[str, Any]:
        """In the words of Airflow's operator."""
        bounds = self.model_dump(exclude_none=True, exclude={"where"})
        return {**bounds, **given(partition_clause=self.where)}


class ColumnChecks(Shape):
    """Checks of one column."""

    null_check: Comparison | None = Field(default=None, description="How many values are missing.")
    unique_check: Comparison | None = Field(
        default=None, description="How many values there are that occurred before."
    )
    distinct_check: Comparison | None = Field(default=None, description="How many values differ.")
    min: Comparison | None = Field(default=None, description="The smallest value.")
    max: Comparison | None = Field(default=None, description="The largest value.")

    @model_validator(mode="after")
    def _some(self) -> ColumnChecks:
        if not self.given():
            raise PydanticCustomError(
                "column_unchecked", "Say what to check: null_check, unique_check, min, max …"
            )
        return self

    def given(self) -> dict[str, Comparison]:
        return {name: one for name in type(self).model_fields if (one := getattr(self, name))}


class TableCheck(Shape):
    """Something that must be true of the table."""

    check: str = Field(
        min_length=1,
        max_length=2_000,
        description="A condition over all rows, or one that holds for each of them.",
        examples=["count(*) > 1000", "amount >= 0"],
    )
    where: str | None = _WHERE


class SqlQuality(ManagedOperator):
    """Checks of columns, or of a whole table."""

    title: ClassVar[str] = "Data quality"
    summary: ClassVar[str] = (
        "Check a table: missing, double and odd values, or your own conditions."
    )
    docs: ClassVar[str] = (
        "Gives `columns` with the checks of each (null_check, unique_check, distinct_check, min, "
        "max), or `checks` with conditions about the table. All are looked at in one query, and "
        "the task fails with those that do not hold. With pii, min and max are refused: Airflow "
        "logs the values."
    )
    category: ClassVar[str] = "SQL"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        f"{SQL_MODULE}.SQLColumnCheckOperator",
        f"{SQL_MODULE}.SQLTableCheckOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("where", "columns", "checks")
    mappable: ClassVar[Mapping[str, str]] = {"table": "table"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "warehouse",
            "table": "sales.orders",
            "columns": {
                "order_id": {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}},
                "amount": {"min": {"geq_to": 0}, "max": {"less_than": 1000000}},
            },
        },
        {
            "connection": "warehouse",
            "table": "sales.orders",
            "where": "day = '{{ ds }}'",
            "checks": {
                "enough": {"check": "count(*) >= 1000"},
                "paid": {"check": "amount > 0", "where": "state = 'paid'"},
            },
        },
    )

    operator: Literal["sql_quality@1"]
    connection: Connection
    table: Table
    where: str | None = _WHERE
    columns: dict[Identifier, ColumnChecks] | None = Field(
        default=None, min_length=1, max_length=100, description="Checks by column."
    )
    checks: dict[Identifier, TableCheck] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Conditions about the table by name.",
    )

    @model_validator(mode="after")
    def _one_of(self) -> SqlQuality:
        if (self.columns is None) == (self.checks is None):
            raise PydanticCustomError("one_of", "Give either columns or checks, and not both.")
        return self

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def sql_texts(self) -> Iterator[tuple[Place, str, SqlUse]]:
        if self.where is not None:
            yield ("where",), self.where, _CONDITION
        for column, checks in (self.columns or {}).items():
            for kind, one in checks.given().items():
                if one.where is not None:
                    yield ("columns", column, kind, "where"), one.where, _CONDITION
        for name, check in (self.checks or {}).items():
            yield ("checks", name, "check"), check.check, _CONDITION
            if check.where is not None:
                yield ("checks", name, "where"), check.where, _CONDITION

    def leaks(self) -> Mapping[str, str]:
        shown = any(one.min or one.max for one in (self.columns or {}).values())
        why = "Airflow logs the smallest and largest values. With pii compare them in a sql_check."
        return {"columns": why} if shown else {}

    def call(self, rendering: Rendering) -> Call:
        arguments: dict[str, Any] = {
            "conn_id": rendering.team.conn_id(self.connection),
            "table": self.table,
            **given(partition_clause=self.where),
        }
        if self.columns is not None:
            arguments["column_mapping"] = {
                column: {kind: one.airflow() for kind, one in checks.given().items()}
                for column, checks in self.columns.items()
            }
            return Call(SQL_MODULE, "SQLColumnCheckOperator", arguments)
        arguments["checks"] = {
            name: {"check_statement": one.check, **given(partition_clause=one.where)}
            for name, one in (self.checks or {}).items()
        }
        return Call(SQL_MODULE, "SQLTableCheckOperator", arguments)
