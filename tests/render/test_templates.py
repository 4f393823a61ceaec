"""Jinja: the allow-list, and stand-ins of the same length."""

from __future__ import annotations

import pytest
from airdesk_render.jinja import masked, objections
from airdesk_render.template_rules import judged, names_in
from hypothesis import given
from hypothesis import strategies as some

PARAMS = frozenset({"days", "name"})

ALLOWED = [
    "no jinja at all",
    "{{ ds }} {{ ds_nodash }} {{ ts }} {{ ts_nodash }} {{ run_id }}",
    "{{ logical_date }} {{ data_interval_start.year }} {{ data_interval_end | ds }}",
    "{{ params.days }} {{ params['name'] | upper }} {{ params.name | default('x') }}",
    "{{ macros.ds_add(ds, -7) }} {{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.') }}",
    "{{ data_interval_start.subtract(days=1) }} {{ logical_date.strftime('%H') }}",
    "{{ 'a' if params.days > 3 and not params.name == 'b' else 'c' ~ ds }}",
    "{# a comment #}{{- ds -}}",
    "{{ '{{' }}",
    "{{ prev_data_interval_end_success.day }} {{ ti.map_index }} {{ dag.dag_id }}",
    "{{ params.name | join(', ') | upper }} {{ params.days | abs | round(2) }}",
]
REFUSED = [
    "{{ conn.warehouse.password }}",
    "{{ conn['warehouse'] }}",
    "{{ var.value.get('x') }}",
    "{{ ti.xcom_pull() }}",
    "{{ task_instance }}",
    "{{ dag_run.conf }}",
    "{{ macros.os }}",
    "{{ macros.datetime.now() }}",
    "{{ macros }}",
    "{{ ds.__class__ }}",
    "{{ ''.join(['a']) }}",
    "{{ params.__class__ }}",
    "{{ params['days'].bit_length() }}",
    "{{ params[ds] }}",
    "{{ params.items }}",
    "{{ logical_date._tzinfo }}",
    "{{ logical_date.strftime.__globals__ }}",
    "{{ logical_date.subtract(**params) }}",
    "{{ data_interval_start.add(days=conn.x) }}",
    "{{ ds | attr('x') }}",
    "{{ ds | map('upper') }}",
    "{{ params.name | join(',', attribute='x') }}",
    "{{ params.name | join(',', 'x') }}",
    "{{ ds | replace('', 'aaaa') }}",
    "{{ dag.dag_id.__class__ }}",
    "{{ dag.get_dagrun() }}",
    "{{ task.task_id() }}",
    "{{ ds }}{{ conn.x }}",
    "{{ ds }}{% if a %}{% endif %}",
    "{{ ds | default(conn.x) }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ range(10) }}",
    "{{ self }}",
    "{{ cycler }}",
    "{{ lipsum() }}",
    "{{ [conn] }}",
    "{{ {'a': var} }}",
    "{{ (ds, ti) }}",
    "{{ ds[0] }}",
    "{{ ds is defined }}",
    "{% for a in ds %}{% endfor %}",
    "{% set a = 1 %}",
    "{% include '/etc/passwd' %}",
    "{% import 'a' as b %}",
    "{% macro f() %}{% endmacro %}",
    "{% raw %}{{ conn }}{% endraw %}{% if ds %}{{ conn }}{% endif %}",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_allowed(text):
    assert list(objections(text, PARAMS)) == []


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    found = list(objections(text, PARAMS))
    assert found
    assert {one.code for one in found} <= {"jinja-not-allowed", "unknown-param"}


@pytest.mark.parametrize(
    "text", ["{{", "{{ }}", "{% if %}", "{{ ds }", "{{ 'a }}", "${#array[@]}", "{{{ ds }}}"]
)
def test_not_jinja(text):
    assert [one.code for one in objections(text, PARAMS)] == ["jinja-syntax"]


def test_depth_is_bounded():
    assert list(objections("{{ " + "(" * 5000 + "ds" + ")" * 5000 + " }}", PARAMS))
    assert list(objections("{{ " + "not " * 5000 + "ds }}", PARAMS))


def test_stand_ins_keep_places():
    text = "a '{{ ds }}'\n{{ params.days }} {# c\n #} {{\nds }}b"
    shown = masked(text, frozenset({"days"}))
    assert shown == "a 'xxxxxxxx'\n11111111111111111 " + "    \n   " + " xx\n     b"
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]


_PIECES = some.sampled_from(
    (
        *("{{", "}}", "{", "}", " ", "-", "|", "%", "#", "\n", "'", ".", "\x00"),
        *("ds", "ts", "params.days", "params.other", "conn", "lower", "{{ ds }}", "{{-ts|d-}}"),
        *("{{ params.name }}", "{{ ds|tojson }}", "a", "{%", "%}", "{#", "#}", "{{ds}}"),
    )
)


@given(some.lists(_PIECES, max_size=12).map("".join))
def test_simple_templates_are_judged_as_jinja_would(text):
    """The short way round Jinja's parser comes to the same as the parser."""
    found = list(objections(text, PARAMS))
    assert found == (
        list(judged(text, PARAMS)) if any(c in text for c in ("{{", "{%", "{#")) else []
    )
    if not found:
        shown = masked(text, frozenset({"days"}))
        assert "{{" not in shown
        assert text.count("\n") == shown.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "{{ dag_run.run_after }}",
        "{{ dag_run.run_after | ds }}",
        "{{ dag_run.run_after.year }}",
        "{{ dag_run.run_after.strftime('%Y') }}",
    ],
)
def test_when_a_run_was_due_is_known_to_every_run(text):
    assert list(objections(text, PARAMS)) == []


@pytest.mark.parametrize(
    "text", ["{{ dag_run.conf }}", "{{ dag_run.run_after.tzinfo }}", "{{ dag_run.run_after() }}"]
)
def test_a_run_says_nothing_else(text):
    assert [one.code for one in objections(text, PARAMS)] == ["jinja-not-allowed"]


def test_names_are_found_where_they_stand():
    text = "a\n-- ds {{ params.ds }}\n{{ (ds) }} {{ ts | ds }}"
    assert names_in(text, frozenset({"ds", "ts"})) == (("ds", 3, 5), ("ts", 3, 15))
