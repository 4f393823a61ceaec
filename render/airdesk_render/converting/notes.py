"""What a conversion has to tell: nothing is dropped without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from airdesk_render.converting.items import Place

Kind = Literal["left-out", "changed", "needless"]


@dataclass(frozen=True)
class Note:
    """One thing that a person should know.

    Attributes:
        kind: `left-out` is not in the result and has to be done by hand; `changed` is there, but
            named or meant a little differently; `needless` has no effect in Airflow 3 or here.
        what: the key it is about, such as `executor_config`.
        message: a sentence that says why, and what to do.
    """

    kind: Kind
    place: Place
    what: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind} [{self.what}] {self.message}"


@dataclass
class Notes:
    """All that a conversion tells, in the order in which it was found."""

    found: list[Note] = field(default_factory=list)

    def left_out(self, place: Place, what: str, message: str) -> None:
        self._add(Note("left-out", place, what, message))

    def changed(self, place: Place, what: str, message: str) -> None:
        self._add(Note("changed", place, what, message))

    def needless(self, place: Place, what: str, message: str) -> None:
        self._add(Note("needless", place, what, message))

    def _add(self, note: Note) -> None:
        # A default that several DAGs share would otherwise be told once for each.
        if note not in self.found:
            self.found.append(note)
