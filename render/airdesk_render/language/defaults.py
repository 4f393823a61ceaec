"""A file of defaults: `dags/defaults.yaml` for the team, one in a folder below for that folder."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, JsonValue, field_validator

from airdesk_render.language.base import Duration, Shape
from airdesk_render.language.notify import Notify
from airdesk_render.language.people import PersonName, Tag
from airdesk_render.language.schedule import day_or_moment
from airdesk_render.language.task import TaskOptions

DEFAULTS_NAMES = ("defaults.yaml", "defaults.yml", "defaults.json")


class ScheduleDefaults(Shape):
    """Parts of a schedule for manifests that have one."""

    timezone: str | None = Field(default=None, max_length=60)
    start_date: dt.date | dt.datetime | None = None
    end_date: dt.date | dt.datetime | None = None
    catchup: bool | None = None

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _a_day(cls, value: object) -> object:
        return day_or_moment(value)


class Defaults(Shape):
    """What manifests in this folder, and below it, need not say themselves.

    A mapping is filled key by key; a list or a plain value of the manifest replaces this one's.
    """

    version: Literal[1] = Field(description="Version of the format.")
    owners: tuple[PersonName, ...] | None = Field(default=None, min_length=1, strict=False)
    tags: tuple[Tag, ...] | None = Field(default=None, max_length=20, strict=False)
    data_class: Literal["public", "internal", "pii"] | None = None
    schedule: ScheduleDefaults | None = None
    notify: tuple[Notify, ...] | None = Field(default=None, max_length=5, strict=False)
    max_active_runs: int | None = Field(default=None, ge=1, le=100)
    max_active_tasks: int | None = Field(default=None, ge=1, le=1000)
    dagrun_timeout: Duration | None = None
    default_args: TaskOptions | None = Field(default=None, description="Options of every task.")
    operators: dict[str, dict[str, JsonValue]] = Field(
        default_factory=dict,
        description="Fields by operator, such as sql_query@1: {connection: warehouse}.",
    )

    @field_validator("notify", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, dict | Notify) else value
