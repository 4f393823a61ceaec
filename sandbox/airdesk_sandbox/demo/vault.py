"""OpenBao with Airdesk's mounts, policies and identities, and the security officer's login.

It keeps its state on disk (raft), unseals itself with a key file, and is set up by its own
`initialize` stanza at the first start, so that no root token ever exists.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from airdesk_sandbox.demo.processes import Processes
from airdesk_sandbox.demo.waiting import wait_for

KV = "airflow"
TRANSIT_KEY = "airdesk-bot"

POLICIES = {
    # Airflow's API server: the only reader of values
    "airflow-api": f"""
path "{KV}/data/connections/*" {{ capabilities = ["read"] }}
path "{KV}/data/grants/*"      {{ capabilities = ["read"] }}
""",
    # the bot: seals its own grants and knows which connections exist
    "airdesk-bot": f"""
path "transit/encrypt/{TRANSIT_KEY}" {{ capabilities = ["update"] }}
path "transit/decrypt/{TRANSIT_KEY}" {{ capabilities = ["update"] }}
path "{KV}/metadata/connections/*"   {{ capabilities = ["list"] }}
""",
    # security: fills values and writes grants, and reads no value back
    "security": f"""
path "{KV}/data/connections/*"     {{ capabilities = ["create", "update"] }}
path "{KV}/data/grants/*"          {{ capabilities = ["create", "update", "read"] }}
path "{KV}/metadata/*"             {{ capabilities = ["list", "read"] }}
""",
}
APP_ROLES = ("airflow-api", "airdesk-bot")
OFFICER = "sec.ngo"


@dataclass(frozen=True)
class AppRole:
    role_id: str
    secret_id: str


@dataclass(frozen=True)
class VaultKeys:
    """Passwords that the sandbox made up for this installation."""

    admin_password: str
    officer_password: str

    @staticmethod
    def new() -> VaultKeys:
        return VaultKeys(secrets.token_urlsafe(18), secrets.token_urlsafe(18))


class Vault:
    """One OpenBao server on loopback.

    Args:
        folder: holds its storage, key file and configuration.
        keys: the two logins that are made at the first start.
    """

    def __init__(self, processes: Processes, folder: Path, port: int, keys: VaultKeys) -> None:
        self._processes = processes
        self._folder = folder
        self._port = port
        self._keys = keys
        self.url = f"http://127.0.0.1:{port}"

    def start(self, cluster_port: int) -> None:
        """Start, unseal and, at the first time, set up."""
        (self._folder / "raft").mkdir(parents=True, exist_ok=True)
        key_file = self._folder / "unseal.key"
        if not key_file.exists():
            key_file.write_bytes(secrets.token_bytes(32))
        config = self._folder / "openbao.hcl"
        config.write_text(self._configuration(key_file, cluster_port))
        for path in (key_file, config):
            path.chmod(0o600)
        self._processes.start("vault", ["bao", "server", f"-config={config}"])
        wait_for(
            lambda: httpx.get(f"{self.url}/v1/sys/health", timeout=2).status_code == 200,
            "Vault to unseal itself",
            check=lambda: self._processes.check("vault"),
        )

    def restart(self, cluster_port: int) -> None:
        self._processes.stop("vault")
        self.start(cluster_port)

    def seal(self) -> None:
        """What an operator does in an emergency; a restart unseals it again."""
        self.request("PUT", "sys/seal", token=self.admin_token())

    def admin_token(self) -> str:
        return self._login("admin", self._keys.admin_password)

    def officer_token(self) -> str:
        return self._login(OFFICER, self._keys.officer_password)

    def app_role(self, name: str) -> AppRole:
        """A role id with a new secret id."""
        token = self.admin_token()
        role_id = self.request("GET", f"auth/approle/role/{name}/role-id", token=token)
        secret = self.request("POST", f"auth/approle/role/{name}/secret-id", {}, token=token)
        return AppRole(role_id["data"]["role_id"], secret["data"]["secret_id"])

    def fill_connection(self, team: str, name: str, fields: dict[str, Any]) -> None:
        """Security fills a value, straight into Vault."""
        path = f"{KV}/data/connections/{team}/{name}"
        self.request("POST", path, {"data": fields}, token=self.officer_token())

    def grant(self, team: str, connections: dict[str, Any]) -> None:
        """Write the team's grants document."""
        document = {"data": {"connections": connections}}
        self.request("POST", f"{KV}/data/grants/{team}", document, token=self.officer_token())

    def request(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str = ""
    ) -> dict[str, Any]:
        """One call of Vault's HTTP API; raises `httpx.HTTPStatusError` when refused."""
        answer = httpx.request(
            method, f"{self.url}/v1/{path}", json=body, headers={"X-Vault-Token": token}, timeout=20
        )
        answer.raise_for_status()
        result: dict[str, Any] = answer.json() if answer.content else {}
        return result

    def _login(self, user: str, password: str) -> str:
        path = f"auth/userpass/login/{user}"
        token: str = self.request("POST", path, {"password": password})["auth"]["client_token"]
        return token

    def _configuration(self, key_file: Path, cluster_port: int) -> str:
        requests = "\n".join(
            f'  request "r{number}" {{\n    operation = "update"\n    path = {json.dumps(path)}\n'
            f"    data = {_hcl(data)}\n  }}"
            for number, (path, data) in enumerate(self._first_requests())
        )
        return f"""
storage "raft" {{
  path = "{self._folder}/raft"
  node_id = "demo"
  performance_multiplier = 1
}}
seal "static" {{
  current_key_id = "demo-1"
  current_key = "file://{key_file}"
}}
listener "tcp" {{
  address = "127.0.0.1:{self._port}"
  tls_disable = true
}}
audit "file" "main" {{ options = {{ file_path = "{self._folder}/audit.log" }} }}
api_addr = "{self.url}"
cluster_addr = "http://127.0.0.1:{cluster_port}"
initialize "airdesk" {{
{requests}
}}
"""

    def _first_requests(self) -> list[tuple[str, dict[str, Any]]]:
        everything = 'path "*" { capabilities = ["create","read","update","delete","list","sudo"] }'
        users = {
            "admin": (self._keys.admin_password, "admin"),
            OFFICER: (self._keys.officer_password, "security"),
        }
        return [
            (f"sys/mounts/{KV}", {"type": "kv", "options": {"version": "2"}}),
            ("sys/mounts/transit", {"type": "transit"}),
            (f"transit/keys/{TRANSIT_KEY}", {"type": "aes256-gcm96"}),
            ("sys/auth/approle", {"type": "approle"}),
            ("sys/auth/userpass", {"type": "userpass"}),
            ("sys/policies/acl/admin", {"policy": everything}),
            *((f"sys/policies/acl/{n}", {"policy": text}) for n, text in POLICIES.items()),
            *(
                (f"auth/approle/role/{role}", {"token_policies": role, "token_ttl": "20m"})
                for role in APP_ROLES
            ),
            *(
                (f"auth/userpass/users/{user}", {"password": password, "token_policies": policy})
                for user, (password, policy) in users.items()
            ),
        ]


def _hcl(data: dict[str, Any]) -> str:
    """A flat or once nested mapping as an HCL object."""
    fields = ", ".join(
        f"{key} = {_hcl(value) if isinstance(value, dict) else json.dumps(value)}"
        for key, value in data.items()
    )
    return f"{{ {fields} }}"
