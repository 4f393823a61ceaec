"""What the rules look at, whoever asks: a manifest, a form with one field, or a DAG in Airflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from airdesk_render.document import Path
from airdesk_render.names import Team
from airdesk_render.operators.base import Kind, Workload
from airdesk_render.policy.hours import (
    minutes_of_cron,
    minutes_of_interval,
    shortest_gap_of_cron,
)


@dataclass(frozen=True)
class Sort:
    """What of a task decides where it runs.

    Attributes:
        operator: key of the managed operator, `sql_query@1`; "" where it is not known yet.
    """

    operator: str = ""
    kind: Kind = "managed"
    workload: Workload = "normal"


@dataclass(frozen=True)
class Named:
    """A name that somebody wrote, and where."""

    name: str
    path: Path = ()


@dataclass(frozen=True)
class TaskFacts:
    """One task, or the options that many share.

    Attributes:
        task_id: full id; "" for options that many tasks share.
        sorts: what it may be. A manifest says exactly; a class of Airflow's may stand behind
            several managed operators, and then one that the rules let pass is enough.
        path: where it stands in the manifest.
        options: what was said about `TaskOptions`, by name; times in seconds.
        fields: all that was said, options and the operator's own fields.
        mapped: field of `expand` to how many values are listed for it.
    """

    task_id: str
    sorts: tuple[Sort, ...]
    path: Path = ()
    options: Mapping[str, object] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()
    connections: tuple[Named, ...] = ()
    images: tuple[Named, ...] = ()
    mapped: Mapping[str, int] = field(default_factory=dict)

    def at(self, option: str) -> Path:
        return (*self.path, option)


@dataclass(frozen=True)
class Timing:
    """When runs begin by the clock: exactly one of `cron` and `every` (seconds).

    Attributes:
        path: of the field that says so.
    """

    path: Path = ()
    cron: str | None = None
    every: int | None = None
    timezone: str = "UTC"
    start: dt.date | None = None
    catchup: bool | None = None

    def gap(self) -> int | None:
        """Seconds between the two closest runs; `None` where the schedule is no schedule."""
        return self.every if self.cron is None else shortest_gap_of_cron(self.cron)

    def minutes(self) -> frozenset[int]:
        """Minutes after midnight in `timezone` at which runs begin."""
        if self.cron is not None:
            return minutes_of_cron(self.cron)
        return minutes_of_interval(self.every or 0, self.start)


@dataclass(frozen=True)
class DagFacts:
    """One DAG.

    Attributes:
        name: `dag_id` without the team.
        options: what was said about the DAG's own options, by name; times in seconds.
        fields: all fields of the DAG that were said, with their places.
        tags: those that an author wrote. groups: full ids of its task groups, with their places.
        shared: options that all tasks get unless they say otherwise.
    """

    team: Team
    name: str
    data_class: str
    tasks: tuple[TaskFacts, ...]
    options: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, Path] = field(default_factory=dict)
    tags: tuple[Named, ...] = ()
    groups: tuple[Named, ...] = ()
    timing: Timing | None = None
    shared: TaskFacts | None = None
