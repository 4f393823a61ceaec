"""Which tables a task's SQL reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from airdesk_render.behaviour.shapes import Change
from airdesk_render.behaviour.task_facts import Sql, TaskFacts
from airdesk_render.jinja import masked
from airdesk_render.sql.dialects import DIALECTS, GENERIC


@dataclass(frozen=True)
class Tables:
    """Names as the SQL writes them, in lower case; `None` where it cannot be read."""

    reads: frozenset[str] | None
    writes: frozenset[str] | None


_NONE = Tables(frozenset(), frozenset())
_UNKNOWN = Tables(None, None)


def table_changes(old: TaskFacts | None, new: TaskFacts) -> Iterator[Change]:
    """What a task's SQL reads and writes, where that differs."""
    before = _tables_of(old) if old is not None else _NONE
    after = _tables_of(new)
    pairs = (("reads", before.reads, after.reads), ("writes", before.writes, after.writes))
    for word, was, will in pairs:
        if was is not None and will is not None and was != will:
            yield Change(
                kind=f"task.{word}", subject=new.id, before=[*sorted(was)], after=[*sorted(will)]
            )


def _tables_of(task: TaskFacts) -> Tables:
    found = [_tables(sql.text, _dialect(sql)) for sql in task.sql.values() if not sql.use.condition]
    if any(one.reads is None or one.writes is None for one in found):
        return _UNKNOWN
    reads: frozenset[str] = frozenset().union(*(one.reads or () for one in found))
    return Tables(reads, frozenset().union(*(one.writes or () for one in found)))


def _dialect(sql: Sql) -> str:
    return DIALECTS.get(sql.use.dialect or GENERIC, DIALECTS[GENERIC])


@lru_cache(maxsize=256)
def _tables(text: str, dialect: str) -> Tables:
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    plain = masked(text, frozenset())
    try:
        statements = [one for one in parse(plain, dialect=dialect) if one is not None]
    except (SqlglotError, RecursionError):
        return _UNKNOWN
    reads: set[str] = set()
    writes: set[str] = set()
    for statement in statements:
        if isinstance(statement, exp.Command):
            return _UNKNOWN
        written = _written(statement)
        named = {id(table) for table in written}
        writes |= {_name(table) for table in written}
        with_names = {cte.alias_or_name.lower() for cte in statement.find_all(exp.CTE)}
        for table in statement.find_all(exp.Table):
            name = _name(table)
            if id(table) not in named and name and name not in with_names:
                reads.add(name)
    return Tables(frozenset(reads), frozenset(writes))


def _written(statement: object) -> list[object]:
    """The tables that a statement, or one inside it, changes."""
    from sqlglot import exp

    kinds = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter)
    found: list[object] = []
    for one in statement.find_all(*kinds, exp.TruncateTable, exp.Into):  # type: ignore[attr-defined]  # exported by name at run time
        target = one.this
        targets = one.expressions if isinstance(one, exp.TruncateTable) else [target]
        for table in targets:
            inner = table.this if isinstance(table, exp.Schema) else table
            if isinstance(inner, exp.Table):
                found.append(inner)
    return found


def _name(table: object) -> str:
    parts = (getattr(table, part, "") for part in ("catalog", "db", "name"))
    return ".".join(part.lower() for part in parts if part)
