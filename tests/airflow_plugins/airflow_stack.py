"""A real Airflow with FAB, a real OpenBao and a real central repository, for one test session.

Everything listens on loopback, lives below one folder and ends with `close()`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests

Answer = TypeVar("Answer")

BIN = Path(sys.executable).parent
JWT_SECRET = "signs-every-token-of-these-tests-" + "0123456789" * 4
ADMIN = ("admin", "admin-of-tests")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    what: str, ask: Callable[[], Answer], *, seconds: float = 60, every: float = 0.25
) -> Answer:
    """Ask until the answer is true; an error of the network or of a lookup counts as "not yet"."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            if answer := ask():
                return answer
        except (requests.RequestException, LookupError, OSError) as error:
            last = error
        time.sleep(every)
    raise AssertionError(f"{what}: not within {seconds:.0f} s (last problem: {last!r})")


@dataclass
class Processes:
    """Child processes, each leading a session of its own, so that nothing outlives the tests."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str | Path, env: Mapping[str, str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env),
                cwd=self.logs,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log_of(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """End all, and what they started: a task leads its own group, in the same session."""
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + 3
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
        for process in self.running.values():
            for pid in _session(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


def _session(leader: int) -> list[int]:
    """The processes of a session that `start` began."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(ProcessLookupError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found


class Vault:
    """OpenBao in memory, with the mount and the one role that Airflow's API server has."""

    ROOT = "root-of-tests"

    def __init__(self, processes: Processes) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._processes = processes
        address = self.url.removeprefix("http://")
        processes.start(
            "bao",
            *(BIN / "bao", "server", "-dev", "-dev-no-store-token"),
            *(f"-dev-root-token-id={self.ROOT}", f"-dev-listen-address={address}"),
            env={"PATH": os.environ["PATH"], "HOME": str(processes.logs)},
        )
        wait_for("OpenBao", lambda: requests.get(f"{self.url}/v1/sys/health", timeout=2).ok)
        self.call("POST", "sys/mounts/airflow", {"type": "kv", "options": {"version": "2"}})
        self.call("POST", "sys/auth/approle", {"type": "approle"})
        rules = 'path "airflow/data/connections/*" { capabilities = ["read"] }\n'
        rules += 'path "airflow/data/grants/*" { capabilities = ["read"] }\n'
        self.call("PUT", "sys/policies/acl/airflow", {"policy": rules})
        self.call("POST", "auth/approle/role/airflow", {"token_policies": ["airflow"]})
        role = self.call("GET", "auth/approle/role/airflow/role-id")
        secret = self.call("POST", "auth/approle/role/airflow/secret-id")
        self.role_id = role["data"]["role_id"]
        self.secret_id = secret["data"]["secret_id"]

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/v1/{path}",
            json=body,
            headers={"X-Vault-Token": self.ROOT},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def write(self, path: str, data: object) -> None:
        self.call("POST", f"airflow/data/{path}", {"data": data})

    def remove(self, path: str) -> None:
        self.call("DELETE", f"airflow/metadata/{path}")

    def seal(self) -> None:
        self.call("PUT", "sys/seal")

    def unseal(self) -> None:
        key = re.search(r"Unseal Key: (\S+)", self._processes.log_of("bao"))
        assert key is not None
        self.call("PUT", "sys/unseal", {"key": key.group(1)})


