"""The bot in this process, against a real sandbox Slack; GitLab, Airflow and Vault in memory."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from airdesk.clock import utc_now
from airdesk.follow.lineage import Lineage
from airdesk.follow.overlaps import Overlaps
from airdesk.grants import Grants
from airdesk.model import Grant, Person
from airdesk.publications import Publications
from airdesk.store import Store
from airdesk_bot.channels import Channels
from airdesk_bot.gitlab_oauth import GitLabOAuth
from airdesk_bot.health import Health
from airdesk_bot.http import http_app
from airdesk_bot.listeners import slack_app
from airdesk_bot.messenger import Messenger
from airdesk_bot.policy_source import PolicySource
from airdesk_bot.process import Process
from airdesk_bot.quickly import Quickly
from airdesk_bot.services import Services
from airdesk_bot.settings import Settings
from airdesk_bot.slack_sign_in import SlackSignIn
from airdesk_bot.teams import Teams
from airdesk_bot.wake import Wake
from slack_sdk import WebClient

TESTS = Path(__file__).parents[2]


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"airdesk_tests_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    if spec.name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[spec.name]


memory = _load(TESTS / "desk" / "actions" / "world.py")
slack_server = _load(Path(__file__).parent / "slack_server.py")
APP, free_port, answers = slack_server.APP, slack_server.free_port, slack_server.answers
SlackServer, wait_for = slack_server.SlackServer, slack_server.wait_for


class Bot:
    """The bot as one process of it; it may run several times over the same database."""

    def __init__(self, folder: Path, slack: Any, world: Any, *, socket_mode: bool) -> None:
        self.folder, self.slack, self.world = folder, slack, world
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.gitlab_url = "http://127.0.0.1:9"
        self.tokens: dict[str, Any] = {}
        self.socket_mode = socket_mode

    def settings(self) -> Settings:
        return Settings(
            database_url=f"sqlite:///{self.folder}/bot.db",
            public_url=self.url,
            slack_api_url=f"{self.slack.url}/api/",
            slack_authorize_url=f"{self.slack.url}/openid/connect/authorize",
            slack_bot_token=APP["bot_token"],
            slack_app_token=APP["app_token"] if self.socket_mode else None,
            slack_signing_secret=APP["signing_secret"],
            slack_client_id=APP["client_id"],
            slack_client_secret=APP["client_secret"],
            gitlab_url=self.gitlab_url,
            gitlab_token="reporter",
            gitlab_client_id="gitlab-client",
            gitlab_client_secret="gitlab-client-secret",
            gitlab_webhook_secret="webhook-secret",
            airflow_url="http://airflow.test",
            airflow_user="airdesk-bot",
            airflow_password="x",
            vault_url="http://vault.test",
            vault_role_id="r",
            vault_secret_id="s",
            poll_seconds=0.2,
        )

    def services(self) -> Services:
        settings, world = self.settings(), self.world
        store = Store.open(settings.database_url)
        web = WebClient(token=APP["bot_token"], base_url=settings.slack_api_url)
        channels, quickly, reporter = Channels(web), Quickly(), world.host()
        oauth = GitLabOAuth(
            settings.gitlab_url,
            client_id=settings.gitlab_client_id,
            client_secret=settings.gitlab_client_secret.get_secret_value(),
            redirect_uri=settings.gitlab_redirect_uri,
        )
        grants = Grants(people=store.people, sealer=world.vault, issuer=oauth)

        def with_token(token: str) -> Any:
            return world.host(token.removeprefix("token-of-"))

        def as_person(slack_user_id: str) -> Any:
            return with_token(grants.access_token(slack_user_id))

        return Services(
            settings=settings,
            store=store,
            clock=utc_now,
            wake=Wake(),
            web=web,
            channels=channels,
            messenger=Messenger(web, messages=store.messages, channels=channels),
            sign_in=SlackSignIn(
                WebClient(base_url=settings.slack_api_url),
                authorize_url=settings.slack_authorize_url,
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret.get_secret_value(),
                redirect_uri=settings.slack_redirect_uri,
            ),
            reporter=reporter,
            with_token=with_token,
            as_person=as_person,
            owner_of_token=_owner_of_token,
            oauth=oauth,
            lineage=Lineage(reporter),
            overlaps=Overlaps(reporter),
            publications=Publications(code_host=reporter, central_project=memory.CENTRAL),
            policy=PolicySource(
                code_host=reporter, project=memory.PLATFORM, documents=store.documents
            ),
            workflows=world.airflow,
            acting=world.airflow,
            bundles=world.airflow,
            vault=world.vault,
            sealer=world.vault,
            teams=Teams(
                people=store.people, as_person=as_person, vault=world.vault, quickly=quickly
            ),
            quickly=quickly,
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[Services]:
        services = self.services()
        slack, health = slack_app(services), Health()
        process = Process(services, slack=slack, health=health)
        app = http_app(services, slack=slack, health=health, process=process)
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=self.port, log_config=None)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            wait_for("the bot", lambda: answers(f"{self.url}/healthz"), seconds=30)
            yield services
        finally:
            server.should_exit = True
            thread.join(20)


def _owner_of_token(token: str) -> tuple[int, str, str, str]:
    user = memory.PEOPLE[token.removeprefix("token-of-")]
    return user.id, user.username, user.name, user.username


def link(services: Services, *slack_user_ids: str) -> None:
    """Link people without a browser, as their walk through the pages leaves them."""
    for slack_user_id in slack_user_ids:
        user = memory.PEOPLE[slack_user_id]
        grant = Grant(
            access_token=f"token-of-{slack_user_id}",
            refresh_token=f"refresh-of-{slack_user_id}",
            expires_at=utc_now().replace(year=2099),
        )
        person = Person(
            slack_user_id=slack_user_id,
            gitlab_user_id=user.id,
            gitlab_username=user.username,
            name=user.name,
            directory_uid=user.username,
        )
        services.store.people.link(
            person,
            sealed=services.sealer.seal(grant.model_dump_json()),
            expires_at=grant.expires_at,
            now=utc_now(),
        )
        services.store.people.keep_memberships(slack_user_id, user.memberships, now=utc_now())


@pytest.fixture
def world() -> Any:
    return memory.World()


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Any]:
    server = SlackServer(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def bot(tmp_path: Path, slack: Any, world: Any) -> Bot:
    """Not running yet: `with bot.running() as services`. Slack posts to it."""
    made = Bot(tmp_path, slack, world, socket_mode=False)
    events = f"{made.url}/slack/events"
    slack.workspace(slack.app(socket_mode=False, request_url=events, redirect_uris=[made.url]))
    return made


@pytest.fixture
def socket_bot(tmp_path: Path, slack: Any, world: Any) -> Bot:
    """The same, which opens a WebSocket to Slack."""
    made = Bot(tmp_path, slack, world, socket_mode=True)
    slack.workspace(slack.app(socket_mode=True, redirect_uris=[made.url]))
    return made


@pytest.fixture
def linked() -> Callable[..., None]:
    return link


@pytest.fixture
def until() -> Callable[..., Any]:
    return wait_for
