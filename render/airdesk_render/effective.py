"""A manifest with the defaults of its repository filled in, and where each value comes from.

Order, the first that says something wins: the task; the manifest's `default_args`; then folder by
folder outwards, each one's `operators` before its `default_args`; the team's file last. Lists and
plain values replace each other, mappings are filled key by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from airdesk_render.catalogue import Catalogue
from airdesk_render.defaults import Layer, layers_of
from airdesk_render.document import Document, Path
from airdesk_render.reading import read

_HEAD = (
    *("owners", "tags", "data_class", "notify", "max_active_runs", "max_active_tasks"),
    *("dagrun_timeout", "default_args"),
)


class Origin(NamedTuple):
    """Where a value was written: in the manifest, or in which file of defaults.

    Attributes:
        layer: `manifest`, `team` or `folder`. line, column: of the value, from 1.
    """

    layer: str
    file: str
    line: int
    column: int


@dataclass
class Effective:
    """A manifest's plain data after defaults.

    Attributes:
        data: what `parse_manifest` takes; not to be changed, since it may share parts with others.
        document: the manifest's own text as read.
        layers: files of defaults in effect, nearest first.
        filled: paths in `data` whose values came from a layer, with their path there.
    """

    file: str
    data: Any
    document: Document
    layers: tuple[Layer, ...] = ()
    filled: dict[Path, tuple[Layer, Path]] = field(default_factory=dict)

    def written(self, path: Path) -> tuple[Layer | None, Path]:
        """The file of defaults in which the value stands (`None`: the manifest), its path there."""
        if self.filled:
            for length in range(len(path), 0, -1):
                if (found := self.filled.get(path[:length])) is not None:
                    return found[0], (*found[1], *path[length:])
        return None, path

    def place(self, path: Path, *, of_key: bool = False) -> tuple[str, int, int]:
        """File, line and column of a value, or of its key."""
        layer, there = self.written(path)
        document = self.document if layer is None else layer.document
        return (self.file if layer is None else layer.file, *document.place(there, of_key=of_key))

    def origin(self, path: Path) -> Origin:
        """Where the value at `path` was written."""
        layer, _ = self.written(path)
        return Origin("manifest" if layer is None else layer.name, *self.place(path))

    @cached_property
    def origins(self) -> Mapping[Path, Origin]:
        """Origin of every value that is no mapping, in the order of the data."""
        return {path: self.origin(path) for path in _leaves(self.data, ())}


def effective_of(text: str, file: str, files: Mapping[str, str], catalogue: Catalogue) -> Effective:
    """Read a manifest and fill in the defaults that lie around it in the repository.

    Problems of the texts are in `document.problems` and in the layers'; nothing is raised.

    Args:
        text: the manifest. file: its path. files: the repository's texts by path.
    """
    return filled(read(text), file, files, catalogue)


def filled(
    document: Document, file: str, files: Mapping[str, str], catalogue: Catalogue
) -> Effective:
    """The same for a manifest that was read already."""
    layers = layers_of(file, files, catalogue)
    if not layers or not isinstance(document.data, dict):
        return Effective(file, document.data, document, layers)
    return _Filling(Effective(file, dict(document.data), document, layers)).result()


class _Filling:
    """One manifest while defaults are filled in; what a layer holds is copied before a change."""

    def __init__(self, effective: Effective) -> None:
        self.effective = effective
        self.data: dict[str, Any] = effective.data
        self.own_options = _keys(self.data.get("default_args"))

    def result(self) -> Effective:
        nearer = set(self.own_options)
        options: list[frozenset[str]] = []
        for layer in self.effective.layers:
            options.append(frozenset(nearer))
            nearer |= _keys(layer.data.get("default_args"))
            self._fill_head(layer)
        if any(layer.data.get("operators") for layer in self.effective.layers):
            self.data["tasks"] = self._tasks(self.data.get("tasks"), ("tasks",), options)
        return self.effective

    def _fill_head(self, layer: Layer) -> None:
        for key in _HEAD:
            if key in layer.data:
                self._fill(self.data, key, layer.data[key], (key,), layer, (key,))
        schedule = self.data.get("schedule")
        defaults = layer.data.get("schedule")
        if isinstance(schedule, dict) and isinstance(defaults, dict):
            self._fill(self.data, "schedule", defaults, ("schedule",), layer, ("schedule",))

    def _fill(
        self, target: dict[str, Any], key: str, value: object, path: Path, layer: Layer, there: Path
    ) -> None:
        if key not in target:
            target[key] = value
            self.effective.filled[path] = (layer, there)
            return
        mine = target[key]
        if not isinstance(mine, dict) or not isinstance(value, dict):
            return
        target[key] = mine = dict(mine)
        for name, part in value.items():
            self._fill(mine, name, part, (*path, name), layer, (*there, name))

    def _tasks(self, tasks: object, path: Path, options: list[frozenset[str]]) -> object:
        if not isinstance(tasks, dict):
            return tasks
        return {name: self._task(task, (*path, name), options) for name, task in tasks.items()}

    def _task(self, raw: object, path: Path, options: list[frozenset[str]]) -> object:
        if not isinstance(raw, dict):
            return raw
        if "tasks" in raw and "operator" not in raw:
            return {**raw, "tasks": self._tasks(raw["tasks"], (*path, "tasks"), options)}
        key = raw.get("operator")
        task = dict(raw)
        mapped = _keys(raw.get("expand"))
        for layer, nearer in zip(self.effective.layers, options, strict=True):
            operators = layer.data.get("operators")
            fields = (
                operators.get(key) if isinstance(operators, dict) and isinstance(key, str) else None
            )
            for name, value in fields.items() if isinstance(fields, dict) else ():
                if name not in mapped and (name in task or name not in nearer):
                    there = ("operators", str(key), name)
                    self._fill(task, name, value, (*path, name), layer, there)
        return task


def _keys(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _leaves(value: object, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif path:
        yield path
