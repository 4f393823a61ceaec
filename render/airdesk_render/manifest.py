"""The shape of a manifest: one DAG of a team."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, SerializeAsAny, field_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Duration, Shape, TaskId
from airdesk_render.language.group import TaskGroup, Tree
from airdesk_render.language.notify import Deadline, Notify
from airdesk_render.language.params import Param, ParamName
from airdesk_render.language.people import PersonName, Tag
from airdesk_render.language.schedule import Schedule
from airdesk_render.language.task import TaskOptions
from airdesk_render.names import DAG_NAME_PATTERN
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.yaml_writing import write_manifest

__all__ = ["Manifest", "Notify", "Param", "Schedule", "TaskGroup", "report_task", "write_manifest"]


class Manifest(Shape):
    """One DAG of a team."""

    # Tasks are of classes that only the catalogue knows: `airdesk_render.parsing` makes a manifest
    # from plain data, with the defaults of its repository filled in.

    version: Literal[1] = Field(description="Version of the manifest's format.")
    dag_id: str = Field(
        pattern=DAG_NAME_PATTERN,
        description="Name of the DAG and of the file; published as <team>.<dag_id>.",
        examples=["delays_by_carrier"],
    )
    description: str = Field(
        min_length=1, max_length=500, description="One sentence: what comes out of it."
    )
    doc_md: str | None = Field(
        default=None, max_length=20_000, description="Longer text in Markdown, shown in Airflow."
    )
    owners: tuple[PersonName, ...] = Field(
        min_length=1,
        max_length=20,
        strict=False,
        description="Directory names of the people who look after it.",
        examples=[["thu.tran"]],
    )
    tags: tuple[Tag, ...] = Field(
        default=(), max_length=20, strict=False, description="Words to find it by in Airflow."
    )
    data_class: Literal["public", "internal", "pii"] = Field(
        description="How sensitive the data is; with pii no rows appear in messages."
    )
    schedule: Schedule | None = Field(
        default=None, description='When it runs; "manual" or nothing: only when somebody starts it.'
    )
    deadline: Deadline | None = Field(
        default=None, description="By when a run must be done; `notify` with event late tells."
    )
    max_active_runs: int | None = Field(
        default=None, ge=1, le=100, description="How many runs may be under way at a time."
    )
    max_active_tasks: int | None = Field(
        default=None, ge=1, le=1000, description="How many of a run's tasks may run at a time."
    )
    dagrun_timeout: Duration | None = Field(
        default=None, description="After this time a whole run fails."
    )
    params: dict[ParamName, Param] = Field(
        default_factory=dict, max_length=50, description="Values that may be changed for a run."
    )
    notify: tuple[Notify, ...] = Field(
        default=(),
        max_length=5,
        strict=False,
        description="Who hears of a run's end: one {slack, events}, or a list of them.",
    )
    default_args: TaskOptions | None = Field(
        default=None, description="Options of every task that does not set them itself."
    )
    tasks: dict[TaskId, SerializeAsAny[ManagedOperator] | TaskGroup] = Field(
        min_length=1, description="What is done: tasks, and groups of tasks."
    )

    @field_validator("schedule", mode="before")
    @classmethod
    def _manual(cls, value: object) -> object:
        if value == "manual":
            return None
        if isinstance(value, str):
            raise PydanticCustomError(
                "schedule_shape",
                "Write manual, or cron with a start_date: "
                '{cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}.',
            )
        return value

    @field_validator("notify", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        if value is None:
            return ()
        return (value,) if isinstance(value, dict | Notify) else value

    @cached_property
    def tree(self) -> Tree:
        """All tasks and groups by full id."""
        return Tree(self.tasks)


def report_task(manifest: Manifest) -> str | None:
    """Full id of the task whose first rows a card may show: the last query; none for PII.

    A mapped task has many outputs and is passed over.
    """
    if manifest.data_class == "pii":
        return None
    queries = [
        task_id
        for task_id, task in manifest.tree.tasks.items()
        if task.has_rows and not task.expand
    ]
    return queries[-1] if queries else None