class Central:
    """The central repository, bare, with a clone through which the tests publish."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.clone = folder / "central.git", folder / "clone"
        self._git("init", "-q", "--bare", "-b", "main", self.bare, cwd=folder)
        self._git("clone", "-q", self.bare, self.clone, cwd=folder)
        self._git("checkout", "-q", "-b", "main")
        self.publish({"README.md": b"Rendered DAGs of all teams.\n"})

    def publish(self, files: Mapping[str, bytes]) -> str:
        """Write files, commit and push; gives the commit."""
        for path, content in files.items():
            target = self.clone / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return self._push()

    def remove(self, *paths: str) -> str:
        """Remove files and folders, commit and push; gives the commit."""
        self._git("rm", "-rq", *paths)
        return self._push()

    def _push(self) -> str:
        self._git("add", "-A")
        self._git("commit", "-q", "-m", "Publish")
        self._git("push", "-q", "origin", "main")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *words: str | Path, cwd: Path | None = None) -> str:
        who = ("-c", "user.name=publisher", "-c", "user.email=publisher@corp.test")
        done = subprocess.run(
            ["git", *who, *map(str, words)],
            cwd=cwd or self.clone,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"},
        )
        return done.stdout


class Airflow:
    """API server (with the Vault identity), scheduler and DAG processor."""

    def __init__(
        self, folder: Path, processes: Processes, central: Central, vault: Vault, verify_key: Path
    ) -> None:
        self.home = folder / "airflow"
        self.home.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes, self._tokens = processes, {}
        self.env = self._environment(central, verify_key)
        self.api_env = {
            **self.env,
            "AIRFLOW__SECRETS__BACKEND": "airdesk_airflow.vault_backend.AirdeskVaultBackend",
            "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(self._vault_settings(vault)),
            "AIRDESK_ACT_AS_CALLER": "airdesk-bot",
            "AIRDESK_GRANTS_SECONDS": "0",
        }

    _tokens: dict[str, str]

    def _environment(self, central: Central, verify_key: Path) -> dict[str, str]:
        bundle = {
            "name": "central",
            "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
            "kwargs": {
                "repo_url": str(central.bare),
                "tracking_ref": "main",
                "refresh_interval": 2,
            },
        }
        return {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "6",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__AUTH_MANAGER": ("airdesk_airflow.auth_manager.AirdeskFabAuthManager"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__FERNET_KEY": "bdHf3c9wq2tqgv4zG0s3oX5kYb1YV0r4s7cJ0c3x8mI=",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__SECRET_KEY": "secret-of-the-log-server",
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": JWT_SECRET,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
            "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
            # Else all Airflows of a machine share one clone below /tmp.
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.home / "bundles"),
            "AIRFLOW__FAB__CACHE_TTL": "1",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW_CONN_GIT_DEFAULT": '{"conn_type": "git"}',
            "AIRDESK_VERIFY_KEY": str(verify_key),
        }

    @staticmethod
    def _vault_settings(vault: Vault) -> dict[str, object]:
        return {
            "url": vault.url,
            "mount_point": "airflow",
            "connections_path": "connections",
            "variables_path": None,
            "config_path": None,
            "auth_type": "approle",
            "role_id": vault.role_id,
            "secret_id": vault.secret_id,
        }

    def start(self) -> None:
        """Migrate, make the administrator, start the API server, wait until it answers."""
        name, password = ADMIN
        self._cli("db", "migrate")
        self._cli(
            *("users", "create", "-u", name, "-p", password, "-r", "Admin"),
            *("-e", "admin@corp.test", "-f", "Platform", "-l", "Administrator"),
        )
        self._processes.start("api-server", BIN / "airflow", "api-server", env=self.api_env)
        health = f"{self.url}/api/v2/monitor/health"
        wait_for("API server", lambda: requests.get(health, timeout=5).ok, seconds=120)

    def _cli(self, *words: str) -> None:
        done = subprocess.run(
            [BIN / "airflow", *words],
            env=self.env,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    def start_scheduling(self) -> None:
        """Start scheduler and DAG processor; the roles that DAGs name must exist by now."""
        for part in ("scheduler", "dag-processor"):
            self._processes.start(part, BIN / "airflow", part, env=self.env)

    def token(self, user: str, password: str) -> str:
        if user not in self._tokens:
            answer = requests.post(
                f"{self.url}/auth/token", json={"username": user, "password": password}, timeout=20
            )
            answer.raise_for_status()
            self._tokens[user] = answer.json()["access_token"]
        return self._tokens[user]

    def ask(
        self,
        method: str,
        path: str,
        *,
        user: str = ADMIN[0],
        password: str | None = None,
        **more: Any,
    ) -> requests.Response:
        """One request as a person; people's password is `<user name>-demo`."""
        secret = password or (ADMIN[1] if user == ADMIN[0] else f"{user}-demo")
        return requests.request(
            method,
            f"{self.url}{path}",
            timeout=30,
            headers={"Authorization": f"Bearer {self.token(user, secret)}"},
            **more,
        )
