"""Is it one query that only reads?"""

from __future__ import annotations

import time

import pytest
from airdesk_render.sql import DIALECTS, sql_problems
from airdesk_render.sql.dialects import (
    DialectsError,
    dialect_of,
    dialect_of_operator,
    load_dialects,
)

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


WRITES = [
    "insert into a select 1",
    "begin; delete from a where b; insert into a values (1); commit",
    "create table a as select 1 as b; create index i on a (b)",
    "call refresh_delays()",
    "do $$ begin perform 1; end $$",
    "select 1",
    "truncate a; vacuum a",
]
NEVER = {
    "grant select on a to b": "sql-forbidden",
    "select 1;\n revoke all on a from b": "sql-forbidden",
    "create role a": "sql-forbidden",
    "alter user a superuser": "sql-forbidden",
    "create extension dblink": "sql-forbidden",
    "create or replace language x": "sql-forbidden",
    "copy a to program 'id'": "sql-forbidden",
    "set session authorization root": "sql-forbidden",
    "a + b": "sql-not-query",
    "insrt into a select 1": "sql-not-query",
    "insert into a select 'b": "sql-syntax",
    "-- nothing": "sql-empty",
}


@pytest.mark.parametrize("sql", WRITES)
def test_statements_that_may_write(sql):
    assert list(sql_problems(sql, writes=True, several=True)) == []


@pytest.mark.parametrize("sql", NEVER)
def test_what_no_statement_may(sql):
    codes = [problem.code for problem in sql_problems(sql, writes=True, several=True)]
    assert codes == [NEVER[sql]]


def test_several_statements_only_where_they_may_be():
    one = sql_problems("delete from a;\n  delete from b", writes=True)
    assert [(problem.code, problem.line, problem.column) for problem in one] == [
        ("sql-many-statements", 2, 3)
    ]
    reading = sql_problems("select 1;\n  delete from b", several=True)
    assert [(problem.code, problem.line, problem.column) for problem in reading] == [
        ("sql-not-read-only", 2, 3)
    ]


SPOKEN = {
    "postgres": "select a::int, b->>'c' from t where d ~ '^x'",
    "mysql": "select `a`, b <=> c from t limit 1, 2",
    "hive": "select a from t lateral view explode(b) x as c distribute by a sort by a",
    "spark": "select a from t left semi join u on t.a = u.a",
    "trino": "select approx_distinct(a), try_cast(b as bigint) from t cross join unnest(c) as x",
    "snowflake": "select a:b.c::string from t qualify row_number() over (order by a) = 1",
    "bigquery": "select * except (a) from `a.b.c` where _partitiondate > '2026-01-01'",
    "redshift": "select listagg(a, ',') within group (order by a) from t",
    "sqlite": "select a from t where b glob 'x*' limit 1",
    "mssql": "select top 5 [a b] from [dbo].[t] with (nolock)",
    "oracle": "select a from t where rownum < 5 connect by prior a = b",
    "generic": "select count(*) from t",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_reads_its_own(dialect):
    assert list(sql_problems(SPOKEN[dialect], dialect=dialect)) == []


def test_a_known_dialect_is_kept_to():
    (problem,) = sql_problems("select `a` from t", dialect="postgres")
    assert problem.code == "sql-syntax"
    assert problem.message.startswith("This is not SQL of PostgreSQL:")


@pytest.mark.parametrize(
    "sql",
    ["select `a` from t", "select top 5 [a b] from [dbo].[t] with (nolock)", SPOKEN["bigquery"]],
)
def test_sql_of_an_unknown_dialect_is_read_in_one_that_fits(sql):
    assert list(sql_problems(sql)) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select `a` # ; drop table b",
        "select `a` # \n; delete from b",
        "select `a`, 'b\\'; drop table c; --'",
        "select `a` into outfile '/tmp/x' from b",
        "select `a` from t where from",
    ],
)
def test_another_dialect_hides_nothing(sql):
    assert [problem.code for problem in sql_problems(sql)] == ["sql-syntax"]


def test_dialects_of_connections():
    dialects = load_dialects("warehouse: mysql\nrisk.warehouse: oracle\n")
    assert dialect_of("growth.warehouse", dialects) == "mysql"
    assert dialect_of("risk.warehouse", dialects) == "oracle"
    assert dialect_of("growth.lake", dialects) == "generic"
    assert (
        dialect_of_operator("airflow.providers.apache.hive.operators.hive.HiveOperator") == "hive"
    )
    assert dialect_of_operator("SQLExecuteQueryOperator") is None
    for text in ("warehouse: db2", "- a", "a: [b]", "a: &x b"):
        with pytest.raises(DialectsError):
            load_dialects(text)


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
