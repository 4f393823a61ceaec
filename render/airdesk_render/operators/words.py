"""Small shapes that several operators share: durations as Airflow wants them, paths, S3 names."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from airdesk_render.expressions import Invoke

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

PlainValue = str | int | float | bool | None
Values = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")], JsonValue],
    Field(max_length=50),
]
"""Values by name, for a program that takes them by name."""

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Table = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62}){0,2}$",
        description="A table, with its schema where needed: `sales.orders`.",
        examples=["sales.orders"],
    ),
]
Bucket = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Name of the bucket, without s3://.",
        examples=["growth-landing"],
    ),
]


def timedelta_of(duration: str) -> Invoke:
    """`30m` as `timedelta(minutes=30)`."""
    return Invoke("timedelta", (), {_UNITS[duration[-1]]: int(duration[:-1])})


def unlike_file(text: str, endings: tuple[str, ...]) -> str:
    """The text so that Airflow does not take it for the name of a template's file."""
    return f"{text}\n" if text.endswith(endings) else text


def _inside(path: str) -> str:
    if path.startswith(("/", "~", "\\")) or ".." in path.split("/") or "://" in path:
        raise PydanticCustomError(
            "path_not_inside",
            "Give a path below the folder that the connection names: no leading slash, no '..'.",
        )
    return path


def _object_key(key: str) -> str:
    if "://" in key or key.startswith("/") or "\n" in key:
        raise PydanticCustomError(
            "object_key", "Give only the key; the bucket stands in a field of its own."
        )
    return key


PathInside = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_inside)]
"""A path below a folder that a connection names."""

ObjectKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=900,
        description="Key of the object in its bucket.",
        examples=["orders/{{ ds }}.csv"],
    ),
    AfterValidator(_object_key),
]
