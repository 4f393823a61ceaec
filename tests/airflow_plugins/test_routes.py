"""The guard's list of routes against the routes that this Airflow has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_airflow.guard.middleware import execution_path
from airdesk_airflow.guard.routes import RULES, Check, matches

LIST_ROUTES = """
import json
from airflow.api_fastapi.execution_api.routes import execution_api_router
found = [
    (method, route.path)
    for route in execution_api_router.routes
    for method in sorted(route.methods)
]
print("ROUTES" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Method and path of each route of the installed Airflow's execution API."""
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path_factory.mktemp("home"))}
    done = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES], env=env, check=True, capture_output=True, text=True
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("ROUTES"))
    return [tuple(pair) for pair in json.loads(line.removeprefix("ROUTES"))]


def test_every_route_of_airflow_has_a_rule(routes: list[tuple[str, str]]) -> None:
    unknown = [
        (method, path)
        for method, path in routes
        if not matches(method, re.sub(r"\{[^}]+\}", "x", path))
    ]
    assert unknown == []


def test_every_rule_is_about_a_route_of_airflow(routes: list[tuple[str, str]]) -> None:
    assert {rule.template for rule in RULES} - {path for _, path in routes} == set()


def test_only_health_is_open() -> None:
    assert {rule.template for rule in RULES if rule.check is Check.OPEN} == {
        "/health",
        "/health/ping",
    }


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/execution/connections/a", "", "/connections/a"),
        ("/airflow/execution/connections/a", "/airflow", "/connections/a"),
        ("/execution/", "", "/"),
        ("/execution", "", ""),
        ("/Execution/connections/a", "", ""),
        ("//execution/connections/a", "", ""),
        ("/x/../execution/connections/a", "", ""),
        ("/./execution/connections/a", "", ""),
        ("/execution/../api/v2/dags", "", "/../api/v2/dags"),
        ("/api/v2/dags", "", None),
        ("/executions/a", "", None),
        ("/", "", None),
    ],
)
def test_path_within_the_execution_api(path: str, root: str, expected: str | None) -> None:
    assert execution_path({"path": path, "root_path": root}) == expected


def test_the_plugin_is_found_where_the_package_says() -> None:
    declared = (Path(__file__).parents[2] / "airflow_plugins" / "pyproject.toml").read_text()
    assert "airdesk_airflow.plugin:AirdeskPlugin" in declared
    assert 'airdesk = "airdesk_airflow.policies"' in declared
