"""The one place where ports meet their clients."""

from __future__ import annotations

from airdesk.clients.airflow import AirflowWorkflows
from airdesk.clients.gitlab import GitLabHost, current_person
from airdesk.clients.vault import VaultClient
from airdesk.clock import utc_now
from airdesk.follow.lineage import Lineage
from airdesk.follow.overlaps import Overlaps
from airdesk.grants import Grants
from airdesk.ports import CodeHost
from airdesk.publications import Publications
from airdesk.store import Store
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
)

from airdesk_bot.channels import Channels
from airdesk_bot.gitlab_oauth import GitLabOAuth
from airdesk_bot.messenger import Messenger
from airdesk_bot.policy_source import PolicySource
from airdesk_bot.quickly import Quickly
from airdesk_bot.services import Services
from airdesk_bot.settings import Settings
from airdesk_bot.slack_sign_in import SlackSignIn
from airdesk_bot.teams import Teams
from airdesk_bot.wake import Wake

_SLACK_TIMEOUT_SECONDS = 10


def build_services(settings: Settings) -> Services:
    """Open the store and make the clients; nothing but the store is asked yet."""
    store = Store.open(settings.database_url)
    web = _slack(settings, settings.slack_bot_token.get_secret_value())
    channels = Channels(web)
    reporter = _gitlab(settings, private_token=settings.gitlab_token.get_secret_value())
    airflow = AirflowWorkflows(
        settings.airflow_url, settings.airflow_user, settings.airflow_password.get_secret_value()
    )
    vault = VaultClient(
        settings.vault_url,
        settings.vault_role_id.get_secret_value(),
        settings.vault_secret_id.get_secret_value(),
    )
    oauth = _oauth(settings)
    grants = Grants(people=store.people, sealer=vault, issuer=oauth)
    quickly = Quickly()

    def with_token(token: str) -> CodeHost:
        return _gitlab(settings, oauth_token=token)

    def as_person(slack_user_id: str) -> CodeHost:
        return with_token(grants.access_token(slack_user_id))

    return Services(
        settings=settings,
        store=store,
        clock=utc_now,
        wake=Wake(),
        web=web,
        channels=channels,
        messenger=Messenger(web, messages=store.messages, channels=channels),
        sign_in=_sign_in(settings),
        reporter=reporter,
        with_token=with_token,
        as_person=as_person,
        owner_of_token=lambda token: current_person(settings.gitlab_url, token),
        oauth=oauth,
        lineage=Lineage(reporter),
        overlaps=Overlaps(reporter),
        publications=Publications(code_host=reporter, central_project=settings.central_project),
        policy=PolicySource(
            code_host=reporter, project=settings.platform_project, documents=store.documents
        ),
        workflows=airflow,
        acting=airflow,
        bundles=airflow,
        vault=vault,
        sealer=vault,
        teams=Teams(people=store.people, as_person=as_person, vault=vault, quickly=quickly),
        quickly=quickly,
    )


def _gitlab(
    settings: Settings, *, private_token: str | None = None, oauth_token: str | None = None
) -> CodeHost:
    return GitLabHost(settings.gitlab_url, private_token=private_token, oauth_token=oauth_token)


def _oauth(settings: Settings) -> GitLabOAuth:
    return GitLabOAuth(
        settings.gitlab_url,
        client_id=settings.gitlab_client_id,
        client_secret=settings.gitlab_client_secret.get_secret_value(),
        redirect_uri=settings.gitlab_redirect_uri,
    )


def _slack(settings: Settings, token: str | None) -> WebClient:
    return WebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=_SLACK_TIMEOUT_SECONDS,
        retry_handlers=[
            ConnectionErrorRetryHandler(max_retry_count=1),
            RateLimitErrorRetryHandler(max_retry_count=3),
        ],
    )


def _sign_in(settings: Settings) -> SlackSignIn:
    return SlackSignIn(
        _slack(settings, None),
        authorize_url=settings.slack_authorize_url,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        redirect_uri=settings.slack_redirect_uri,
    )
