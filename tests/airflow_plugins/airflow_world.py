"""What the tests know about the running Airflow, and how they ask it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import requests
from airflow_dags import BODIES
from airflow_stack import Airflow, Central, Vault, wait_for
from data_service import DataService

PASSWORD = "only-in-vault-4f1c9a"
PEOPLE = {
    "thu.tran": ["AirdeskBase", "team-growth"],
    "lan.pham": ["AirdeskBase", "team-risk"],
    "airdesk-bot": ["AirdeskBot"],
}
ALL_GRANTS = {"api": {"dags": ["*"], "code": True}, "managed_only": {"dags": ["*"]}}
GONE_BY = "2026-01-01T00:00:00Z"


def people_and_roles(airflow: Airflow, roles: Mapping[str, Sequence[str]]) -> None:
    """Create Airdesk's roles as the desk keeps them, the teams' empty ones and the people."""
    for name, rights in {**roles, "team-growth": [], "team-risk": []}.items():
        pairs = [right.split(" on ", 1) for right in rights]
        actions = [{"action": {"name": a}, "resource": {"name": r}} for a, r in pairs]
        body: dict[str, Any] = {"name": name, "actions": actions}
        airflow.ask("POST", "/auth/fab/v1/roles", json=body).raise_for_status()
    for name, held in PEOPLE.items():
        body = {
            "username": name,
            "email": f"{name}@corp.test",
            "password": f"{name}-demo",
            "first_name": name,
            "last_name": "Person",
            "roles": [{"name": role} for role in held],
        }
        airflow.ask("POST", "/auth/fab/v1/users", json=body).raise_for_status()


@dataclass
class World:
    """Everything that runs, with the publisher's private key."""

    folder: Path
    airflow: Airflow
    vault: Vault
    central: Central
    service: DataService
    key: bytes
    held: dict[str, str] = field(default_factory=dict)

    @property
    def marker(self) -> Path:
        """Exists once code ran that was not signed."""
        return self.folder / "unsigned-code-ran"

    def fill_vault(self) -> None:
        """Connections of growth, and grants to all its DAGs."""
        secret = {"conn_type": "http", "host": "127.0.0.1", "port": self.service.port}
        secret |= {"schema": "http", "login": "reader", "password": PASSWORD}
        for name in ("api", "managed_only", "not_granted"):
            self.vault.write(f"connections/growth/{name}", secret)
        self.grant(ALL_GRANTS)
        self.vault.remove("grants/risk")

    def grant(self, connections: Mapping[str, object], team: str = "growth") -> None:
        self.vault.write(f"grants/{team}", {"connections": connections})

    def wait_until_parsed(self) -> None:
        of_kinds = {f"{team}.{name}" for team in ("growth", "risk") for name in BODIES}
        expected = of_kinds | {"growth.later"}

        def known() -> bool:
            answer = self.airflow.ask("GET", "/api/v2/dags").json()
            return expected <= {dag["dag_id"] for dag in answer["dags"]}

        wait_for("all DAGs parsed", known, seconds=90)

    def trigger(self, dag_id: str, **conf: object) -> str:
        """Start a run as Airflow's administrator; gives its id."""
        run_id = f"test-{uuid.uuid4().hex[:8]}"
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self.airflow.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body).raise_for_status()
        return run_id

    def state(self, dag_id: str, run_id: str) -> str:
        answer = self.airflow.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}").json()
        return str(answer["state"])

    def run(self, dag_id: str, **conf: object) -> tuple[str, str]:
        """Start a run and wait for its end; gives its state and the log of its task's last try."""
        run_id = self.trigger(dag_id, **conf)
        state = self.wait_for_end(dag_id, run_id)
        return state, self.log(dag_id, run_id)

    def wait_for_end(self, dag_id: str, run_id: str) -> str:
        """`success` or `failed`."""
        ends = {"success", "failed"}
        wait_for(f"end of {dag_id}", lambda: self.state(dag_id, run_id) in ends, seconds=90)
        return self.state(dag_id, run_id)

    def log(self, dag_id: str, run_id: str, try_number: int | None = None) -> str:
        """The text of the only task's log, as the API gives it."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        task = self.airflow.ask("GET", path).json()["task_instances"][0]
        number = try_number or task["try_number"]
        answer = self.airflow.ask("GET", f"{path}/{task['task_id']}/logs/{number}")
        return answer.text

    def hold(self, team: str) -> dict[str, str]:
        """A running task of the team, which ends with `release`; one for the whole session."""
        dag_id = f"{team}.hold"
        if team not in self.held:
            self.held[team] = self.trigger(dag_id, until=str(self.folder / "release"))
        path = f"/api/v2/dags/{dag_id}/dagRuns/{self.held[team]}/taskInstances/hold"
        wait_for(
            f"{dag_id} to run",
            lambda: self.airflow.ask("GET", path).json()["state"] == "running",
        )
        task = self.airflow.ask("GET", path).json()
        return {"id": task["id"], "run_id": self.held[team], "dag_id": dag_id}

    def execution(
        self, method: str, path: str, *, token: str | None, **more: Any
    ) -> requests.Response:
        """One raw request to the execution API; the path is sent just as it is written."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {})}
        request = requests.Request(
            method, f"{self.airflow.url}/", headers={**headers, **more.pop("headers", {})}, **more
        ).prepare()
        query = (request.url or "").partition("?")[2]
        request.url = self.airflow.url + path + (f"?{query}" if query else "")
        with requests.Session() as session:
            return session.send(request, timeout=30, allow_redirects=False)

    def token(self, task_instance: str, *, key: str | None = None, **claims: object) -> str:
        """A token as Airflow gives it to a task, or a forged one."""
        now = int(time.time())
        said = {
            "sub": task_instance,
            "aud": "urn:airflow.apache.org:task",
            "scope": "execution",
            "iat": now,
            "nbf": now,
            "exp": now + 600,
            "jti": uuid.uuid4().hex,
            **claims,
        }
        secret = key if key is not None else self.airflow.env["AIRFLOW__API_AUTH__JWT_SECRET"]
        return jwt.encode(said, secret, algorithm="HS512", headers={"kid": "not-used"})
