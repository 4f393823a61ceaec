"""GitLab, Airflow and Vault in memory, behind the ports: what actions and bot are tested against.

Loaded by path from conftest files, since test folders are no packages.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airdesk.errors import NotAllowed, Unavailable
from airdesk.model import DagState, FailedTask, Rows, Run

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"airdesk_tests_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    if spec.name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[spec.name]


code = _load(Path(__file__).with_name("gitlab_in_memory.py"))
CENTRAL, PLATFORM, PEOPLE = code.CENTRAL, code.PLATFORM, code.PEOPLE


class World:
    """All services; each can be `down`, and counts what was done to it."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.done: list[str] = []
        self.now = START
        self.gitlab = code.GitLab(self)
        self.airflow = Airflow(self)
        self.vault = Vault(self)

    def clock(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def ask(self, service: str) -> None:
        if service in self.down:
            raise Unavailable(service, f"{service} cannot be reached.")

    def did(self, what: str) -> None:
        self.done.append(what)

    def host(self, slack_user_id: str | None = None) -> Any:
        """GitLab as a person, or as the bot's Reporter."""
        return code.Host(self.gitlab, None if slack_user_id is None else PEOPLE[slack_user_id])


class Airflow:
    """`Workflows` and `ActingAs`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dags: dict[str, DagState] = {}
        self.import_errors: dict[str, str] = {}
        self.started: list[Run] = []
        self.failures: list[FailedTask] = []
        self.strangers: set[str] = set()
        self.report: Rows | None = Rows(columns=("carrier",), rows=(("UA",),), total=1)

    def parse(self, dag_id: str) -> None:
        """Airflow takes the newest commit of the central repository."""
        head = self.world.gitlab.branches[CENTRAL, "main"]
        self.dags[dag_id] = DagState(
            dag_id=dag_id, bundle_version=head, is_paused=False, url="http://airflow.test/dag"
        )

    def end(self, run_id: str, state: str) -> Run:
        for index, run in enumerate(self.started):
            if run.run_id == run_id:
                ended = {"state": state, "ended_at": self.world.now}
                self.started[index] = run.model_copy(update=ended)
                return self.started[index]
        raise KeyError(run_id)

    def dag(self, dag_id: str) -> DagState | None:
        self.world.ask("Airflow")
        return self.dags.get(dag_id)

    def import_error(self, central_file: str) -> str | None:
        self.world.ask("Airflow")
        return self.import_errors.get(central_file)

    def runs(self, dag_id: str, *, limit: int) -> Sequence[Run]:
        self.world.ask("Airflow")
        return [run for run in reversed(self.started) if run.dag_id == dag_id][:limit]

    def finished_runs(self, *, since: datetime) -> Sequence[Run]:
        self.world.ask("Airflow")
        ended = [run for run in self.started if run.ended_at and run.ended_at >= since]
        return sorted(ended, key=lambda run: run.ended_at or since)

    def failed_tasks(self, run: Run) -> Sequence[FailedTask]:
        self.world.ask("Airflow")
        return list(self.failures)

    def rows(self, run: Run, task_id: str) -> Rows | None:
        self.world.ask("Airflow")
        return self.report

    def refresh(self, bundle: str) -> None:
        self.world.ask("Airflow")
        self.world.did(f"refresh {bundle}")

    def trigger(self, directory_uid: str, dag_id: str, *, run_id: str) -> Run:
        self.world.ask("Airflow")
        for run in self.started:
            if run.run_id == run_id:
                return run
        if directory_uid in self.strangers:
            raise NotAllowed(f"{directory_uid} may not start {dag_id}.")
        self.world.did(f"trigger {dag_id} as {directory_uid}")
        run = Run(
            dag_id=dag_id,
            run_id=run_id,
            state="running",
            started_at=self.world.now,
            bundle_version=self.dags[dag_id].bundle_version,
            triggered_by=directory_uid,
            url="http://airflow.test/run",
        )
        self.started.append(run)
        return run


class Vault:
    """`VaultIndex` and `Sealer`; sealing turns the text around, so that a leak is seen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[str, tuple[str, ...]] = {"growth": ("warehouse", "slack")}

    def connections(self, team: str) -> Sequence[str]:
        self.world.ask("Vault")
        return self.names.get(team, ())

    def seal(self, plain: str) -> str:
        self.world.ask("Vault")
        return f"vault:v1:{plain[::-1]}"

    def unseal(self, sealed: str) -> str:
        self.world.ask("Vault")
        return sealed.removeprefix("vault:v1:")[::-1]
