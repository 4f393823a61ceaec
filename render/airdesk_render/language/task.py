"""What every task may say, whatever its operator."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, Strict

from airdesk_render.language.base import Duration, OwnAssetName, Shape, TaskReference

TriggerRule = Literal[
    "all_success",
    "all_failed",
    "all_done",
    "all_skipped",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_skipped",
    "none_failed_min_one_success",
    "always",
]
WeightRule = Literal["downstream", "upstream", "absolute"]
ResourceName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_.-]{0,99}$")]


class FromTask(Shape):
    """What another task returned."""

    from_: TaskReference = Field(alias="from", description="The task whose output is mapped over.")


Expand = dict[str, Annotated[tuple[JsonValue, ...], Strict(False)] | FromTask]
"""Field of the operator to a list of values, or to another task's output."""


class TaskOptions(Shape):
    """Options of a task that `default_args` may also set for all tasks of a DAG or a team.

    Policy forces and limits them; what it leaves open is the author's choice.
    """

    trigger_rule: TriggerRule | None = Field(
        default=None, description="How upstream tasks must have ended; all_success if not given."
    )
    retries: int | None = Field(
        default=None, ge=0, le=100, description="How often the task is tried again."
    )
    retry_delay: Duration | None = Field(
        default=None, description="How long to wait between two tries."
    )
    retry_exponential_backoff: bool | None = Field(
        default=None, description="Whether the wait doubles with each try."
    )
    max_retry_delay: Duration | None = Field(
        default=None, description="The longest wait where it doubles."
    )
    execution_timeout: Duration | None = Field(
        default=None, description="After this time the task fails: `90s`, `30m`, `2h`."
    )
    pool: ResourceName | None = Field(default=None, description="Airflow pool that limits it.")
    pool_slots: int | None = Field(default=None, ge=1, le=100, description="Slots it takes there.")
    priority_weight: int | None = Field(
        default=None, ge=1, le=1000, description="Higher goes first where slots are short."
    )
    weight_rule: WeightRule | None = Field(
        default=None, description="How weights of downstream tasks count."
    )
    queue: ResourceName | None = Field(
        default=None, description="Celery queue; policy chooses it and rarely leaves a choice."
    )
    executor: ResourceName | None = Field(
        default=None, description="Airflow executor; policy chooses it and rarely leaves a choice."
    )
    depends_on_past: bool | None = Field(
        default=None, description="Whether the same task of the run before must have succeeded."
    )
    wait_for_downstream: bool | None = Field(
        default=None, description="Whether also the tasks right after it must have, in that run."
    )
    max_active_tis_per_dagrun: int | None = Field(
        default=None, ge=1, le=1000, description="How many mapped instances run at a time."
    )


class TaskCommon(TaskOptions):
    """What a task may say beside its operator's own fields."""

    upstream: tuple[TaskReference, ...] = Field(
        default=(),
        max_length=100,
        strict=False,
        description="Tasks or groups that come before: by name here, or `group.task`.",
    )
    expand: Expand = Field(
        default_factory=dict,
        max_length=10,
        description="Run once per value: a field of this operator to a list, or to "
        "{from: task}. The task's other fields stay the same for all (Airflow's partial).",
        examples=[{"arguments": {"from": "list_files"}}],
    )
    setup: bool = Field(default=False, description="Whether it prepares something for others.")
    teardown_of: tuple[TaskReference, ...] = Field(
        default=(),
        max_length=20,
        strict=False,
        description="Setup tasks that this one clears away after, also when others failed.",
    )
    outlets: tuple[OwnAssetName, ...] = Field(
        default=(),
        max_length=20,
        strict=False,
        description="Assets of the own team that this task updates.",
    )
    doc_md: str | None = Field(
        default=None, max_length=20_000, description="Longer text in Markdown, shown in Airflow."
    )
