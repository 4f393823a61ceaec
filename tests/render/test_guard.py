"""The guard: whatever single thing is changed in a rendered file, it is refused."""

from __future__ import annotations

import dataclasses

import pytest
from airdesk_render.helpers import SOURCES
from airdesk_render.rendering.guard import UnsafeRendering, assert_says
from airdesk_render.rendering.plan import Origin, Plan, plan_of
from airdesk_render.rendering.writing import python_source

GROUPED = """\
version: 1
dag_id: delays
description: Groups, setups and mapping
owners: [thu.tran]
data_class: internal
schedule: {cron: "0 6 * * *", start_date: 2026-12-01}
tasks:
  begin: {operator: bash@1, command: echo 1, setup: true}
  load:
    upstream: [begin]
    tasks:
      each:
        operator: sql_query@1
        connection: warehouse
        expand: {sql: [select 1, select 2]}
      check: {operator: sql_check@1, connection: warehouse, sql: select 3, upstream: [each]}
  last: {operator: bash@1, command: echo 2, upstream: [load.each, load.check]}
  end: {operator: bash@1, command: echo 3, teardown_of: [begin], upstream: [load]}
"""


@pytest.fixture(scope="module")
def planned(check, growth, policy):
    """planned(text) -> the plan of a manifest, and its source."""

    def run(text: str) -> tuple[Plan, str]:
        origin = Origin("dags/delays.dag.yaml", "0" * 64, "c" * 12, policy.version, None)
        checked = check(text)
        assert checked.findings == ()
        plan = plan_of(checked.manifest, team=growth, policy=policy, origin=origin)
        return plan, python_source(plan)

    return run


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import pendulum", "import pendulum, os"),
        ("import pendulum", "import pendulum as p"),
        ("import DAG,", "import DAG as D,"),
        ("select carrier", "select secret"),
        ("first_rows(10)", "first_rows(100)"),
        ("first_rows(10)", "first_rows(10.0)"),
        ("first_rows(10)", "first_rows(True)"),
        ("first_rows(10)", "first_rows(*[10])"),
        ('"queue": "default"', '"queue": "team-risk"'),
        ('"queue": "default"', '**{"queue": "default"}'),
        ('"team-growth"', '"team-risk"'),
        ('{"can_edit", "can_read"}', '{"can_edit", "can_read", "menu"}'),
        ('{"can_edit", "can_read"}', '["can_edit", "can_read"]'),
        ('{"can_edit", "can_read"}', '{*"can_edit", "can_read"}'),
        ("report >> not_empty", "not_empty >> report"),
        ("report >> not_empty", "report << not_empty"),
        ("catchup=False", "catchup=True"),
        ("catchup=False", "catchup=0"),
        ("catchup=False", "**dict(catchup=False)"),
        ("with DAG(", "print()\nwith DAG("),
        ("with DAG(", "async def f():\n  pass\nwith DAG("),
        ("):\n    report", ") as dag:\n    report"),
        ("):\n    report", "), open('x'):\n    report"),
        ("    report >> not_empty", "    report >> not_empty\n    print()"),
        ("report = SQLExecuteQueryOperator", "report = x = SQLExecuteQueryOperator"),
        ("report = SQLExecuteQueryOperator", "report: int = SQLExecuteQueryOperator"),
        ("report = SQLExecuteQueryOperator", "report = os.SQLExecuteQueryOperator"),
        ("return handler", "return print"),
        ("def first_rows(limit):", "@print\ndef first_rows(limit):"),
        ('"slack_table": slack_table', '"slack_table": print'),
        ("sql=REPORT_SQL", "sql=POST_TEXT"),
        ('timezone="Asia/Ho_Chi_Minh"', 'timezone=f"Asia/Ho_Chi_Minh"'),
    ],
)
def test_every_change_is_noticed(planned, delays, before, after):
    plan, source = planned(delays)
    assert_says(source, plan)
    assert before in source
    with pytest.raises(UnsafeRendering):
        assert_says(source.replace(before, after, 1), plan)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('TaskGroup("load")', 'TaskGroup("loads")'),
        (") as load:", "):"),
        (") as load:", ") as other:"),
        (".expand(", ".partial("),
        (".expand(", ".expand(1, "),
        ('"select 2"', '"drop table x"'),
        (".as_setup()", ""),
        (".as_setup()", ".as_setup(1)"),
        ("end.as_teardown(setups=begin)", "end.as_teardown(setups=last)"),
        ("    [load_each, load_check] >> last", "    [load_each] >> last"),
        ("    [load_each, load_check] >> last", "    (load_each, load_check) >> last"),
        ("    load >> end", "    last >> end"),
        ("    load >> end", ""),
    ],
)
def test_every_change_of_groups_is_noticed(planned, before, after):
    plan, source = planned(GROUPED)
    assert_says(source, plan)
    assert before in source
    with pytest.raises(UnsafeRendering):
        assert_says(source.replace(before, after, 1), plan)


def test_more_and_less_and_something_else(planned, delays):
    plan, source = planned(delays)
    for other in (source + "\nimport os\n", "not python", "", source + "\0", "import pendulum\n"):
        with pytest.raises(UnsafeRendering):
            assert_says(other, plan)
    with pytest.raises(UnsafeRendering):
        assert_says(source, dataclasses.replace(plan, folder="x"))
    with pytest.raises(UnsafeRendering):
        assert_says(source, dataclasses.replace(plan, helpers=()))


def test_a_text_may_hold_a_helper_function(planned, delays):
    """The function is compared to the letter, wherever a text quotes it."""
    lines = SOURCES["first_rows"].splitlines()
    text = "".join(f"      {line}\n" if line else "\n" for line in lines)
    quoting = delays.replace("    text: Delays on {{ ds }}\n", f"    text: |\n{text}")
    plan, source = planned(quoting)
    assert_says(source, plan)
    assert source.count("def first_rows(limit):") == 2
