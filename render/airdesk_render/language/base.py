"""What all shapes of the language share: strictness, names and durations."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TASK_ID_PATTERN = r"^[a-z](?:[a-z0-9_]{0,98}[a-z0-9])?$"
TASK_REFERENCE_PATTERN = (
    r"^[a-z](?:[a-z0-9_]{0,98}[a-z0-9])?(?:\.[a-z](?:[a-z0-9_]{0,98}[a-z0-9])?){0,5}$"
)
ASSET_PATTERN = r"^(?:[a-z][a-z0-9-]{1,38}[a-z0-9]\.)?[a-z][a-z0-9_]{0,99}$"
OWN_ASSET_PATTERN = r"^[a-z][a-z0-9_]{0,99}$"
DURATION_PATTERN = r"^[1-9][0-9]{0,4}[smhd]$"
FILE_PATTERN = r"^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){0,5}[A-Za-z0-9_][A-Za-z0-9_-]{0,99}"

TaskId = Annotated[str, Field(pattern=TASK_ID_PATTERN)]
TaskReference = Annotated[
    str,
    Field(
        pattern=TASK_REFERENCE_PATTERN,
        description="A task or task group: `load`, or `clean.load` for one inside a group.",
    ),
]
AssetName = Annotated[
    str,
    Field(
        pattern=ASSET_PATTERN,
        description="An asset: `orders` of the own team, or `risk.exposures` of another.",
        examples=["orders", "risk.exposures"],
    ),
]
OwnAssetName = Annotated[str, Field(pattern=OWN_ASSET_PATTERN)]
Duration = Annotated[
    str,
    Field(
        pattern=DURATION_PATTERN,
        description="Seconds, minutes, hours or days: `90s`, `30m`, `2h`, `1d`.",
    ),
]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Shape(BaseModel):
    """A mapping of known keys; nothing is converted, nothing unknown passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def seconds_of(duration: str) -> int:
    """`90s`, `30m`, `2h`, `1d` in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]
