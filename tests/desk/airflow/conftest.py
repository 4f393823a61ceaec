"""One small real Airflow for the session: API server, scheduler and DAG processor on SQLite."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

T = TypeVar("T")

BIN = Path(sys.executable).parent
ADMIN, BOT, THU = (("admin", "admin-pw"), ("airdesk-bot", "bot-pw"), ("thu.tran", "thu-pw"))

DAGS = {
    "growth/good.py": """
from datetime import datetime
from airflow.sdk import DAG, task

with DAG("growth.good", schedule=None, start_date=datetime(2026, 1, 1), owner_links={},
         access_control={"team-growth": {"DAGs": {"can_read", "can_edit"}}}):
    @task(queue="normal")
    def report():
        rows = [["AA", 1.5, None], ["UA", 2.0, "x"]]
        return {"columns": ["carrier", "delay", "note"], "rows": rows, "total": 16}
    report()
""",
    "growth/bad.py": """
from datetime import datetime
from airflow.sdk import DAG, task

with DAG("growth.bad", schedule=None, start_date=datetime(2026, 1, 1),
         access_control={"team-growth": {"DAGs": {"can_read", "can_edit"}}}):
    @task(retries=0)
    def divide():
        print("connecting to postgresql://etl:s3cret@db/flights")
        return 1 / 0

    @task
    def after(value):
        return value
    after(divide())
""",
    "growth/broken.py": "# an Airflow DAG\nimport nothing_of_that_name\n",
}


@dataclass
class Airflow:
    url: str
    admin: httpx.Client
    home: Path

    @staticmethod
    def wait(ask: Callable[[], T | None], what: str, *, seconds: float = 60) -> T:
        """Ask until there is an answer; a server that does not answer counts as none."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if (found := ask()) is not None:
                    return found
            time.sleep(0.2)
        raise AssertionError(f"{what}: not within {seconds:.0f} s")


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("airflow")
    for path, text in DAGS.items():
        target = home / "dags" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    environment, url = _environment(home)
    processes: list[subprocess.Popen[bytes]] = []

    def run(*words: str) -> None:
        subprocess.run(
            [BIN / "airflow", *words], env=environment, cwd=home, check=True, capture_output=True
        )

    def start(part: str) -> None:
        with (home / f"{part}.log").open("wb") as log:
            processes.append(
                subprocess.Popen(
                    [BIN / "airflow", part],
                    env=environment,
                    cwd=home,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    try:
        run("db", "migrate")
        start("api-server")
        name, password = ADMIN
        run(
            *("users", "create", "-u", name, "-p", password, "-r", "Admin"),
            *("-e", "a@corp.test", "-f", "A", "-l", "B"),
        )
        with httpx.Client(base_url=url, timeout=20) as admin:
            yield _ready(Airflow(url, admin, home), start)
    finally:
        _end(processes)


def _ready(stack: Airflow, start: Callable[[str], None]) -> Airflow:
    stack.wait(lambda: _token(stack), "the API server")
    stack.admin.post("/auth/fab/v1/roles", json={"name": "team-growth", "actions": []})
    for part in ("scheduler", "dag-processor"):
        start(part)
    return stack


def _token(stack: Airflow) -> str | None:
    name, password = ADMIN
    answer = stack.admin.post("/auth/token", json={"username": name, "password": password})
    if not answer.is_success:
        return None
    token = str(answer.json()["access_token"])
    stack.admin.headers["Authorization"] = f"Bearer {token}"
    return token


def _environment(home: Path) -> tuple[dict[str, str], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    bundle = {
        "name": "central",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(home / "dags"), "refresh_interval": 300},
    }
    return {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__AUTH_MANAGER": ("airdesk_airflow.auth_manager.AirdeskFabAuthManager"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": "of-these-tests",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "signs the tokens of these tests " * 3,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
        "AIRFLOW__FAB__CACHE_TTL": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRDESK_ACT_AS_CALLER": "airdesk-bot",
    }, url


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        deadline = time.monotonic() + 8
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))


@pytest.fixture(scope="session")
def accounts(airflow: Airflow) -> dict[str, tuple[str, str]]:
    """Users with Airdesk's roles, which the CLI's own command made."""
    ensured = ensure_by_cli(airflow)
    assert ensured.returncode == 0, ensured.stderr
    for (name, password), roles in (
        (BOT, ["AirdeskBot"]),
        (THU, ["AirdeskBase", "team-growth"]),
        (("lan.pham", "lan-pw"), ["AirdeskBase", "team-risk"]),
    ):
        made = airflow.admin.post(
            "/auth/fab/v1/users",
            json={
                "username": name,
                "password": password,
                "email": f"{name}@corp.test",
                "first_name": name,
                "last_name": "x",
                "roles": [{"name": role} for role in roles],
            },
        )
        assert made.is_success, made.text
    return {"bot": BOT, "thu": THU}


def ensure_by_cli(airflow: Airflow) -> subprocess.CompletedProcess[str]:
    teams = ["--team", "growth", "--team", "risk"]
    return subprocess.run(
        [BIN / "airdesk", "ensure-roles", "--airflow-url", airflow.url, *teams],
        env={
            "AIRDESK_AIRFLOW_ADMIN_USER": ADMIN[0],
            "AIRDESK_AIRFLOW_ADMIN_PASSWORD": ADMIN[1],
            "PATH": os.environ["PATH"],
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def ensure(airflow: Airflow) -> Callable[[], subprocess.CompletedProcess[str]]:
    return lambda: ensure_by_cli(airflow)
