"""Is a text one query that only reads? Answered by a real SQL parser, within bounds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

MAX_LENGTH = 100_000
MAX_PARENTHESES = 40
MAX_SUBSCRIPTS = 500
"""Beyond these the parser takes long for what nobody would write."""
_TABLE_NAME = re.compile(r'\s*((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+)){0,2})\s*(?:;\s*)?')

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n)*(\w+)")
_COMMANDS = frozenset(
    (
        *("select", "with", "values", "table", "insert", "update", "delete", "create", "alter"),
        *("drop", "vacuum", "analyze", "begin", "commit", "rollback", "call", "set", "copy"),
        *("merge", "do", "lock", "grant", "revoke", "explain", "truncate", "refresh", "show"),
    )
)
"""Words that begin a statement, so that they are no table's name."""


@dataclass(frozen=True)
class SqlProblem:
    """What is wrong with a query; line and column count from 1 inside the text."""

    line: int
    column: int
    code: str
    message: str
    suggestion: str | None = None


def sql_problems(
    sql: str, *, only_booleans: bool = False, written: str | None = None
) -> Iterator[SqlProblem]:
    """What keeps `sql` from being one SELECT (or WITH … SELECT) that changes nothing.

    With `only_booleans`, every column must also be a yes or no, so that a log of the result
    shows no data. `written` is the text as the person knows it, place for place like `sql`.
    """
    name = _TABLE_NAME.fullmatch(sql)
    if name is not None and name[1].lower() not in _COMMANDS:
        yield _table_name(sql, name)
        return
    if (first := _FIRST_WORD.match(sql)) is not None and (word := _misspelt(first[1])):
        line, column = _position(sql, first.start(1))
        message = f"A query begins with SELECT or WITH, not with {first[1]!r}."
        yield SqlProblem(line, column, "sql-not-query", message, word)
        return
    try:
        yield from _parsed(sql, only_booleans=only_booleans, written=written or sql)
    except RecursionError:
        yield SqlProblem(1, 1, "sql-too-complex", "The SQL nests too deep to be read.")


def _misspelt(word: str) -> str | None:
    """`select` for `selct`; nothing for words that begin a statement."""
    if word.lower() in _COMMANDS:
        return None
    close = difflib.get_close_matches(word.lower(), ("select", "with"), n=1, cutoff=0.7)
    return close[0] if close else None


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _parsed(sql: str, *, only_booleans: bool, written: str) -> Iterator[SqlProblem]:
    if _depth(sql) > MAX_PARENTHESES or sql.count("[") > MAX_SUBSCRIPTS or len(sql) > MAX_LENGTH:
        message = (
            f"A query may have {MAX_LENGTH} characters, {MAX_PARENTHESES} parentheses in each "
            f"other and {MAX_SUBSCRIPTS} subscripts."
        )
        yield SqlProblem(1, 1, "sql-too-complex", message)
        return
    from sqlglot import parse
    from sqlglot.errors import SqlglotError

    try:
        statements = [one for one in parse(sql, dialect="postgres") if one is not None]
    except SqlglotError as error:
        yield _syntax(error, written)
        return
    if not statements:
        yield SqlProblem(1, 1, "sql-empty", "There is no query here, only comments or nothing.")
    elif len(statements) > 1:
        line, column = _second_statement(sql)
        message = "One task runs one query. Make a task of each."
        yield SqlProblem(line, column, "sql-many-statements", message)
    else:
        yield from _statement(statements[0], only_booleans=only_booleans)


def _table_name(sql: str, name: re.Match[str]) -> SqlProblem:
    line, column = _position(sql, name.start(1))
    return SqlProblem(
        line,
        column,
        "table-not-query",
        f"{name[1][:80]} is the name of a table, not a query.",
        f"select * from {name[1]}",  # noqa: S608 - words for a person, never run
    )


def _depth(sql: str) -> int:
    depth = deepest = 0
    for character in sql:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    return deepest


_PLAIN_WORDS = (
    ("Expecting )", "a closing parenthesis is expected"),
    ("Expecting (", "an opening parenthesis is expected"),
    ("Required keyword", "something is missing"),
    ("Invalid expression / Unexpected token", "this word is not expected"),
    ("Error tokenizing", "a quote or comment is not closed"),
)


def _syntax(error: Exception, written: str) -> SqlProblem:
    details = (getattr(error, "errors", None) or [{}])[0]
    if not details.get("highlight"):
        details = {"description": str(error)}
    line, end = int(details.get("line") or 1), int(details.get("col") or 1)
    length = len(str(details.get("highlight") or ""))
    column = max(end - length + 1, 1) if length else 1
    lines = written.split("\n")
    word = lines[line - 1][column - 1 : column - 1 + length] if line <= len(lines) else ""
    said = str(details.get("description") or error)
    plain = next((words for start, words in _PLAIN_WORDS if said.startswith(start)), None)
    near = f" near {word[:40]!r}" if word else ""
    what = plain or "it cannot be read"
    return SqlProblem(line, column, "sql-syntax", f"This is not SQL: {what}{near}.")


def _second_statement(sql: str) -> tuple[int, int]:
    from sqlglot import tokenize
    from sqlglot.tokenizer_core import TokenType

    seen = False
    for token in tokenize(sql, dialect="postgres"):
        if seen and token.token_type is not TokenType.SEMICOLON:
            return token.line, max(token.col - len(token.text) + 1, 1)
        seen = seen or token.token_type is TokenType.SEMICOLON
    return 1, 1


def _statement(statement: exp.Expr, *, only_booleans: bool) -> Iterator[SqlProblem]:
    from sqlglot import exp

    if not isinstance(statement, exp.Query):
        kind = statement.key.upper() if not isinstance(statement, exp.Command) else "this command"
        if not isinstance(statement, exp.Values | exp.Condition):
            message = f"A query only reads; {kind} is not allowed here."
            yield SqlProblem(1, 1, "sql-not-read-only", message)
        else:
            yield SqlProblem(
                1, 1, "sql-not-query", "This is not a query. Begin with SELECT or WITH."
            )
        return
    writes = statement.find(
        exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Drop, exp.Create
    )
    if writes is not None:
        yield SqlProblem(
            1,
            1,
            "sql-not-read-only",
            f"A query only reads; {writes.key.upper()} is not allowed here.",
        )
    if only_booleans and not _only_booleans(statement):
        yield SqlProblem(
            1,
            1,
            "pii-check-columns",
            "Airflow logs the first row of a check. With pii, select only comparisons, such as "
            "count(*) > 0.",
        )


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
