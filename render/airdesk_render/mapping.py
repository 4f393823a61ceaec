"""Tasks that run once per value: `expand` with lists, or with another task's output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from airdesk_render.document import Path
from airdesk_render.language.task import FromTask, TaskCommon
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.shape_errors import ShapeError, errors_of

MOST_VALUES = 1_000
"""Values of one field; Airflow itself refuses more than 1,024 instances of a task."""
_NEVER = frozenset((*TaskCommon.model_fields, "operator"))


def copies_of(task: ManagedOperator) -> Iterator[tuple[str, int, ManagedOperator]]:
    """The task once per listed value of each mapped field: field, index, task with that value."""
    for field, values in task.expand.items():
        if isinstance(values, FromTask):
            continue
        listed = isinstance(getattr(task, field), tuple)
        for index, value in enumerate(values):
            one = tuple(value) if listed and isinstance(value, list) else value
            yield field, index, task.model_copy(update={field: one})


def parse_mapped(
    operator: type[ManagedOperator], raw: Mapping[str, Any], path: Path
) -> tuple[ManagedOperator | None, list[ShapeError]]:
    """A task with `expand`, as its first values make it, and everything wrong with any value.

    A mapped field counts as given; in the task's `model_fields_set` it does not appear.
    """
    expand = raw["expand"]
    if not isinstance(expand, Mapping):
        return None, [
            ShapeError(
                (*path, "expand"),
                "expand_shape",
                "Write what to map over: expand: {field: [one, two]}, or {field: {from: task}}.",
                expand,
            )
        ]
    mapped = _Mapped(operator, raw, path)
    for field, values in expand.items():
        mapped.take(str(field), values)
    return mapped.result()


class _Mapped:
    """One task under way: the fields that are mapped, and what is wrong so far."""

    def __init__(self, operator: type[ManagedOperator], raw: Mapping[str, Any], path: Path) -> None:
        self.operator = operator
        self.path = path
        self.given = {key: value for key, value in raw.items() if key != "expand"}
        self.first: dict[str, Any] = {}
        self.lists: dict[str, list[Any] | tuple[Any, ...]] = {}
        self.expand: dict[str, Any] = {}
        self.errors: list[ShapeError] = []

    def take(self, field: str, values: object) -> None:
        """One entry of `expand`."""
        if not self._may_be_mapped(field):
            return
        if field in self.given:
            self._refuse(field, "expand_twice", f"{field!r} is given for all and mapped as well.")
            del self.given[field]
        if isinstance(values, list | tuple):
            self._take_list(field, values)
        elif isinstance(values, Mapping):
            self._take_output(field, values)
        else:
            self.first[field] = _stand_in(self.operator, field)
            message = f"Give a list of values for {field!r}, or {{from: task}}."
            self._refuse(field, "expand_shape", message, values)

    def _may_be_mapped(self, field: str) -> bool:
        known = tuple(self.operator.mappable)
        if field in known:
            return True
        if field in self.operator.model_fields and field not in _NEVER:
            # Counts as given all the same, so that it is not said to be missing too.
            self.first[field] = _stand_in(self.operator, field)
            kind, what = "expand_not_mappable", f"{field!r} of {self.operator.key()} stays the same"
        else:
            kind, what = "expand_unknown", f"{self.operator.key()} has no field {field!r} to map"
        can = (
            f"Can be mapped: {', '.join(known)}." if known else "None of its fields can be mapped."
        )
        self._refuse(field, kind, f"{what}. {can}", known=known)
        return False

    def _take_list(self, field: str, values: list[Any] | tuple[Any, ...]) -> None:
        if not values:
            self._refuse(field, "expand_empty", f"The list of {field!r} holds no value.", values)
        elif len(values) > MOST_VALUES:
            message = f"A list to map over may hold {MOST_VALUES} values."
            self._refuse(field, "expand_long", message, values)
        else:
            self.lists[field] = values
            self.first[field] = values[0]
            self.expand[field] = tuple(values)
            return
        self.first[field] = _stand_in(self.operator, field)

    def _take_output(self, field: str, values: Mapping[str, Any]) -> None:
        self.first[field] = _stand_in(self.operator, field)
        if field not in self.operator.mappable_at_run:
            can = ", ".join(sorted(self.operator.mappable_at_run)) or "no field"
            self._refuse(
                field,
                "expand_not_at_run",
                f"{field!r} must be known when the DAG is checked: give a list. "
                f"From another task's output this operator takes {can}.",
                values,
            )
            return
        try:
            self.expand[field] = FromTask.model_validate(values)
        except ValidationError as error:
            self.errors += errors_of(error, values, (*self.path, "expand", field))

    def result(self) -> tuple[ManagedOperator | None, list[ShapeError]]:
        task, wrong = self._validate(self.first, self.expand)
        whole = {one.kind for one in wrong if one.path == ()}
        for one in wrong:
            field = one.path[0] if one.path else None
            if field in self.lists:
                self._add(one, ("expand", field, 0, *one.path[1:]))
            elif field not in self.first:
                self._add(one, one.path)
        for field, values in self.lists.items():
            for index, value in enumerate(values[1:], start=1):
                _, wrong = self._validate({**self.first, field: value}, {})
                for one in wrong:
                    if one.path[:1] == (field,) or (one.path == () and one.kind not in whole):
                        self._add(one, ("expand", field, index, *one.path[1:]))
        if task is None or self.errors:
            return None, self.errors
        task.__pydantic_fields_set__.difference_update(self.first)
        return task, []

    def _validate(
        self, values: Mapping[str, Any], expand: Mapping[str, Any]
    ) -> tuple[ManagedOperator | None, list[ShapeError]]:
        data = {**self.given, **values, "expand": expand}
        try:
            return self.operator.model_validate(data), []
        except ValidationError as error:
            return None, errors_of(error, data)

    def _add(self, one: ShapeError, path: Path) -> None:
        self.errors.append(
            ShapeError(
                (*self.path, *path), one.kind, one.message, one.value, one.context, one.of_key
            )
        )

    def _refuse(
        self,
        field: str,
        kind: str,
        message: str,
        value: object = None,
        known: tuple[str, ...] = (),
    ) -> None:
        path = (*self.path, "expand", field)
        of_key = kind not in ("expand_shape", "expand_empty", "expand_long", "expand_not_at_run")
        self.errors.append(ShapeError(path, kind, message, value, {}, of_key, known))


@lru_cache(maxsize=512)
def _stand_in(operator: type[ManagedOperator], field: str) -> Any:
    """A value that this field would take, for as long as the true one is not known."""
    info = operator.model_fields[field]
    candidates = [*(info.examples or ()), "x", {}, [], 1, True, "a.sql", "#a", "1h"]
    for candidate in candidates:
        try:
            operator.model_validate({"operator": operator.key(), field: candidate})
        except ValidationError as error:
            if any(detail["loc"][:1] == (field,) for detail in error.errors()):
                continue
        return candidate
    return None
