"""One look at a task, mapped or not: its class, what it was given, what came of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class OperatorView:
    """A task of a parsed DAG.

    Attributes:
        task: Airflow's object. operator: the class that runs.
        given: arguments of its constructor, `default_args` among them.
        mapped: argument to its values; `None` where they come from another task.
        unreadable: whether its arguments come as one from elsewhere, so that nobody can judge them.
    """

    task: Any
    operator: type
    given: Mapping[str, Any]
    mapped: Mapping[str, tuple[Any, ...] | None]
    unreadable: bool = False

    @property
    def path(self) -> str:
        """Dotted path of the class."""
        return f"{self.operator.__module__}.{self.operator.__qualname__}"

    def values(self, argument: str) -> Iterator[Any]:
        """Everything an argument is, in any of the task's instances; nothing where not given.

        An attribute that was changed after the constructor counts too.
        """
        if argument in self.mapped:
            yield from self.mapped[argument] or ()
        if argument in self.given:
            yield self.given[argument]
        if not self.mapped_over and argument in vars(self.task):
            value = vars(self.task)[argument]
            if value != self.given.get(argument, defaults_of(self.operator).get(argument)):
                yield value

    @property
    def is_sensor(self) -> bool:
        from airflow.sdk import BaseSensorOperator

        return issubclass(self.operator, BaseSensorOperator)

    @property
    def mapped_over(self) -> bool:
        return bool(self.mapped) or self.unreadable

    def ending_with(self, ending: str) -> list[str]:
        """Names of arguments and attributes with this ending, sorted."""
        own: Mapping[str, Any] = {} if self.mapped_over else vars(self.task)
        places = (own, self.given, self.mapped)
        return sorted({name for place in places for name in place if name.endswith(ending)})


def view_of(task: Any) -> OperatorView:
    """Look at a task as it is after parsing."""
    expand = getattr(task, "expand_input", None)
    if expand is None:
        given = getattr(task, "_BaseOperator__init_kwargs", {})
        return OperatorView(task, type(task), given, {})
    value = expand.value
    if not isinstance(value, dict):
        return OperatorView(task, task.operator_class, task.partial_kwargs, {}, unreadable=True)
    mapped = {
        name: tuple(values) if isinstance(values, list | tuple | dict) else None
        for name, values in value.items()
    }
    return OperatorView(task, task.operator_class, task.partial_kwargs, mapped)


@lru_cache(maxsize=256)
def defaults_of(operator: type) -> Mapping[str, Any]:
    """Defaults of a class's constructor, its parents' included."""
    found: dict[str, Any] = {}
    for one in reversed(operator.__mro__):
        if "__init__" in vars(one):
            parameters = inspect.signature(vars(one)["__init__"]).parameters.values()
            found |= {each.name: each.default for each in parameters}
    return found


def seconds(value: object) -> int | None:
    """A length of time in whole seconds, as Airflow takes it: timedelta or number."""
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return int(value) if isinstance(value, int | float) else None
