"""The whole platform on loopback: started in order, ended together."""

from __future__ import annotations

import json
import secrets
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from airdesk_sandbox.demo.airflow import Airflow, AirflowKeys
from airdesk_sandbox.demo.bot import Bot, BotNeighbours
from airdesk_sandbox.demo.cast import SlackKeys, slack_workspace
from airdesk_sandbox.demo.gitlab_seed import CENTRAL_PROJECT, GitLabAdmin, seed
from airdesk_sandbox.demo.kept import Kept, Ports
from airdesk_sandbox.demo.processes import Processes, base_environment
from airdesk_sandbox.demo.progress import Progress
from airdesk_sandbox.demo.vault import Vault, VaultKeys
from airdesk_sandbox.demo.waiting import answers, wait_for
from airdesk_sandbox.demo.warehouse import DATABASE, READER, Warehouse


class Stack:
    """Everything of one demo or one test run, below one folder.

    Args:
        folder: state and logs; when it holds yesterday's state, that is resumed.
        ci_folder: the product's CI files, as a platform team would copy them into GitLab.
        socket_mode: whether Slack reaches the bot by Socket Mode or by HTTP.
    """

    def __init__(
        self, folder: Path, *, ci_folder: Path, progress: Progress, socket_mode: bool = True
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # Postgres runs as another user, below this folder
        self.folder = folder
        self.progress = progress
        self._ci_folder = ci_folder
        self.kept = Kept.load(folder) or Kept(
            Ports.new(),
            VaultKeys.new(),
            SlackKeys.new(),
            AirflowKeys.new(),
            secrets.token_hex(20),  # an option of a command line: it must not begin with a dash
            socket_mode,
        )
        self.kept.save(folder)
        ports = self.kept.ports
        self.processes = Processes(folder / "logs")
        self.gitlab_url = f"http://127.0.0.1:{ports.gitlab}"
        self.slack_url = f"http://127.0.0.1:{ports.slack}"
        self.vault = Vault(self.processes, folder / "vault", ports.vault, self.kept.vault)
        self.warehouse = Warehouse(self.processes, folder / "warehouse", ports.warehouse)
        self.bot = Bot(self.processes, folder / "bot", ports.bot, socket_mode=self.kept.socket_mode)
        self._airflow: Airflow | None = None

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.processes.close()

    @property
    def airflow(self) -> Airflow:
        if self._airflow is None:
            raise RuntimeError("Airflow is set up after GitLab, whose deploy token it needs.")
        return self._airflow

    @property
    def gitlab_admin(self) -> GitLabAdmin:
        return GitLabAdmin(self.gitlab_url, self.kept.gitlab_admin_token)

    def start(self) -> None:
        """Start everything; Airflow's long start runs beside the others' short ones."""
        step = self.progress.step
        with step("OpenBao unseals itself") as now:
            self.vault.start(self.kept.ports.vault_cluster)
            now.note = self.vault.url
        with step("GitLab: groups, people, projects") as now:
            self.start_gitlab()
            if self.kept.gitlab is None:
                self._seed_gitlab()
            now.note = self.gitlab_url
        self._airflow = self._new_airflow()
        preparing = _InBackground(self._airflow.prepare)
        with step("Warehouse: Postgres with the flights of 2013") as now:
            now.note = self._start_warehouse()
        with step("Slack: people, channels, two apps") as now:
            self.start_slack()
            now.note = self.slack_url
        with step("Airflow: database") as now:
            preparing.wait()
        with step("Airflow: roles, people, scheduler, DAG processor") as now:
            self.airflow.start(self.vault.url, self.vault.app_role("airflow-api"))
            now.note = self.airflow.url
        with step("Airdesk's bot") as now:
            self.start_bot()
            now.note = self.bot.url

    def start_gitlab(self) -> None:
        self._serve(
            "gitlab",
            self.gitlab_url,
            "/-/health",
            *("--port", str(self.kept.ports.gitlab), "--data", self.folder / "gitlab"),
            *("--admin-token", self.kept.gitlab_admin_token),
        )

    def stop_gitlab(self) -> None:
        self.processes.stop("gitlab")

    def start_slack(self) -> None:
        workspace = self.folder / "workspace.json"
        workspace.touch(mode=0o600)
        workspace.write_text(
            json.dumps(
                slack_workspace(
                    self.kept.slack, bot_url=self.bot.url, socket_mode=self.kept.socket_mode
                )
            )
        )
        self._serve(
            "slack",
            self.slack_url,
            "/healthz",
            *("--port", str(self.kept.ports.slack), "--data", self.folder / "slack"),
            *("--workspace", workspace),
        )

    def start_bot(self) -> None:
        self.bot.start(self._neighbours())

    def restart_vault(self) -> None:
        self.vault.restart(self.kept.ports.vault_cluster)

    def restart_airflow_api(self) -> None:
        self.airflow.start_api_server(self.vault.url, self.vault.app_role("airflow-api"))

    def _serve(self, name: str, url: str, health: str, *arguments: str | Path) -> None:
        self.processes.start(name, ["airdesk-sandbox", name, *arguments])
        wait_for(lambda: answers(url + health), name, check=lambda: self.processes.check(name))

    def _seed_gitlab(self) -> None:
        keys = self.folder / "keys"
        make_keys = ["airdesk-render", "keys", "--out", str(keys)]
        subprocess.run(make_keys, check=True, env=base_environment(), stdout=subprocess.DEVNULL)
        private = keys / "signing.pem"
        self.kept.gitlab = seed(
            self.gitlab_admin,
            bot_url=self.bot.url,
            ci_folder=self._ci_folder,
            policy=_policy(),
            signing_key=private.read_text(),
        )
        private.unlink()  # GitLab keeps it as the publisher's protected variable
        self.kept.save(self.folder)

    def _start_warehouse(self) -> str:
        if not self.warehouse.start():
            return "as it was"
        flights, password = self.warehouse.fill()
        self.vault.fill_connection(
            "growth",
            "warehouse",
            {
                "conn_type": "postgres",
                "host": "127.0.0.1",
                "port": self.warehouse.port,
                "schema": DATABASE,
                "login": READER,
                "password": password,
            },
        )
        reports = {
            "conn_type": "slack",
            "password": self.kept.slack.reports_token,
            "extra": json.dumps({"base_url": f"{self.slack_url}/api/"}),
        }
        for team in ("growth", "risk"):
            self.vault.fill_connection(team, "slack", reports)
        everywhere = {"dags": ["*"], "code": False, "until": None}
        self.vault.grant("growth", {"warehouse": everywhere, "slack": everywhere})
        self.vault.grant("risk", {"slack": everywhere})
        return f"{flights:,} flights; the password is in Vault only"

    def _new_airflow(self) -> Airflow:
        gitlab = self._gitlab_keys()
        host = self.gitlab_url.removeprefix("http://")
        return Airflow(
            self.processes,
            self.folder / "airflow",
            self.kept.ports.airflow,
            self.kept.airflow,
            bundle_url=(
                f"http://{gitlab.deploy_username}:{gitlab.deploy_token}@{host}/{CENTRAL_PROJECT}.git"
            ),
            view_url=f"{self.gitlab_url}/{CENTRAL_PROJECT}/-/tree/{{version}}/{{subdir}}",
            verify_key=self.folder / "keys" / "verify.pem",
        )

    def _gitlab_keys(self) -> Any:
        if self.kept.gitlab is None:
            raise RuntimeError("GitLab has not been seeded yet.")
        return self.kept.gitlab

    def _neighbours(self) -> BotNeighbours:
        return BotNeighbours(
            self.slack_url,
            self.kept.slack,
            self.gitlab_url,
            self._gitlab_keys(),
            self.airflow,
            self.vault.url,
            self.vault.app_role("airdesk-bot"),
        )


def _policy() -> str:
    """The policy that the renderer ships, with the demo's shorter wait between tries."""
    shipped = subprocess.run(
        ["airdesk-render", "policy"],
        check=True,
        env=base_environment(),
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return shipped.replace("delay: 1m", "delay: 3s")


class _InBackground:
    """One function in a thread, whose failure is raised where it is waited for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._error = error

    def wait(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error
