"""When a DAG runs: by the clock, by an interval, or when assets were updated."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Discriminator, Field, Strict, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import AssetName, Duration, Shape

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's own words for common cron schedules."""


def _kind(value: object) -> str | None:
    """Which member of the unions below a value is meant for."""
    if isinstance(value, str):
        return "name"
    if isinstance(value, list | tuple):
        return "list"
    return "set" if isinstance(value, dict | AssetSet) else None


_CHOICE = Discriminator(
    _kind,
    custom_error_type="asset_shape",
    custom_error_message="Name an asset, or write {all: [...]} or {any: [...]}.",
)
AssetOrSet = Annotated[
    Annotated[AssetName, Tag("name")] | Annotated["AssetSet", Tag("set")], _CHOICE
]


class AssetSet(Shape):
    """Several assets: `all` of them updated, or `any` of them."""

    all: tuple[AssetOrSet, ...] | None = Field(
        default=None, min_length=1, max_length=50, strict=False, description="All were updated."
    )
    any: tuple[AssetOrSet, ...] | None = Field(
        default=None, min_length=1, max_length=50, strict=False, description="One was updated."
    )

    @model_validator(mode="after")
    def _one_of(self) -> AssetSet:
        if (self.all is None) == (self.any is None):
            raise PydanticCustomError("one_of", "Give either all or any, and not both.")
        return self

    def names(self) -> tuple[str, ...]:
        """All assets named, nested ones too, in the order of the file."""
        parts = self.all or self.any or ()
        return tuple(
            name for part in parts for name in ((part,) if isinstance(part, str) else part.names())
        )


AnyAssets = Annotated[
    Annotated[AssetName, Tag("name")]
    | Annotated[AssetSet, Tag("set")]
    | Annotated[
        tuple[AssetName, ...], Strict(False), Field(min_length=1, max_length=50), Tag("list")
    ],
    _CHOICE,
]


class Schedule(Shape):
    """When the DAG runs: one of `cron`, `every` and `assets`, or `cron` with `assets`."""

    cron: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Five cron fields, or @hourly, @daily, @weekly, @monthly, @quarterly, @yearly.",
        examples=["0 6 * * 1-5", "@daily"],
    )
    every: Duration | None = Field(
        default=None,
        description="A fixed interval from start_date on: `30m`, `2h`, `1d`.",
        examples=["2h"],
    )
    assets: AnyAssets | None = Field(
        default=None,
        description="Run when these were updated: one, a list (all of them), or {any: […]}. "
        "With `cron` too, the DAG runs at those times and when the assets were updated.",
        examples=["orders", {"any": ["orders", "risk.exposures"]}],
    )
    timezone: str = Field(
        default="UTC",
        max_length=60,
        description="Name of a time zone, such as Asia/Ho_Chi_Minh.",
        examples=["Asia/Ho_Chi_Minh"],
    )
    start_date: dt.date | dt.datetime | None = Field(
        default=None,
        description="Nothing runs before this day (or moment, 2026-12-01T06:00, in the time zone), "
        "not even what is started by hand. Needed with cron and every.",
        examples=["2026-12-01"],
    )
    end_date: dt.date | dt.datetime | None = Field(
        default=None, description="No scheduled run begins after this day or moment."
    )
    catchup: bool = Field(
        default=False, description="Whether missed runs since start_date are made up for."
    )

    @field_validator("start_date", "end_date", mode="before")
    @classmethod
    def _a_day(cls, value: object) -> object:
        return day_or_moment(value)

    @model_validator(mode="after")
    def _one_kind(self) -> Schedule:
        if self.every is not None and (self.cron or self.assets):
            raise PydanticCustomError(
                "schedule_one", "every stands alone: leave cron and assets out."
            )
        if self.cron is None and self.every is None and self.assets is None:
            raise PydanticCustomError("schedule_none", "Give cron, every or assets.")
        if (self.cron or self.every) and self.start_date is None:
            raise PydanticCustomError(
                "schedule_start", "Say from which day on it shall run: start_date: 2026-12-01."
            )
        return self

    def asset_names(self) -> tuple[str, ...]:
        """All assets named, in the order of the file."""
        if self.assets is None:
            return ()
        if isinstance(self.assets, str):
            return (self.assets,)
        return self.assets.names() if isinstance(self.assets, AssetSet) else self.assets


def day_or_moment(value: object) -> object:
    """`2026-12-01` as a date and `2026-12-01T06:00` as a moment without a zone; `None` as it is.

    Raises:
        PydanticCustomError: of type `day`, where it is neither.
    """
    if value is None or isinstance(value, dt.date):
        return value
    for kind in (dt.date, dt.datetime):
        try:
            found = kind.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            continue
        if found is not None and getattr(found, "tzinfo", None) is None:
            return found
    raise PydanticCustomError("day", "Write the day as 2026-12-01, or 2026-12-01T06:00.")
