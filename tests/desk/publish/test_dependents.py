"""What other teams' DAGs wait for is not taken away behind their backs."""

from __future__ import annotations

import pytest

RISK = "risk/pipelines"
EXPOSURES = """\
version: 1
dag_id: exposures
description: What we may lose
owners: [lan.pham]
data_class: internal
schedule: {assets: growth.order_lines}
notify: {slack: "#risk", events: [failure]}
tasks:
  sum:
    operator: sql_query@1
    connection: warehouse
    sql: select 1
"""


def orders(desk, *, outlet: str = "    outlets: [order_lines]\n") -> dict[str, str | None]:
    text = str(desk.dag_files("orders")["dags/orders.dag.yaml"])
    return {**desk.dag_files("orders"), "dags/orders.dag.yaml": f"{text}{outlet}"}


@pytest.fixture
def shared(desk):
    """growth updates an asset that risk waits for."""
    desk.change(orders(desk))
    desk.change(
        {"dags/exposures.dag.yaml": EXPOSURES}, author="lan.pham", approver="hoa.vu", project=RISK
    )
    assert desk.publish().published == ["growth.orders", "risk.exposures"]
    return desk


def test_who_loses_what_they_wait_for_is_named_with_their_owners(shared):
    iid = shared.change(orders(shared, outlet=""), branch="drop")
    assert shared.publish().published == ["growth.orders"]
    decision = shared.decisions()["growth.orders"]
    told = "risk.exposures (lan.pham) runs when growth.order_lines is updated, which will be gone"
    assert decision["breaks"] == [told]
    note = shared.host.notes["growth/pipelines", iid, "<!-- airdesk publication growth.orders -->"]
    assert "Others lose what they wait for: risk.exposures (lan.pham) runs when" in note


def test_policy_may_ask_for_their_nod(shared):
    shared.asks_for({}, dependents=True)
    iid = shared.change(orders(shared, outlet=""), branch="drop")

    [kept] = shared.publish().withheld

    assert kept.needs == ("lead", "the leads of risk")
    assert str(kept.reason).startswith("Needs a lead and one of the leads of risk: ")
    assert f"Nobody of the leads of risk has approved growth/pipelines!{iid}." in str(kept.reason)
    shared.host.approve_as("lan.pham", iid)  # of risk, but no lead
    [kept] = shared.publish().withheld
    assert "Lan Pham is not one of the leads of risk" in str(kept.reason)
    shared.host.approve_as("hoa.vu", iid)
    assert shared.publish().published == ["growth.orders"]


def test_a_removal_asks_them_too(shared):
    shared.asks_for({}, dependents=True)
    shared.change(dict.fromkeys(orders(shared)), branch="gone")
    report = shared.publish()
    assert report.removed == []
    assert "the leads of risk" in str(report.withheld[0].reason)


def test_a_change_that_breaks_nothing_asks_nobody_else(shared):
    shared.asks_for({}, dependents=True)
    files = {**orders(shared), "dags/sql/orders.sql": "select 2\n"}
    shared.change(files, branch="other")
    assert shared.publish().published == ["growth.orders"]


def test_once_they_wait_no_more_nobody_asks_them(shared):
    shared.asks_for({}, dependents=True)
    cron = EXPOSURES.replace(
        "{assets: growth.order_lines}",
        '{cron: "0 6 * * *", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}',
    )
    shared.change(
        {"dags/exposures.dag.yaml": cron},
        author="lan.pham",
        approver="hoa.vu",
        branch="alone",
        project=RISK,
    )
    assert shared.publish().published == ["risk.exposures"]
    shared.change(orders(shared, outlet=""), branch="drop")
    assert shared.publish().published == ["growth.orders"]


def test_what_a_dag_relies_on_is_written_once(shared):
    assert shared.decisions("risk")["risk.exposures"]["relies_on"] == {
        "listens": ["growth.order_lines"],
        "waits": [],
        "triggers": [],
    }
    assert shared.publish().commit is None
