"""Airflow in four parts on SQLite, as small as a real one gets.

The API server alone knows Vault; scheduler, DAG processor and the tasks below them get an
environment without any Vault identity.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from airdesk_sandbox.demo.cast import PEOPLE, TEAMS
from airdesk_sandbox.demo.processes import Processes
from airdesk_sandbox.demo.vault import KV, AppRole
from airdesk_sandbox.demo.waiting import answers, wait_for

BOT_USER = "airdesk-bot"
PARTS = ("airflow-api", "airflow-scheduler", "airflow-dag-processor")


@dataclass(frozen=True)
class AirflowKeys:
    """Secrets that Airflow's own parts share, and two logins."""

    jwt_secret: str
    api_secret: str
    fernet_key: str
    admin_password: str
    bot_password: str

    @staticmethod
    def new() -> AirflowKeys:
        return AirflowKeys(
            jwt_secret=secrets.token_urlsafe(64),
            api_secret=secrets.token_urlsafe(24),
            fernet_key=_fernet_key(),
            # an option of a command line: it must not begin with a dash
            admin_password=secrets.token_hex(12),
            bot_password=secrets.token_urlsafe(24),
        )


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


class Airflow:
    """The Airflow of one stack.

    Args:
        bundle_url: the central repository, with the read-only deploy token in it.
        verify_key: path of the publisher's public key.
    """

    def __init__(
        self,
        processes: Processes,
        folder: Path,
        port: int,
        keys: AirflowKeys,
        *,
        bundle_url: str,
        view_url: str,
        verify_key: Path,
    ) -> None:
        self._processes = processes
        self._home = folder
        self.keys = keys
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._env = self._environment(bundle_url, view_url, verify_key)

    def prepare(self) -> None:
        """Create or migrate the database and the administrator (about 15 s the first time)."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._run(["airflow", "db", "migrate"])
        self._run(
            [
                *("airflow", "users", "create", "-u", "admin", "-p", self.keys.admin_password),
                *("-f", "Platform", "-l", "Administrator", "-r", "Admin", "-e", "admin@corp.test"),
            ]
        )

    def start(self, vault_url: str, identity: AppRole) -> None:
        """Start the parts and wait until they are healthy.

        Roles come before the first DAG is parsed: a DAG whose `access_control` names a role that
        does not exist is an import error.
        """
        self.start_api_server(vault_url, identity)
        self._add_people()
        self._processes.start("airflow-scheduler", ["airflow", "scheduler"], env=self._env)
        self._processes.start("airflow-dag-processor", ["airflow", "dag-processor"], env=self._env)
        wait_for(self._is_whole, "Airflow's parts to be healthy", seconds=120, check=self._check)

    def start_api_server(self, vault_url: str, identity: AppRole) -> None:
        backend = {
            "url": vault_url,
            "mount_point": KV,
            "connections_path": "connections",
            "variables_path": None,
            "config_path": None,
            "auth_type": "approle",
            **asdict(identity),
        }
        env = {
            **self._env,
            "AIRFLOW__SECRETS__BACKEND": "airdesk_airflow.vault_backend.AirdeskVaultBackend",
            "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(backend),
            "AIRDESK_ACT_AS_CALLER": BOT_USER,
        }
        self._processes.start("airflow-api", ["airflow", "api-server", "--workers", "1"], env=env)
        wait_for(
            lambda: answers(f"{self.url}/api/v2/monitor/health"),
            "Airflow's API server",
            seconds=120,
            check=lambda: self._processes.check("airflow-api"),
        )

    def stop_api_server(self) -> None:
        self._processes.stop("airflow-api")

    def _add_people(self) -> None:
        """Roles by `airdesk ensure-roles`; a user for each person and one for the bot."""
        teams = [part for team in TEAMS for part in ("--team", team)]
        self._run(
            ["airdesk", "ensure-roles", "--airflow-url", self.url, *teams],
            {
                "AIRDESK_AIRFLOW_ADMIN_USER": "admin",
                "AIRDESK_AIRFLOW_ADMIN_PASSWORD": self.keys.admin_password,
            },
        )
        for person in PEOPLE:
            roles = ["AirdeskBase", f"team-{person.team}"]
            self._add_user(person.username, person.name, person.password, roles)
        self._add_user(BOT_USER, "Airdesk Bot", self.keys.bot_password, ["AirdeskBot"])

    def client(self, username: str, password: str) -> httpx.Client:
        """An HTTP client that is signed in to Airflow."""
        body = {"username": username, "password": password}
        answer = httpx.post(f"{self.url}/auth/token", json=body, timeout=30)
        answer.raise_for_status()
        token = answer.json()["access_token"]
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    def _add_user(self, username: str, name: str, password: str, roles: list[str]) -> None:
        first, _, last = name.partition(" ")
        body = {
            "username": username,
            "email": f"{username}@corp.test",
            "first_name": first,
            "last_name": last,
            "password": password,
            "roles": [{"name": role} for role in roles],
        }
        with self.client("admin", self.keys.admin_password) as http:
            answer = http.post("/auth/fab/v1/users", json=body)
        if answer.is_error and answer.status_code != httpx.codes.CONFLICT:
            raise RuntimeError(f"Airflow refused user {username}: {answer.text}")

    def _is_whole(self) -> bool:
        health: dict[str, Any] = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=10).json()
        return all(
            (health.get(part) or {}).get("status") == "healthy"
            for part in ("metadatabase", "scheduler", "dag_processor")
        )

    def _check(self) -> None:
        for part in PARTS:
            self._processes.check(part)

    def _run(self, argv: list[str], extra: dict[str, str] | None = None) -> None:
        self._processes.run("airflow-setup", argv, env={**self._env, **(extra or {})})

    def _environment(self, bundle_url: str, view_url: str, verify_key: Path) -> dict[str, str]:
        bundle = {
            "name": "central",
            "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
            "kwargs": {
                "repo_url": bundle_url,
                "tracking_ref": "main",
                "refresh_interval": 5,
                "view_url_template": view_url,
            },
        }
        return {
            "AIRFLOW_HOME": str(self._home),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__AUTH_MANAGER": ("airdesk_airflow.auth_manager.AirdeskFabAuthManager"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__FERNET_KEY": self.keys.fernet_key,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._home}/airflow.db",
            "AIRFLOW__API__PORT": str(self._port),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__SECRET_KEY": self.keys.api_secret,
            "AIRFLOW__API_AUTH__JWT_SECRET": self.keys.jwt_secret,
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
            # by default all Airflows of a machine share one folder for their bundles
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self._home / "bundles"),
            "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
            # the bundle's connection must not be looked up in the metastore
            "AIRFLOW_CONN_GIT_DEFAULT": json.dumps({"conn_type": "git"}),
            "AIRDESK_VERIFY_KEY": str(verify_key),
        }
