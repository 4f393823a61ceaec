"""What counts in a manifest, value by value, and who said so.

A value comes from the manifest, from a file of defaults, from policy (forced, by default, or
limited from what somebody wrote), from the operator or the language where nobody says anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from airdesk_render.document import Path
from airdesk_render.effective import Effective
from airdesk_render.language.base import seconds_of
from airdesk_render.language.task import TaskOptions
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.policy import Policy

_TIMES = frozenset(("retry_delay", "max_retry_delay", "execution_timeout", "dagrun_timeout"))
_CHOSEN = frozenset(("queue", "executor"))
"""Options that policy chooses by data class, operator and workload."""


@dataclass(frozen=True)
class Explained:
    """One value that counts.

    Attributes:
        path: where it stands, or would stand, in the manifest.
        value: plain data in the manifest's own words; lengths of time as `90s`.
        origin: `manifest`, `team`, `folder`, `policy`, `operator`, `language` or `airflow`.
        file, line, column: where it was written; "", 0, 0 where nobody wrote it.
        note: a few words about it, such as `forced` or what was asked for instead.
    """

    path: Path
    value: Any
    origin: str
    file: str = ""
    line: int = 0
    column: int = 0
    note: str = ""


def explain(
    manifest: Manifest | None, effective: Effective, *, team: Team, policy: Policy
) -> list[Explained]:
    """Every value that counts, in the order of the manifest.

    Args:
        manifest: what was made of it; without one, only what is written can be told.
    """
    head, default_args, tasks = _written(effective)
    if manifest is None:
        return [*head, *default_args, *(one for found in tasks.values() for one in found)]
    explainer = _Explainer(manifest, effective, team, policy)
    result = [*explainer.head(head), *default_args]
    for placed in manifest.tree.nodes.values():
        written = [one for one in tasks.get(placed.path, []) if _owner(one.path) == placed.path]
        if isinstance(placed.node, ManagedOperator):
            result += explainer.task(placed.path, placed.node, written)
        else:
            result += written
    return result


def _written(
    effective: Effective,
) -> tuple[list[Explained], list[Explained], dict[Path, list[Explained]]]:
    """What is written: of the DAG, of all tasks, and by task or group."""
    head: list[Explained] = []
    default_args: list[Explained] = []
    tasks: dict[Path, list[Explained]] = {}
    for path, origin in effective.origins.items():
        value = _at(effective.data, path)
        one = Explained(path, value, origin.layer, origin.file, origin.line, origin.column)
        if path[0] == "tasks":
            tasks.setdefault(_owner(path), []).append(one)
        else:
            (default_args if path[0] == "default_args" else head).append(one)
    return head, default_args, tasks


def _owner(path: Path) -> Path:
    """The task or group to which a path inside `tasks` belongs."""
    end = 2
    while len(path) > end + 1 and path[end] == "tasks":
        end += 2
    return path[:end]


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


@dataclass(frozen=True)
class _Explainer:
    manifest: Manifest
    effective: Effective
    team: Team
    policy: Policy

    def head(self, written: list[Explained]) -> Iterator[Explained]:
        """The DAG's own values: what is written, what policy adds, what the language means."""
        settings = dataclasses.asdict(self.policy.dag_settings(self.team, self.manifest))
        del settings["usual"]
        catchup = settings.pop("catchup")
        said = {one.path[0] for one in written}
        for one in written:
            if one.path == ("schedule", "catchup"):
                continue
            if one.path[0] in settings:
                yield self._option((*one.path,), settings.pop(str(one.path[0])), one, "dags")
            else:
                yield one
        yield from self._unsaid(self.manifest, (), said)
        if self.manifest.schedule is not None:
            stated = next((one for one in written if one.path == ("schedule", "catchup")), None)
            yield self._option(("schedule", "catchup"), catchup, stated, "dags")
        for name, value in settings.items():
            yield self._option((name,), value, None, "dags")

    def task(
        self, path: Path, task: ManagedOperator, written: list[Explained]
    ) -> Iterator[Explained]:
        """A task's values: its own, then its options as policy leaves them."""
        settings = dataclasses.asdict(
            self.policy.task_settings(
                self.team, self.manifest.data_class, task, self.manifest.default_args
            )
        )
        stated = {one.path[-1]: one for one in written if one.path[:-1] == path}
        yield from (one for one in written if one.path[:-1] != path or one.path[-1] not in settings)
        names = {str(one.path[len(path)]) for one in written if len(one.path) > len(path)}
        yield from self._unsaid(task, path, names | set(task.expand))
        for name, value in settings.items():
            yield self._option(
                (*path, name), value, stated.get(name) or self._from_all(name), "tasks"
            )

    def _from_all(self, name: str) -> Explained | None:
        """What `default_args` says about an option."""
        given = self.effective.data.get("default_args")
        if not isinstance(given, Mapping) or given.get(name) is None:
            return None
        origin = self.effective.origin(("default_args", name))
        return Explained(
            ("default_args", name), given[name], origin.layer, *origin[1:], note="default_args"
        )

    def _unsaid(
        self, shape: Manifest | ManagedOperator, path: Path, said: set[Any]
    ) -> Iterator[Explained]:
        """Defaults of the language or an operator that mean something."""
        origin = "operator" if isinstance(shape, ManagedOperator) else "language"
        for name in type(shape).model_fields:
            value = getattr(shape, name)
            skipped = name in said or name in ("tasks", "default_args", "schedule")
            if skipped or name in TaskOptions.model_fields or value in (None, (), {}, False):
                continue
            if path or name not in ("max_active_runs", "max_active_tasks", "dagrun_timeout"):
                plain = shape.model_dump(mode="json", by_alias=True, include={name})
                yield Explained((*path, name), plain[name], origin)
        if isinstance(shape, Manifest) and shape.schedule is not None:
            given = self.effective.data.get("schedule")
            if not (isinstance(given, Mapping) and "timezone" in given):
                yield Explained(("schedule", "timezone"), shape.schedule.timezone, "language")

    def _option(self, path: Path, value: Any, stated: Explained | None, part: str) -> Explained:
        """An option over which policy has a say."""
        name = str(path[-1])
        shown = _as_duration(value) if name in _TIMES and isinstance(value, int) else value
        rule = getattr(getattr(self.policy.of(self.team), part), name, None)
        forced = getattr(rule, "force", None) is not None
        if stated is not None and _same(stated.value, value):
            return dataclasses.replace(stated, path=path, value=stated.value)
        if stated is not None and name == "tags":
            note = f"with those of {stated.file}:{stated.line}"
            return Explained(path, shown, "policy", note=note)
        if stated is not None:
            asked = f"{stated.value} was asked for in {stated.file}:{stated.line}"
            return Explained(
                path, shown, "policy", note=f"{'forced' if forced else 'limited'}; {asked}"
            )
        if value is None:
            return Explained(path, None, "airflow")
        if name in _CHOSEN:
            data_class = self.manifest.data_class
            free = name == "executor" or data_class not in self.policy.queues.data_class
            return Explained(path, shown, "policy", note="chosen" if free else f"by {data_class}")
        return Explained(
            path, shown, "policy", note="forced" if forced or rule is None else "default"
        )


def _same(stated: Any, value: Any) -> bool:
    if isinstance(stated, str) and isinstance(value, int) and not isinstance(value, bool):
        return seconds_of(stated) == value
    if isinstance(stated, list) and isinstance(value, list):
        return sorted(map(str, stated)) == sorted(map(str, value))
    return bool(stated == value)


def _as_duration(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
