"""What a text of SQL may be, and what is said where it is something else."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.sql.dialects import DIALECTS


@dataclass(frozen=True)
class SqlProblem:
    """What is wrong with a query; line and column count from 1 inside the text."""

    line: int
    column: int
    code: str
    message: str
    suggestion: str | None = None


@dataclass(frozen=True)
class SqlRules:
    """What a text of SQL may be; as in `sql_problems`."""

    dialect: str
    writes: bool
    several: bool
    only_booleans: bool

    @property
    def parser(self) -> str:
        return DIALECTS[self.dialect]
