"""Every route of Airflow's execution API and what the guard makes of it.

A request is let through if at least one rule knows it and every rule that knows it agrees, so the
order in which Airflow tries its routes does not matter. What no rule knows is denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from re import Pattern

from starlette.routing import compile_path


class Check(StrEnum):
    """What must hold for a request to pass."""

    OPEN = "open to all"
    OWN = "about the task that asks"
    OWN_STATE = "a state that the task may report about itself"
    TEAM = "about a DAG of the task's team"
    OWN_DAG = "about the task's own DAG"
    CONNECTION = "a connection that the task was granted"
    VARIABLE = "a question to Airdesk that came as a variable"
    NEVER = "not offered"


READ = frozenset({"GET", "HEAD"})
WRITE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ANY = READ | WRITE


@dataclass(frozen=True)
class Rule:
    """What to check for the methods of one path; `thing` is what a sentence calls it."""

    template: str
    methods: frozenset[str]
    check: Check
    thing: str = ""
    pattern: Pattern[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Compiled by the router's own function, so that both read a path in the same way.
        object.__setattr__(self, "pattern", compile_path(self.template)[0])


@dataclass(frozen=True)
class Match:
    rule: Rule
    params: Mapping[str, str]


TI = "{task_instance_id}"
XCOM = "/xcoms/{dag_id}/{run_id}/{task_id}/{key:path}"
ASSETS = "assets and their events"
STORE = "the state store of assets"

RULES: tuple[Rule, ...] = (
    Rule("/health", READ, Check.OPEN),
    Rule("/health/ping", READ, Check.OPEN),
    # The task's own supervision.
    Rule(f"/task-instances/{TI}/run", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/state", ANY, Check.OWN_STATE, "a task"),
    Rule(f"/task-instances/{TI}/skip-downstream", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/heartbeat", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/rtif", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/rendered-map-index", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/previous-successful-dagrun", ANY, Check.OWN, "a task"),
    Rule(f"/task-instances/{TI}/validate-inlets-and-outlets", ANY, Check.OWN, "a task"),
    Rule(f"/task-reschedules/{TI}/start_date", ANY, Check.OWN, "a task"),
    Rule(f"/hitlDetails/{TI}", ANY, Check.OWN, "a question to people"),
    Rule(f"/store/ti/{TI}", ANY, Check.OWN, "a task's store"),
    Rule(f"/store/ti/{TI}/{{key:path}}", ANY, Check.OWN, "a task's store"),
    # DAGs, runs and tasks of the same team.
    Rule("/dags/{dag_id}", READ, Check.TEAM, "a DAG"),
    Rule("/dag-runs/{dag_id}/previous", READ, Check.TEAM, "a run"),
    Rule("/dag-runs/{dag_id}/{run_id}", READ, Check.TEAM, "a run"),
    Rule("/dag-runs/{dag_id}/{run_id}", WRITE, Check.TEAM, "the start of a run"),
    Rule("/dag-runs/{dag_id}/{run_id}/clear", ANY, Check.TEAM, "the clearing of a run"),
    Rule("/dag-runs/{dag_id}/{run_id}/state", READ, Check.TEAM, "a run"),
    Rule("/dag-runs/count", READ, Check.TEAM, "the number of runs"),
    Rule("/dag-runs/previous", READ, Check.TEAM, "a run"),
    Rule("/task-instances/count", READ, Check.TEAM, "the number of tasks"),
    Rule("/task-instances/states", READ, Check.TEAM, "the states of tasks"),
    Rule("/task-instances/breadcrumbs", READ, Check.TEAM, "the trail of a run"),
    Rule("/task-instances/previous/{dag_id}/{task_id}", READ, Check.TEAM, "a task"),
    Rule(XCOM, READ, Check.TEAM, "an XCom"),
    Rule(XCOM, WRITE, Check.OWN_DAG, "an XCom"),
    Rule(f"{XCOM}/item/{{offset}}", READ, Check.TEAM, "an XCom"),
    Rule(f"{XCOM}/slice", READ, Check.TEAM, "an XCom"),
    # Secrets.
    Rule("/connections/{connection_id}", READ, Check.CONNECTION, "a connection"),
    Rule("/variables/{variable_key:path}", READ, Check.VARIABLE, "Airflow variables"),
    Rule("/variables/{variable_key:path}", WRITE, Check.NEVER, "Airflow variables"),
    Rule("/connection-tests/{connection_test_id}", ANY, Check.NEVER, "tests of connections"),
    Rule(
        "/connection-tests/{connection_test_id}/connection",
        ANY,
        Check.NEVER,
        "tests of connections",
    ),
    # Shared by all teams in this Airflow, so that one could set off or read another's work.
    Rule("/assets/by-name", ANY, Check.NEVER, ASSETS),
    Rule("/assets/by-uri", ANY, Check.NEVER, ASSETS),
    Rule("/assets/by-alias", ANY, Check.NEVER, ASSETS),
    Rule("/asset-events/by-asset", ANY, Check.NEVER, ASSETS),
    Rule("/asset-events/by-asset-alias", ANY, Check.NEVER, ASSETS),
    Rule("/store/asset/by-name/value", ANY, Check.NEVER, STORE),
    Rule("/store/asset/by-name/clear", ANY, Check.NEVER, STORE),
    Rule("/store/asset/by-uri/value", ANY, Check.NEVER, STORE),
    Rule("/store/asset/by-uri/clear", ANY, Check.NEVER, STORE),
)


def matches(method: str, path: str) -> tuple[Match, ...]:
    """The rules that know a request; `path` is what follows `/execution`."""
    return tuple(
        Match(rule, match.groupdict())
        for rule in RULES
        if method in rule.methods and (match := rule.pattern.match(path))
    )
