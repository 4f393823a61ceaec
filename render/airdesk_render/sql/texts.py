"""Is a text SQL, and does it only read? Answered by a real SQL parser, within bounds."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from airdesk_render.sql.dialects import DIALECTS, GENERIC, title_of
from airdesk_render.sql.rules import SqlProblem, SqlRules
from airdesk_render.sql.statements import Start, judged

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

# The parser's own warnings quote a person's SQL into whatever log there is; findings say it better.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

MAX_LENGTH = 100_000
MAX_PARENTHESES = 40
MAX_SUBSCRIPTS = 500
"""Beyond these the parser takes long for what nobody would write."""
_TABLE_NAME = re.compile(r'\s*((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+)){0,2})\s*(?:;\s*)?')

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n)*(\w+)")
COMMANDS = frozenset(
    (
        *("select", "with", "values", "table", "insert", "update", "delete", "create", "alter"),
        *("drop", "vacuum", "analyze", "begin", "commit", "rollback", "call", "set", "copy"),
        *("merge", "do", "lock", "grant", "revoke", "explain", "truncate", "refresh", "show"),
        *("use", "describe", "msck", "load", "optimize", "replace", "pragma", "execute", "declare"),
        *("comment", "cluster", "reindex", "export", "import", "unload", "cache", "uncache"),
        *("if", "rename", "start", "end", "savepoint", "exec", "add", "from", "put", "get"),
    )
)
"""Words that begin a statement in one dialect or another, so that they are no table's name."""
_OTHERS = ("mysql", "hive", "bigquery", "mssql", "snowflake", "oracle", "sqlite")
_WRITING = frozenset(
    (
        *("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE", "DROP", "CREATE", "ALTER"),
        *("GRANT", "REVOKE", "CALL", "EXEC", "EXECUTE", "COPY", "INTO", "LOAD", "SET", "DO"),
    )
)
_WORDS_SEEN = 40_000
"""Of one statement; more than a text within MAX_LENGTH can hold by far."""


def sql_problems(
    sql: str,
    *,
    dialect: str = GENERIC,
    writes: bool = False,
    several: bool = False,
    only_booleans: bool = False,
    written: str | None = None,
) -> Iterator[SqlProblem]:
    """What keeps `sql` from being one SELECT (or WITH … SELECT) that changes nothing.

    Args:
        dialect: one of `DIALECTS`.
        writes: it may change data; what hands out rights or leaves the database is refused all
            the same.
        several: it may hold more than one statement.
        only_booleans: every column must be a yes or no, so that a log of the result shows no data.
        written: the text as the person knows it, place for place like `sql`.
    """
    rules = SqlRules(dialect, writes, several, only_booleans)
    name = _TABLE_NAME.fullmatch(sql)
    if name is not None and name[1].lower() not in COMMANDS:
        yield _table_name(sql, name)
        return
    if (first := _FIRST_WORD.match(sql)) is not None and (word := _misspelt(first[1], rules)):
        line, column = _position(sql, first.start(1))
        what = "A statement" if rules.writes else "A query"
        message = f"{what} does not begin with {first[1]!r}."
        yield SqlProblem(line, column, "sql-not-query", message, word)
        return
    try:
        yield from _parsed(sql, rules, written or sql)
    except RecursionError:
        yield SqlProblem(1, 1, "sql-too-complex", "The SQL nests too deep to be read.")


def _misspelt(word: str, rules: SqlRules) -> str | None:
    """`select` for `selct`; nothing for words that begin a statement."""
    if word.lower() in COMMANDS:
        return None
    wanted = sorted(COMMANDS) if rules.writes else ("select", "with")
    close = difflib.get_close_matches(word.lower(), wanted, n=1, cutoff=0.7)
    return close[0] if close else None


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _parsed(sql: str, rules: SqlRules, written: str) -> Iterator[SqlProblem]:
    if _depth(sql) > MAX_PARENTHESES or sql.count("[") > MAX_SUBSCRIPTS or len(sql) > MAX_LENGTH:
        message = (
            f"SQL may have {MAX_LENGTH} characters, {MAX_PARENTHESES} parentheses in each "
            f"other and {MAX_SUBSCRIPTS} subscripts."
        )
        yield SqlProblem(1, 1, "sql-too-complex", message)
        return
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    try:
        tokens = Dialect.get_or_raise(rules.parser).tokenize(sql)
        starts = _starts(tokens)
        statements = _statements(sql, tokens, starts, rules)
    except SqlglotError as error:
        yield _syntax(error, written, rules)
        return
    if not statements:
        yield SqlProblem(1, 1, "sql-empty", "There is no SQL here, only comments or nothing.")
        return
    if len(statements) > 1 and not rules.several:
        second = starts[1] if len(starts) > 1 else Start()
        message = "One task runs one query. Make a task of each."
        yield SqlProblem(second.line, second.column, "sql-many-statements", message)
        return
    for number, statement in enumerate(statements):
        yield from judged(statement, starts[number] if number < len(starts) else Start(), rules)


def _statements(
    sql: str, tokens: list[Token], starts: list[Start], rules: SqlRules
) -> list[exp.Expr]:
    """What the parser makes of it, in the dialect or, where that is not known, in one that fits.

    Raises:
        SqlglotError: no dialect that may be meant takes it.
    """
    from sqlglot import parse
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError

    try:
        found = Dialect.get_or_raise(rules.parser).parser().parse(tokens, sql)
        return [one for one in found if one is not None]
    except SqlglotError:
        if rules.dialect != GENERIC or not _harmless_in_any(starts, rules):
            raise
        for name in _OTHERS:
            try:
                return [one for one in parse(sql, dialect=DIALECTS[name]) if one is not None]
            except (SqlglotError, RecursionError):
                continue
        raise


def _harmless_in_any(starts: list[Start], rules: SqlRules) -> bool:
    """Whether another dialect's reading can be trusted.

    A comment or a quote of one dialect is plain text in another, so that what one reads as a
    harmless query could be two statements for the database: then no other word is taken for it.
    """
    if rules.writes:
        return True
    words = {word for start in starts for word in start.words}
    return len(starts) == 1 and not words & _WRITING


def _starts(tokens: list[Token]) -> list[Start]:
    """Line, column and words in capitals of each statement, by its tokens."""
    from sqlglot.tokenizer_core import TokenType

    found: list[Start] = []
    words: list[str] = []
    line, column = 1, 1
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            if words:
                found.append(Start(line, column, tuple(words)))
            words = []
            continue
        if not words:
            line, column = token.line, max(token.col - len(token.text) + 1, 1)
        if len(words) < _WORDS_SEEN:
            words.append(token.text.upper())
    return [*found, Start(line, column, tuple(words))] if words else found


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


def _syntax(error: Exception, written: str, rules: SqlRules) -> SqlProblem:
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
    of = "" if rules.dialect == GENERIC else f" of {title_of(rules.dialect)}"
    return SqlProblem(line, column, "sql-syntax", f"This is not SQL{of}: {what}{near}.")
