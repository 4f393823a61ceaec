"""What a verdict says of a file."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.loading import LoadedDag


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        code: stable, such as `missing-provider`; all stand in `airdesk_render.codes`.
        message: a sentence that says what is wrong and, where that is known, what to do.
        dag_id, task, field: what it is about; "" where that is the whole of the level above.
    """

    code: str
    message: str
    dag_id: str = ""
    task: str = ""
    field: str = ""

    def __str__(self) -> str:
        place = f"task {self.task}" if self.task else ""
        place += f", {self.field}" if self.field else ""
        return f"[{self.code}] {place}{': ' if place else ''}{self.message}"


@dataclass(frozen=True)
class Verdict:
    """What is to be said about one rendered file."""

    file: str
    dags: tuple[LoadedDag, ...]
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def name(self) -> str:
        """Of its DAG; of the file where it has none or several."""
        return self.dags[0].dag_id if len(self.dags) == 1 else self.file
