"""Mapping, setup and teardown, trigger rules and assets, really run in Airflow."""

from __future__ import annotations

import pytest

FLOW = """\
version: 1
dag_id: flow
description: What follows what, really run
owners: [thu.tran]
data_class: internal
schedule: {cron: "0 2 * * *", start_date: 2026-11-01}
deadline: {by: "07:00"}
default_args: {retries: 0}
tasks:
  regions: {operator: python_function@1, file: py/flow.py, function: regions}
  greet:
    operator: python_function@1
    file: py/flow.py
    function: greet
    expand: {arguments: {from: regions}}
  group:
    tasks:
      inner:
        operator: python_function@1
        file: py/flow.py
        function: greet
        expand: {arguments: {from: regions}}
      last: {operator: bash@1, command: echo last, upstream: [inner]}
  after: {operator: bash@1, command: echo after, upstream: [group.last, greet]}
  prepare: {operator: bash@1, command: echo prepared, setup: true}
  work:
    operator: python_function@1
    file: py/flow.py
    function: fail
    upstream: [prepare]
    outlets: [never]
  not_reached: {operator: empty@1, upstream: [work]}
  clear: {operator: bash@1, command: echo cleared, teardown_of: [prepare], upstream: [not_reached]}
  alarm: {operator: bash@1, command: echo alarm, upstream: [work], trigger_rule: one_failed}
  publish: {operator: bash@1, command: echo published, outlets: [orders]}
"""
LISTENER = """\
version: 1
dag_id: listener
description: Runs when orders came
owners: [thu.tran]
data_class: internal
schedule: {assets: orders}
tasks:
  hear: {operator: empty@1}
"""
CODE = """\
def regions():
    return [{"region": "north"}, {"region": "so'uth"}]


def greet(region):
    return f"hello {region}"


def fail():
    raise RuntimeError("on purpose")
"""
GREETINGS = ["hello north", "hello so'uth"]


@pytest.mark.xdist_group("airflow")
def test_a_flow_runs(render, run_in_airflow):
    """Outputs are mapped over, what failed is cleared away, and an asset starts another DAG."""
    files = {"dags/py/flow.py": CODE}
    flow = render(FLOW, file="dags/flow.dag.yaml", files=files)
    listener = render(LISTENER, file="dags/listener.dag.yaml")

    result = run_in_airflow({**flow.files, **listener.files}, "growth.flow")

    assert result["import_errors"] == {}
    assert result["dags"] == ["growth.flow", "growth.listener"]
    regions = [{"region": "north"}, {"region": "so'uth"}]
    assert result["tasks"] == {
        "regions": ["success", regions],
        "greet": ["success", GREETINGS],
        "group.inner": ["success", GREETINGS],
        "group.last": ["success", "last"],
        "after": ["success", "after"],
        "prepare": ["success", "prepared"],
        "work": ["failed", None],
        "not_reached": ["upstream_failed", None],
        "clear": ["success", "cleared"],
        "alarm": ["success", "alarm"],
        "publish": ["success", "published"],
    }, result["log"][-4000:]
    assert result["queued"] == ["growth.listener"]
