"""From plain data to a manifest, with all that is wrong about its shape at once.

The catalogue says which class a task is of. Head, tasks and groups are validated one by one, so
that a fault in one of them hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from airdesk_render.catalogue import Catalogue
from airdesk_render.document import Path
from airdesk_render.language.group import MAX_GROUP_DEPTH, Node, TaskGroup
from airdesk_render.manifest import Manifest
from airdesk_render.mapping import parse_mapped
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.shape_errors import MOST_ERRORS, ShapeError, errors_of


@dataclass(frozen=True)
class Parsed:
    """A manifest, or what keeps the data from being one.

    Attributes:
        errors: in no particular order; empty exactly if there is a manifest.
    """

    manifest: Manifest | None
    errors: tuple[ShapeError, ...]


def parse_manifest(data: Mapping[str, Any], catalogue: Catalogue) -> Parsed:
    """Parse a manifest's plain data, in which defaults have been filled in already."""
    parser = _Parser(catalogue)
    tasks = parser.tasks(data.get("tasks"), ("tasks",), 0)
    manifest = parser.shape(Manifest, {**data, "tasks": tasks} if "tasks" in data else data, data)
    if parser.errors or not isinstance(manifest, Manifest):
        return Parsed(None, tuple(parser.errors))
    return Parsed(manifest, ())


_STAND_IN = ManagedOperator.model_construct(operator="stand_in@1")
"""In the place of a task that is wrong, while what is around it is looked at."""


class _Parser:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.errors: list[ShapeError] = []

    def shape(
        self, shape: type[BaseModel], data: Mapping[str, Any], raw: object, path: Path = ()
    ) -> BaseModel | None:
        """Validate one mapping; `raw` is what a person wrote there."""
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            self.errors += errors_of(error, raw, path)
            return None

    def tasks(self, raw: object, path: Path, depth: int) -> object:
        """Each entry as a task or group; what is no mapping stays, for the one above to refuse."""
        if not isinstance(raw, Mapping):
            return raw
        return {name: self._entry(value, (*path, name), depth) for name, value in raw.items()}

    def _entry(self, raw: object, path: Path, depth: int) -> Node:
        if len(self.errors) >= MOST_ERRORS:
            return _STAND_IN
        if not isinstance(raw, Mapping):
            self._refuse(path, "dict_type", "not a mapping", raw)
        elif "tasks" in raw and "operator" not in raw:
            return self._group(raw, path, depth + 1)
        elif "tasks" in raw:
            message = "Give either operator (a task) or tasks (a group of them), and not both."
            self._refuse(path, "one_of", message, raw)
        else:
            return self._task(raw, path) or _STAND_IN
        return _STAND_IN

    def _group(self, raw: Mapping[str, Any], path: Path, depth: int) -> Node:
        if depth > MAX_GROUP_DEPTH:
            message = f"Groups nest {MAX_GROUP_DEPTH} deep at most."
            self._refuse(path, "group_depth", message, raw, of_key=True)
            return _STAND_IN
        tasks = self.tasks(raw["tasks"], (*path, "tasks"), depth)
        group = self.shape(TaskGroup, {**raw, "tasks": tasks}, raw, path)
        return group if isinstance(group, TaskGroup) else _STAND_IN

    def _task(self, raw: Mapping[str, Any], path: Path) -> ManagedOperator | None:
        key = raw.get("operator")
        operator = self.catalogue.operators.get(key) if isinstance(key, str) else None
        if operator is None:
            self._unknown(raw, path)
            return None
        if "expand" in raw:
            task, wrong = parse_mapped(operator, raw, path)
            self.errors += wrong
            return task
        try:
            return operator.model_validate(raw)
        except ValidationError as error:
            self.errors += errors_of(error, raw, path)
            return None

    def _unknown(self, raw: Mapping[str, Any], path: Path) -> None:
        at = (*path, "operator")
        known = tuple(self.catalogue.operators)
        if "operator" not in raw:
            self._refuse(at, "operator_missing", "no operator", raw, of_key=True, known=known)
        else:
            self._refuse(at, "operator_unknown", "no such operator", raw["operator"], known=known)

    def _refuse(
        self,
        path: Path,
        kind: str,
        message: str,
        value: object,
        *,
        of_key: bool = False,
        known: tuple[str, ...] = (),
    ) -> None:
        self.errors.append(ShapeError(path, kind, message, value, {}, of_key, known))
