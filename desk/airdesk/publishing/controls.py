"""The platform's own hand on publishing: `publishing.yaml`, with stops, freezes and break-glass.

It lies beside `policy.yaml` on the protected branch of the platform's project, so whoever changes
it goes through that project's own merge requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal

from airdesk_render.policy.globs import first_match
from airdesk_render.reading import read
from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from airdesk.errors import Refused
from airdesk.model import BreakGlass, Frozen
from airdesk.publishing.windows import Window

CONTROLS_FILE = "publishing.yaml"
LONGEST_GLASS = timedelta(days=7)
"""A break-glass entry is for a bad day; what is left standing for longer does not count."""

Words = Annotated[str, Field(min_length=5, max_length=300)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Scope(Frozen):
    """What an entry is about; without `teams` and `dags`, everything."""

    teams: tuple[str, ...] = ()
    dags: tuple[str, ...] = ()

    def covers(self, dag_id: str) -> bool:
        if not self.teams and not self.dags:
            return True
        team = dag_id.partition(".")[0]
        return (
            first_match(self.dags, dag_id) is not None or first_match(self.teams, team) is not None
        )

    def words(self) -> str:
        return f" of {', '.join((*self.teams, *self.dags))}" if self.teams or self.dags else ""


class Stop(_Scope):
    """The kill switch: nothing that it covers is written, removed or rendered anew."""

    by: Name
    reason: Words

    def sentence(self) -> str:
        return f"{self.by} has stopped publishing{self.words()}: {_ended(self.reason)}"


class Freeze(_Scope, Window):
    """A time in which nothing that it covers goes out by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    reason: Words

    def sentence(self) -> str:
        return (
            f"Publishing{self.words()} is frozen until {self.end} ({self.timezone}): "
            f"{_ended(self.reason)}"
        )


class Glass(Frozen):
    """Leave for one DAG to be published without approvals or in a freeze, until a moment."""

    dag_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*$")]
    who: Name
    reason: Words
    until: AwareDatetime


class Hold(Frozen):
    """Why a DAG is left alone for now."""

    kind: Literal["stop", "freeze"]
    sentence: str


class Controls(Frozen):
    """What `publishing.yaml` says; nothing where there is no such file."""

    version: Literal[1] = 1
    stop: tuple[Stop, ...] = ()
    freeze: tuple[Freeze, ...] = ()
    break_glass: tuple[Glass, ...] = ()

    def hold(self, dag_id: str, now: datetime) -> Hold | None:
        """What keeps a DAG from being published now; a stop counts more than a freeze."""
        for stop in self.stop:
            if stop.covers(dag_id):
                return Hold(kind="stop", sentence=stop.sentence())
        for freeze in self.freeze:
            if freeze.covers(dag_id) and freeze.holds(now):
                return Hold(kind="freeze", sentence=freeze.sentence())
        return None

    def glass(self, dag_id: str, now: datetime) -> BreakGlass | None:
        """The break-glass entry of a DAG that is in effect."""
        for entry in self.break_glass:
            if entry.dag_id == dag_id and now < entry.until <= now + LONGEST_GLASS:
                return BreakGlass(who=entry.who, reason=entry.reason, until=entry.until)
        return None

    def spent(self, dag_id: str, now: datetime) -> str | None:
        """A sentence about a DAG's break-glass entry that no longer counts."""
        for entry in self.break_glass:
            if entry.dag_id == dag_id and entry.until <= now:
                ended = f"{entry.until:%Y-%m-%d %H:%M %Z}"
                return f"The break-glass entry of {entry.who} ended {ended}."
        return None

    def notices(self, now: datetime) -> Iterator[str]:
        """Everything in effect now, as sentences for the log of the publisher's job."""
        yield from (stop.sentence() for stop in self.stop)
        yield from (freeze.sentence() for freeze in self.freeze if freeze.holds(now))
        for entry in self.break_glass:
            if self.glass(entry.dag_id, now) is not None:
                yield (
                    f"{entry.dag_id} may be published without approvals until "
                    f"{entry.until:%Y-%m-%d %H:%M %Z}, says {entry.who}: {_ended(entry.reason)}"
                )

    def faults(self, now: datetime) -> Iterator[str]:
        """What somebody must put right, as sentences."""
        for entry in self.break_glass:
            if entry.until > now + LONGEST_GLASS:
                yield (
                    f"{CONTROLS_FILE}: the break-glass entry for {entry.dag_id} would last longer "
                    f"than {LONGEST_GLASS.days} days, so it does not count. Give it an earlier end."
                )


def read_controls(text: str | None) -> Controls:
    """What the file says.

    Raises:
        Refused: it cannot be understood. Nothing may be published then: it might say stop.
    """
    if text is None:
        return Controls()
    document = read(text)
    if document.problems:
        first = document.problems[0]
        raise _wrong(f"line {first.line}: {first.message}")
    try:
        return Controls.model_validate(document.data or {})
    except ValidationError as error:
        first_error = error.errors()[0]
        place = tuple(part for part in first_error["loc"])
        line, _ = document.place(place)
        name = ".".join(map(str, place)) or "whole file"
        raise _wrong(f"line {line}: {name}: {first_error['msg']}.") from error


def _wrong(what: str) -> Refused:
    return Refused(
        f"{CONTROLS_FILE} cannot be understood, so nothing is published until it is put right: "
        f"{what}"
    )


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
