"""Manifests and texts made to take long: they end in findings, soon."""

from __future__ import annotations

import time

import pytest
from airdesk_render.checks.place import MOST_FINDINGS
from airdesk_render.jinja import masked, objections
from airdesk_render.sql import sql_problems

HEAD = "version: 1\ndag_id: delays\ndescription: x\nowners: [a]\ndata_class: internal\ntasks:\n"
SHELL = "operator: bash@1, command: ls"

LARGE = {
    "operators misspelt": "".join(f"  t{n}: {{operator: bashh@1}}\n" for n in range(2_000)),
    "a long chain": "".join(f"  t{n}: {{{SHELL}, upstream: [t{n + 1}]}}\n" for n in range(1_200)),
    "unknown upstreams": "".join(f"  t{n}: {{{SHELL}, upstream: [x{n}]}}\n" for n in range(1_000)),
    "unknown fields": "  a:\n    operator: bash@1\n    command: ls\n"
    + "".join(f"    f{n}: 1\n" for n in range(4_000)),
    "everybody waits": "".join(
        f"  t{n}: {{{SHELL}, upstream: [{', '.join(f't{m}' for m in range(max(0, n - 40), n))}]}}\n"
        for n in range(200)
    ),
    "groups that wait for groups": "".join(
        f"  g{n}: {{upstream: [g{n + 1}], tasks: {{a: {{{SHELL}}}, "
        f"b: {{{SHELL}, upstream: [x]}}}}}}\n"
        for n in range(500)
    ),
    "mapped values": "".join(
        f"  t{n}: {{operator: bash@1, expand: {{command: [{', '.join(['ls, 1'] * 200)}]}}}}\n"
        for n in range(20)
    ),
    "branches": "".join(
        f"  b{n}: {{operator: branch@1, upstream: [j{n - 1}], "
        f'cases: [{{value: "{{{{ ds }}}}", equals: a, then: [x{n}]}}], otherwise: [y{n}]}}\n'
        f"  x{n}: {{{SHELL}, upstream: [b{n}]}}\n  y{n}: {{{SHELL}, upstream: [b{n}]}}\n"
        f"  j{n}: {{{SHELL}, upstream: [x{n}, y{n}]}}\n"
        for n in range(120)
    ).replace(", upstream: [j-1]", "", 1),
    "rows for everybody": "  q: {operator: sql_query@1, connection: w, sql: select 1}\n"
    + "".join(
        f'  s{n}: {{operator: slack_message@1, channel: "#a", text: x, rows_from: q, '
        f"upstream: [s{n - 1}]}}\n"
        for n in range(600)
    ),
    "setups": "".join(
        f"  a{n}: {{{SHELL}, setup: true}}\n  b{n}: {{{SHELL}, upstream: [a{n}]}}\n"
        f"  c{n}: {{{SHELL}, teardown_of: [a{n}], upstream: [b{n}], trigger_rule: all_done}}\n"
        for n in range(150)
    ),
    "assets": "  a: {operator: bash@1, command: ls, outlets: [" + ", ".join(["x"] * 5_000) + "]}\n",
    "Jinja": "  a:\n    operator: bash@1\n    command: |\n" + "      {{ conn }}\n" * 2_500,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_manifests(check, name):
    started = time.process_time()
    findings = check(HEAD + LARGE[name]).findings
    assert 0 < len(findings) <= MOST_FINDINGS
    assert time.process_time() - started < 5


LONG_SQL = [
    "a" + " " * 90_000 + "x",
    "-- x\n" * 15_000 + "(",
    "select " + "a." * 30_000 + "b",
    "select a" + "[1]" * 10_000,
    "select " + "'a'||" * 10_000 + "'b'",
    "select * from " + "a join " * 8_000 + "b",
    "select " + "- " * 3_000 + "1",
    "select x" + "::int" * 5_000,
    "with " + ", ".join(f"a{n} as (select 1)" for n in range(2_000)) + " select 1",
    "select " + "interval " * 10_000,
    "select 1" + " union select 1" * 3_000,
    "/*" * 40_000,
    "x" * 200_000 + " y",
]


@pytest.mark.parametrize("sql", LONG_SQL, ids=lambda sql: sql[:12].strip())
def test_long_sql(sql):
    started = time.process_time()
    list(sql_problems(sql))
    assert time.process_time() - started < 5


LONG_JINJA = [
    "{{ ds }}" * 10_000,
    "{{ params.a" + ".b" * 10_000 + " }}",
    "{{ " + "ds ~ " * 10_000 + "ds }}",
    "{{ ds" + "|lower" * 10_000 + " }}",
    "{#" * 40_000,
    "{{ " + "(" * 20_000,
    "\n{{ conn }}" * 5_000,
    "{{ params.a }}" * 6_000,
    "conn " * 9_000 + "{{ conn }}" * 5_000,
]


@pytest.mark.parametrize("text", LONG_JINJA, ids=lambda text: text[:12].strip())
def test_long_jinja(text):
    started = time.process_time()
    if not list(objections(text, frozenset())):
        assert len(masked(text, frozenset())) == len(text)
    assert time.process_time() - started < 5
