"""Which way a DAG goes: by conditions that are data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.expressions import Code
from airdesk_render.language.base import Shape
from airdesk_render.operators.base import Call, ManagedOperator, Rendering, TaskReference
from airdesk_render.operators.words import PlainValue

_PYTHON = "airflow.providers.standard.operators.python"
Bound = int | float | str
Choices = Annotated[tuple[PlainValue, ...], Strict(False)]
COMPARISONS = (
    *("equals", "not_equals", "in", "not_in"),
    *("greater_than", "at_least", "less_than", "at_most", "is_empty"),
)


class Condition(Shape):
    """A value and what it is compared with. Several comparisons must all hold."""

    value: PlainValue = Field(
        default=None,
        description="A text, mostly Jinja, or a number.",
        examples=["{{ params.mode }}", "{{ data_interval_end.day }}"],
    )
    rows_from: TaskReference | None = Field(
        default=None,
        description="In place of `value`: a task with rows, such as sql_query. The number of its "
        "rows is compared, or a value of the first row with `column`.",
    )
    column: str | None = Field(
        default=None, min_length=1, max_length=100, description="A column of the rows."
    )
    equals: PlainValue = Field(default=None, description="The same; numbers as numbers.")
    not_equals: PlainValue = Field(default=None, description="Something else.")
    in_: Choices | None = Field(
        default=None, alias="in", min_length=1, max_length=100, description="One of these."
    )
    not_in: Choices | None = Field(
        default=None, min_length=1, max_length=100, description="None of these."
    )
    greater_than: Bound | None = Field(default=None, description="More than this.")
    at_least: Bound | None = Field(default=None, description="This or more.")
    less_than: Bound | None = Field(default=None, description="Less than this.")
    at_most: Bound | None = Field(default=None, description="This or less.")
    is_empty: bool | None = Field(
        default=None, description="Whether there is nothing: no text, no rows, null."
    )

    @model_validator(mode="after")
    def _fits(self) -> Condition:
        known = self.model_fields_set
        if ("value" in known) == ("rows_from" in known):
            raise PydanticCustomError("one_of", "Give either value or rows_from, and not both.")
        if self.column is not None and self.rows_from is None:
            raise PydanticCustomError("column_alone", "column goes with rows_from.")
        if not self.comparisons():
            raise PydanticCustomError(
                "condition_open", "Say what it is compared with: equals, in, greater_than …"
            )
        return self

    def comparisons(self) -> dict[str, Any]:
        """Comparison to what it compares with, as written."""
        written = self.model_dump(by_alias=True, exclude_unset=True)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in written.items()
            if name in COMPARISONS
        }

    def plain(self, rendering: Rendering) -> dict[str, Any]:
        """As the rendered file holds it."""
        if self.rows_from is None:
            return {"value": self.value, **self.comparisons()}
        column = {"column": self.column} if self.column else {}
        return {"rows_from": rendering.task_id(self.rows_from), **column, **self.comparisons()}


class Case(Condition):
    """A condition, and where to go if it holds."""

    then: tuple[TaskReference, ...] = Field(
        min_length=1, max_length=50, strict=False, description="Tasks right after this one."
    )


def _sources(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    return tuple(one.rows_from for one in conditions if one.rows_from is not None)


_SHOWN = "A column's value is a row's content. With pii compare the number of rows instead."


class Branch(ManagedOperator):
    """Goes the way of the first case that holds."""

    title: ClassVar[str] = "Branch"
    summary: ClassVar[str] = "Go one way or another by a condition."
    docs: ClassVar[str] = (
        "Looks at `cases` from the first to the last and follows the first that holds; with "
        "`every` all that hold. If none does, it goes to `otherwise`. The tasks named must have "
        "this task as their upstream; those not chosen are skipped. A task where ways meet again "
        "needs `trigger_rule: none_failed_min_one_success`."
    )
    category: ClassVar[str] = "Flow"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{_PYTHON}.BranchPythonOperator",)
    templated: ClassVar[tuple[str, ...]] = ("cases",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "cases": [{"value": "{{ params.mode }}", "equals": "full", "then": ["reload"]}],
            "otherwise": ["append"],
        },
        {
            "cases": [
                {"rows_from": "count", "column": "orders", "at_least": 1000, "then": ["large"]},
                {"rows_from": "count", "column": "orders", "greater_than": 0, "then": ["small"]},
            ],
        },
    )

    operator: Literal["branch@1"]
    cases: tuple[Case, ...] = Field(
        min_length=1, max_length=30, strict=False, description="Conditions, and where they lead."
    )
    otherwise: tuple[TaskReference, ...] = Field(
        default=(), max_length=50, strict=False, description="Where to go if no case holds."
    )
    every: bool = Field(
        default=False, description="Whether all cases that hold are followed, not the first alone."
    )

    def task_references(self) -> Mapping[str, tuple[str, ...]]:
        ways = tuple(name for case in self.cases for name in case.then)
        named = {"rows_from": _sources(self.cases), "cases": ways, "otherwise": self.otherwise}
        return {field: tuple(dict.fromkeys(names)) for field, names in named.items() if names}

    def leaks(self) -> Mapping[str, str]:
        return {"cases": _SHOWN} if any(case.column for case in self.cases) else {}

    def call(self, rendering: Rendering) -> Call:
        def ways(names: tuple[str, ...]) -> list[str]:
            return [task for name in names for task in rendering.first_tasks(name)]

        cases = [{**case.plain(rendering), "then": ways(case.then)} for case in self.cases]
        return Call(
            module=_PYTHON,
            name="BranchPythonOperator",
            arguments={
                "python_callable": Code("choose_ways"),
                "op_args": [cases, ways(self.otherwise), self.every],
            },
            helpers=("choose_ways", "holds"),
        )


class ShortCircuit(ManagedOperator):
    """Goes on only if all conditions hold."""

    title: ClassVar[str] = "Short circuit"
    summary: ClassVar[str] = "Go on only if a condition holds; skip the rest otherwise."
    docs: ClassVar[str] = (
        "Looks at all `conditions`. If one does not hold, everything after this task is skipped; "
        "with `only_next` just the tasks right after it, and the trigger rules of those further "
        "on decide."
    )
    category: ClassVar[str] = "Flow"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{_PYTHON}.ShortCircuitOperator",)
    templated: ClassVar[tuple[str, ...]] = ("conditions",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"conditions": [{"rows_from": "new_orders", "greater_than": 0}]},
        {"conditions": [{"value": "{{ data_interval_end.day }}", "in": [1, 15]}]},
    )

    operator: Literal["short_circuit@1"]
    conditions: tuple[Condition, ...] = Field(
        min_length=1, max_length=30, strict=False, description="What must all hold."
    )
    only_next: bool = Field(
        default=False, description="Whether just the tasks right after it are skipped."
    )

    def task_references(self) -> Mapping[str, tuple[str, ...]]:
        sources = tuple(dict.fromkeys(_sources(self.conditions)))
        return {"rows_from": sources} if sources else {}

    def leaks(self) -> Mapping[str, str]:
        return {"conditions": _SHOWN} if any(one.column for one in self.conditions) else {}

    def call(self, rendering: Rendering) -> Call:
        return Call(
            module=_PYTHON,
            name="ShortCircuitOperator",
            arguments={
                "python_callable": Code("all_hold"),
                "op_args": [[one.plain(rendering) for one in self.conditions]],
                **({"ignore_downstream_trigger_rules": False} if self.only_next else {}),
            },
            helpers=("all_hold", "holds"),
        )


class Empty(ManagedOperator):
    """Does nothing."""

    title: ClassVar[str] = "Empty"
    summary: ClassVar[str] = "Do nothing: a place where ways meet."
    docs: ClassVar[str] = (
        "Does nothing and takes no worker. Useful as a start or an end for many tasks, or where "
        "ways meet."
    )
    category: ClassVar[str] = "Flow"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.operators.empty.EmptyOperator",
    )
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ({},)

    operator: Literal["empty@1"]

    def call(self, rendering: Rendering) -> Call:
        return Call("airflow.providers.standard.operators.empty", "EmptyOperator", {})
