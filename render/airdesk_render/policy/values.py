"""What policy says about one option: what it is by itself, what is forced, what is the limit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from airdesk_render.language.base import Duration, seconds_of

TeamTemplate = Annotated[
    str,
    Field(
        pattern=r"^(?:\{team\}|[A-Za-z0-9_. -])+$",
        description="A text in which {team} stands for the team's name.",
    ),
]

Limits = tuple[int | None, ...]
"""What exceptions set as a limit; `None`: that there is none."""


class Data(BaseModel):
    """A part of the policy: known keys only, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Data):
    """A number: what it is by itself, and between what an author may choose."""

    default: int | None = Field(default=None, ge=0, description="Where an author says nothing.")
    least: int | None = Field(default=None, ge=0, description="The smallest an author may choose.")
    most: int | None = Field(default=None, ge=0, description="The largest an author may choose.")
    force: int | None = Field(default=None, ge=0, description="What it is, whoever says otherwise.")

    def chosen(self, stated: int | None, *, exceptions: Limits = ()) -> int | None:
        """The value that counts, within the limits; exceptions may widen the upper one."""
        if self.force is not None:
            return self.force
        if stated is None:
            return self.default
        return _within(stated, self.least, self.most, exceptions)


class Time(Data):
    """A length of time: what it is by itself, and between what an author may choose."""

    default: Duration | None = Field(default=None, description="Where an author says nothing.")
    least: Duration | None = Field(default=None, description="The shortest an author may choose.")
    most: Duration | None = Field(default=None, description="The longest an author may choose.")
    force: Duration | None = Field(default=None, description="What it is, whoever says otherwise.")

    def chosen(self, stated: str | None, *, exceptions: Limits = ()) -> int | None:
        """Seconds that count, within the limits; exceptions (seconds) may widen the upper one."""
        if self.force is not None:
            return seconds_of(self.force)
        if stated is None:
            return seconds(self.default)
        return _within(seconds_of(stated), seconds(self.least), seconds(self.most), exceptions)


class Flag(Data):
    """Yes or no."""

    default: bool = Field(default=False, description="Where an author says nothing.")
    force: bool | None = Field(default=None, description="What it is, whoever says otherwise.")

    def chosen(self, stated: bool | None) -> bool:
        if self.force is not None:
            return self.force
        return self.default if stated is None else stated


class Choice(Data):
    """One of several words."""

    default: TeamTemplate | None = Field(default=None, description="Where an author says nothing.")
    allow: tuple[str, ...] | None = Field(
        default=None,
        description="What an author may choose; without it, all that the language has.",
    )
    force: TeamTemplate | None = Field(
        default=None, description="What it is, whoever says otherwise."
    )

    def chosen(self, stated: str | None) -> str | None:
        if self.force is not None:
            return self.force
        return self.default if stated is None else stated


def seconds(duration: str | None) -> int | None:
    """`90s` in seconds; `None` as it is."""
    return None if duration is None else seconds_of(duration)


def _within(value: int, least: int | None, most: int | None, exceptions: Limits) -> int:
    """The value, moved to the nearer limit where it lies outside; exceptions widen the upper."""
    if None in exceptions:
        return value
    at_least = value if least is None else max(value, least)
    return at_least if most is None else min(at_least, max(most, *(n or 0 for n in exceptions), 0))
