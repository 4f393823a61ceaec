"""Rules about what only Airflow can see; its cluster policies keep them."""

from __future__ import annotations

from typing import Final

from airdesk_render.policy.rule import Rule

AIRFLOW_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "airflow-operator",
        "Airflow runs only operators of the catalogue, whatever a file says.",
        "Use a managed operator, or ask the platform team to add one.",
        liftable=False,
    ),
    Rule(
        "airflow-place",
        "A team's DAGs lie in its folder and carry its name, so that nobody takes another's place.",
        "Publish through a merge request; the renderer writes it so.",
        liftable=False,
    ),
    Rule(
        "airflow-rights",
        "Who sees and starts a DAG follows from its team.",
        "Publish through a merge request; the renderer writes it so.",
        "access_control, owner",
        liftable=False,
    ),
    Rule(
        "airflow-data-class",
        "Without its tag nobody can tell how sensitive a DAG's data is.",
        "Publish through a merge request; the renderer writes it so.",
        "tags",
        liftable=False,
    ),
    Rule(
        "airflow-connection",
        "A task uses connections of its own team.",
        "Name the connection in the manifest's `connection`.",
        liftable=False,
    ),
    Rule(
        "airflow-credential",
        "Whoever could name a host or a proxy could send a connection's password there.",
        "Leave it out; host, proxy and TLS belong to the connection, which security fills.",
        "forced_arguments",
        liftable=False,
    ),
    Rule(
        "airflow-reach",
        "What defers, calls back, or runs as somebody else leaves the reach of the guard.",
        "Leave it out; sensors reschedule, messages go through `notify`.",
        liftable=False,
    ),
    Rule(
        "airflow-asset",
        "A task updates assets of its own team, else one team could start another's DAGs.",
        "Name the asset in `outlets` of the manifest.",
        liftable=False,
    ),
)
