"""The shape of a report on behaviour: what `airdesk-render diff --format json` prints."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from airdesk_render.findings import Finding
from airdesk_render.policy.risk import RiskClass

Status = Literal["added", "removed", "renamed", "changed", "same", "broken"]
State = Literal["same", "added", "removed", "changed"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Part):
    """One thing that will be different.

    Attributes:
        kind: what it is, such as `task.retries`; policy's rules about risk speak of these.
        subject: the task, param, connection, asset, group or file it is about; `""` for the DAG.
        before, after: as data; long texts cut short. `None` where there was or will be nothing.
        diff: a small unified diff where these are texts of several lines.
        note: a sentence on what follows from it.
        reasons: why it has its class of risk.
    """

    kind: str
    subject: str = ""
    before: JsonValue = None
    after: JsonValue = None
    diff: str | None = None
    note: str | None = None
    risk: RiskClass = "none"
    reasons: tuple[str, ...] = ()


class Timing(_Part):
    """When a DAG runs; `next_runs` with the offset of its time zone."""

    words: str
    next_runs: tuple[dt.datetime, ...] = ()


class Schedule(_Part):
    """When it ran and will run.

    Attributes:
        at_once: how many runs start as soon as the change is live; `many` where these are more
            than were counted.
        at_a_time: how many of them may be under way together.
        counted_from: what the next runs of an interval are counted from, as a sentence.
    """

    before: Timing | None
    after: Timing | None
    at_once: int = 0
    many: bool = False
    at_a_time: int | None = None
    counted_from: str | None = None


class Node(_Part):
    """A task or a task group; `group` is the one around it."""

    id: str
    group: str = ""
    is_group: bool = False
    operator: str = ""
    state: State = "same"


class Edge(_Part):
    """`target` waits for `source`."""

    source: str
    target: str
    state: State = "same"


class Graph(_Part):
    """Both DAGs in one picture."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


class Affected(_Part):
    """Another DAG that this change may reach.

    Attributes:
        relation: what ties it to this one: it runs when an asset is updated, waits for a run, or
            starts one.
        through: the asset, or the DAG's id.
        breaks: whether what it relies on will be gone.
        source: where it was found.
    """

    dag_id: str
    relation: Literal["listens", "waits", "triggers"]
    through: str
    breaks: bool = False
    source: Literal["repository", "index"] = "repository"


class DagReport(_Part):
    """What changes about one DAG.

    Attributes:
        dag_id: with the team's prefix. was: its id before, where it was renamed.
        manifest: path; the old one where it is gone. was_at: the path before, where it moved.
        because: changed files that account for it: the manifest, defaults, SQL and so on; policy.
        exceptions: names of the policy's exceptions that it needs afterwards.
        old_findings, new_findings: errors of a manifest that is or was broken.
    """

    dag_id: str
    status: Status
    manifest: str
    was: str | None = None
    was_at: str | None = None
    data_class: str | None = None
    risk: RiskClass = "none"
    reasons: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    schedule: Schedule | None = None
    graph: Graph = Graph()
    affected: tuple[Affected, ...] = ()
    exceptions: tuple[str, ...] = ()
    old_findings: tuple[Finding, ...] = ()
    new_findings: tuple[Finding, ...] = ()


class Report(_Part):
    """What changes between two states of a team's repository.

    Attributes:
        version: of this shape. old, new: how they were named on the command line.
        at: the moment from which next runs are counted.
        dags: those whose behaviour, or validity, changes; riskiest first.
        only_text: manifests that were edited without any effect.
        unchanged: how many other manifests there are.
    """

    version: Literal[1] = 1
    team: str
    old: str
    new: str
    at: dt.datetime
    old_policy: str = Field(description="Version of the policy in effect before.")
    new_policy: str
    risk: RiskClass = "none"
    reasons: tuple[str, ...] = ()
    dags: tuple[DagReport, ...] = ()
    only_text: tuple[str, ...] = ()
    unchanged: int = 0
