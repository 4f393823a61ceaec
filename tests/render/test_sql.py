"""Is it one query that only reads?"""

from __future__ import annotations

import time

import pytest
from airdesk_render.sql import sql_problems

FINE = [
    "select 1",
    "SELECT a, b FROM s.t WHERE a > 1 AND b IN (SELECT c FROM d) ORDER BY 1 LIMIT 10;",
    "with a as (select 1 as x), b as (select 2 as y) select * from a cross join b",
    "select 1 union all select 2 except select 3",
    "(select 1) union (select 2)",
    "select count(*) filter (where a) > 0 as ok, avg(x)::numeric(10, 2) from t group by rollup (b)",
    "select row_number() over (partition by a order by b desc) from t",
    "select * from t join lateral (select * from u where u.a = t.a limit 1) v on true",
    "select date_trunc('day', ts) at time zone 'UTC', interval '1 day' from t",
    "select a->>'b', c #>> '{d}' from t where e @> '{}'::jsonb",
    "-- a comment\nselect 1 /* another */",
    "select $$dollar; quoted$$, E'\\n', 'it''s'",
    "select distinct on (a) a, b from t tablesample system (1)",
    "table flights",
]
NOT = {
    "insert into a select 1": "sql-not-read-only",
    "update a set b = 1": "sql-not-read-only",
    "with x as (insert into a values (1) returning *) select * from x": "sql-not-read-only",
    "select * into b from a": "sql-not-read-only",
    "create table a as select 1": "sql-not-read-only",
    "truncate a": "sql-not-read-only",
    "copy a to program 'id'": "sql-not-read-only",
    "do $$ begin end $$": "sql-not-read-only",
    "set role postgres": "sql-not-read-only",
    "call f()": "sql-not-read-only",
    "select 1; drop table a": "sql-many-statements",
    "begin; select 1; commit": "sql-many-statements",
    "": "sql-empty",
    ";": "sql-empty",
    "-- nothing": "sql-empty",
    "select 'a": "sql-syntax",
    "select a from where": "sql-syntax",
    "flights": "table-not-query",
    ' "Flights" ': "table-not-query",
    "warehouse.public.flights": "table-not-query",
    "wiht a as (select 1) select * from a": "sql-not-query",
    "select " + "(" * 60 + "1" + ")" * 60: "sql-too-complex",
    "select " + "not " * 5000 + "a": "sql-too-complex",
}


@pytest.mark.parametrize("sql", FINE)
def test_queries(sql):
    assert list(sql_problems(sql)) == []


@pytest.mark.parametrize("sql", NOT)
def test_no_queries(sql):
    assert [problem.code for problem in sql_problems(sql)] == [NOT[sql]]


@pytest.mark.parametrize(
    ("sql", "fine"),
    [
        ("select count(*) > 0 from people", True),
        ("select (count(*) > 0) as ok, bool_and(a is not null), exists (select 1) from t", True),
        ("select not exists (select 1), a between 1 and 2, a in (1, 2), true from t", True),
        ("select name from people", False),
        ("select count(*) > 0, max(name) from people", False),
        ("select * from people", False),
        ("select case when a > 1 then name end from people", False),
        ("select true union select name from people", False),
    ],
)
def test_a_check_on_pii_shows_only_yes_and_no(sql, fine):
    codes = [problem.code for problem in sql_problems(sql, only_booleans=True)]
    assert codes == ([] if fine else ["pii-check-columns"])


def test_long_queries_take_little_time():
    started = time.process_time()
    for sql in (
        "select " + ", ".join(f"c{n}" for n in range(10_000)) + " from t",
        "select " + " + ".join("a" for _ in range(10_000)),
        "select " + "case when a then b else " * 30 + "c" + " end" * 30,
        "select * from t where " + " or ".join(f"a = {n}" for n in range(5_000)),
        "select " + "(" * 40 + "1" + ")" * 40,
        "select " + "f(" * 40 + "1" + ")" * 40,
        "select * from " + "(select * from " * 39 + "t" + ") x" * 39,
    ):
        list(sql_problems(sql))
    assert time.process_time() - started < 10
