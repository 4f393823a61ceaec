"""The kinds of change that are told apart; policy's rules about risk speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.policy.globs import matches

KINDS: Final[Mapping[str, str]] = {
    "dag.added": "a DAG that was not there",
    "dag.removed": "a DAG that will not be there",
    "dag.renamed": "a DAG under another id; for Airflow it is new",
    "dag.file": "its manifest lies elsewhere",
    "dag.description": "its description",
    "dag.doc_md": "its longer text",
    "dag.owners": "the people who look after it",
    "dag.owner": "Airflow's owner, by policy",
    "dag.tags": "its tags",
    "dag.data_class": "how sensitive its data is",
    "dag.access_control": "who may see and start it, by policy",
    "dag.schedule": "cron, interval, time zone or assets",
    "dag.start_date": "from when it runs",
    "dag.end_date": "until when it runs",
    "dag.catchup": "whether missed runs are made up for",
    "dag.deadline": "by when a run must be done",
    "dag.max_active_runs": "how many runs at a time",
    "dag.max_active_tasks": "how many tasks at a time",
    "dag.dagrun_timeout": "when a whole run fails",
    "dag.notify": "who hears of its runs",
    "param.added": "a param that was not there",
    "param.removed": "a param that will not be there",
    "param.*": "a part of a param, such as `param.default`",
    "group.added": "a task group that was not there",
    "group.removed": "a task group that will not be there",
    "group.description": "a task group's tooltip",
    "task.added": "a task that was not there",
    "task.removed": "a task that will not be there",
    "task.renamed": "a task that does the same under another id",
    "task.operator": "another operator, or another version of it",
    "task.work.*": "a field of the operator's own, such as `task.work.sql`",
    "task.call": "the catalogue makes something else of the same words",
    "task.reads": "tables that its SQL reads",
    "task.writes": "tables that its SQL writes",
    "task.expand": "what it is mapped over",
    "task.queue": "its queue, as policy has it",
    "task.executor": "its executor, as policy has it",
    "task.*": "any other option, such as `task.retries`, as policy has it",
    "dependency.added": "a task waits for one more",
    "dependency.removed": "a task waits for one less",
    "connection.added": "a connection that the DAG did not use",
    "connection.removed": "a connection that the DAG no longer uses",
    "image.added": "a container image that the DAG did not start",
    "image.removed": "a container image that the DAG no longer starts",
    "outlet.added": "an asset that the DAG did not update",
    "outlet.removed": "an asset that the DAG no longer updates",
    "file.sql": "an SQL file that it carries with it",
    "file.python": "a Python file, its own or of the shared operators",
    "file.shell": "a shell script",
    "file.notebook": "a notebook",
    "file.other": "any other file",
    "exception.added": "it needs one of the policy's exceptions",
    "exception.removed": "it no longer needs one",
    "manifest.broken": "the manifest is wrong now",
    "manifest.mended": "the manifest was wrong and is right now",
}
"""Kind to what it is; one that ends with `*` stands for all that begin like it."""


def is_kind(kind: str) -> bool:
    """Whether changes of this kind are told."""
    return any(matches(known, kind) for known in KINDS)
