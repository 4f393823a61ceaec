"""What one parsed statement of SQL does, and whether it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airdesk_render.sql.rules import SqlProblem, SqlRules

if TYPE_CHECKING:
    from sqlglot import exp

_RIGHTS = frozenset(("GRANT", "REVOKE", "DENY"))
_PEOPLE = frozenset(("USER", "ROLE", "LOGIN", "GROUP"))
_MACHINE = frozenset(("EXTENSION", "LANGUAGE", "SERVER", "ASSEMBLY"))


@dataclass(frozen=True)
class Start:
    """Where a statement begins in its text, and its first words in capitals."""

    line: int = 1
    column: int = 1
    words: tuple[str, ...] = ()


def judged(statement: exp.Expr, start: Start, rules: SqlRules) -> Iterator[SqlProblem]:
    """What the rules have against a statement; nothing of it is run."""
    from sqlglot import exp

    if isinstance(statement, exp.Condition | exp.Alias) and not isinstance(statement, exp.Query):
        words = "a statement" if rules.writes else "a query. Begin with SELECT or WITH"
        yield SqlProblem(start.line, start.column, "sql-not-query", f"This is not {words}.")
        return
    if rules.writes:
        if (reason := _never(start.words)) is not None:
            yield SqlProblem(start.line, start.column, "sql-forbidden", reason)
        return
    if not isinstance(statement, exp.Query):
        # VALUES stands for rows, but sqlglot knows it as no query.
        if isinstance(statement, exp.Values):
            message = "This is not a query. Begin with SELECT or WITH."
            yield SqlProblem(start.line, start.column, "sql-not-query", message)
            return
        yield _writes(start, statement)
        return
    writing = statement.find(
        exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Drop, exp.Create
    )
    if writing is not None:
        yield _writes(start, writing)
    if rules.only_booleans and not _only_booleans(statement):
        yield SqlProblem(
            start.line,
            start.column,
            "pii-check-columns",
            "Airflow logs the first row of a check. With pii, select only comparisons, such as "
            "count(*) > 0.",
        )


def _writes(start: Start, statement: exp.Expr) -> SqlProblem:
    from sqlglot import exp

    kind = "this command" if isinstance(statement, exp.Command) else statement.key.upper()
    message = f"A query only reads; {kind} is not allowed here."
    return SqlProblem(start.line, start.column, "sql-not-read-only", message)


def _never(words: tuple[str, ...]) -> str | None:
    """What no statement of a manifest does, even where it may write."""
    first, rest = (words[0], words[1:4]) if words else ("", ())
    if first in _RIGHTS:
        return f"{first} changes who may do what. Ask the database's administrators."
    if first in ("CREATE", "ALTER", "DROP") and _PEOPLE.intersection(rest[:1]):
        return f"{first} {rest[0]} is for the database's administrators."
    if first in ("CREATE", "ALTER") and _MACHINE.intersection(rest):
        return f"{first} {rest[0]} reaches beyond the tables. Ask the database's administrators."
    if first == "COPY" and "PROGRAM" in words:
        return "COPY … PROGRAM runs a command on the database's machine."
    if first == "SET" and {"ROLE", "AUTHORIZATION"}.intersection(rest):
        return "The connection says as whom the database is used."
    return None


def _only_booleans(query: exp.Query) -> bool:
    from sqlglot import exp

    if isinstance(query, exp.SetOperation):
        sides = (query.left, query.right)
        return all(isinstance(side, exp.Query) and _only_booleans(side) for side in sides)
    return all(_is_boolean(column) for column in query.selects)


def _is_boolean(column: exp.Expr) -> bool:
    from sqlglot import exp

    inner = column.unalias() if isinstance(column, exp.Alias) else column
    while isinstance(inner, exp.Paren):
        inner = inner.this
    return isinstance(
        inner,
        exp.Predicate | exp.Connector | exp.Not | exp.Boolean | exp.LogicalAnd | exp.LogicalOr,
    )
