"""The shape of a manifest."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.catalogue import Task
from airdesk_render.names import DAG_NAME_PATTERN
from airdesk_render.operators.base import TaskId
from airdesk_render.operators.slack_message import CHANNEL_PATTERN
from airdesk_render.operators.sql import SqlQuery
from airdesk_render.yaml_writing import write_manifest

__all__ = ["Manifest", "Notify", "Param", "Schedule", "report_task", "write_manifest"]

ParamName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
PersonName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _./-]{0,49}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Schedule(_Shape):
    """When the DAG runs."""

    cron: str = Field(
        min_length=1,
        max_length=100,
        description="Five cron fields, or @hourly, @daily, @weekly, @monthly, @quarterly, @yearly.",
        examples=["0 6 * * 1-5", "@daily"],
    )
    timezone: str = Field(
        default="UTC",
        max_length=60,
        description="Name of a time zone, such as Asia/Ho_Chi_Minh.",
        examples=["Asia/Ho_Chi_Minh"],
    )
    start_date: dt.date = Field(
        strict=False,
        description="Nothing runs before this day, not even what is started by hand.",
        examples=["2026-12-01"],
    )

    @field_validator("start_date", mode="before")
    @classmethod
    def _a_day(cls, value: object) -> object:
        if not isinstance(value, str | dt.date) or isinstance(value, dt.datetime):
            raise PydanticCustomError("day", "Write the day as 2026-12-01.")
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise PydanticCustomError("day", "Write the day as 2026-12-01.") from None
        return value


class Param(_Shape):
    """A value that a person may change when starting a run."""

    type: Literal["string", "integer", "number", "boolean"] = Field(description="Its type.")
    default: str | int | float | bool = Field(description="What it is when nobody says otherwise.")
    description: str | None = Field(default=None, max_length=500, description="What it means.")
    minimum: int | float | None = Field(default=None, description="Smallest number allowed.")
    maximum: int | float | None = Field(default=None, description="Largest number allowed.")
    enum: tuple[str | int | float | bool, ...] | None = Field(
        default=None, min_length=1, max_length=50, strict=False, description="All values allowed."
    )

    @model_validator(mode="after")
    def _fits(self) -> Param:
        for value in (self.default, *(self.enum or ())):
            if not _has_type(value, self.type):
                raise PydanticCustomError(
                    "param_type",
                    "{value} is not of type {type}.",
                    {"value": repr(value), "type": self.type},
                )
        if self.enum is not None and self.default not in self.enum:
            raise PydanticCustomError("param_enum", "The default must be one of the enum's values.")
        limits = (self.minimum, self.maximum)
        if limits != (None, None) and self.type not in ("integer", "number"):
            raise PydanticCustomError("param_limits", "Only numbers have a minimum or a maximum.")
        if isinstance(self.default, int | float) and not isinstance(self.default, bool):
            low, high = limits
            if (low is not None and self.default < low) or (
                high is not None and self.default > high
            ):
                raise PydanticCustomError("param_range", "The default lies outside its own limits.")
        return self


def _has_type(value: object, name: str) -> bool:
    if name == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    return isinstance(value, {"string": str, "integer": int, "number": int | float}[name])


class Notify(_Shape):
    """Who hears what."""

    slack: str = Field(
        pattern=CHANNEL_PATTERN,
        description="`#name` of a channel, or its id.",
        examples=["#growth-data"],
    )
    events: tuple[Literal["failure", "recovery", "success", "late"], ...] = Field(
        default=("failure", "recovery"),
        min_length=1,
        max_length=4,
        strict=False,
        description="Which ends of a run are told.",
    )


class Manifest(_Shape):
    """One DAG of a team."""

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
    params: dict[ParamName, Param] = Field(
        default_factory=dict, max_length=50, description="Values that may be changed for a run."
    )
    notify: Notify | None = Field(default=None, description="Who hears of a run's end.")
    tasks: dict[TaskId, Task] = Field(min_length=1, description="What is done.")

    @field_validator("schedule", mode="before")
    @classmethod
    def _manual(cls, value: object) -> object:
        if value == "manual":
            return None
        if isinstance(value, str):
            raise PydanticCustomError(
                "schedule_shape",
                "Write manual, or cron with a start_date: "
                '{{cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}}.',
            )
        return value


def report_task(manifest: Manifest) -> str | None:
    """The task whose first rows a card may show: the last SQL query; none for PII."""
    if manifest.data_class == "pii":
        return None
    queries = [name for name, task in manifest.tasks.items() if isinstance(task, SqlQuery)]
    return queries[-1] if queries else None
