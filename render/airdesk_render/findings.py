"""What a check has to say about a manifest."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """One thing that is wrong at one place.

    Attributes:
        file: path as the person knows it.
        line, column: counted from 1; where the value (or its key) begins.
        code: stable and documented, such as `unknown-field`.
        message: a sentence that says what is wrong and what to do.
        path: keys and indexes from the manifest's root to the value, such as
            `("tasks", "load", "sql")`.
        suggestion: the word probably meant, when there is one.
        severity: `error` stops the change, `warning` does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int
    column: int
    code: str
    message: str
    path: tuple[str | int, ...] = ()
    suggestion: str | None = None
    severity: str = "error"

    def __str__(self) -> str:
        meant = f" Did you mean {self.suggestion!r}?" if self.suggestion else ""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.severity} [{self.code}] {self.message}{meant}"
