"""What the listeners, the workers and the pages have at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from airdesk.clock import Clock
from airdesk.follow.lineage import Lineage
from airdesk.follow.overlaps import Overlaps
from airdesk.model import Person
from airdesk.ports import ActingAs, CodeHost, DagBundles, Sealer, VaultIndex, Workflows
from airdesk.publications import Publications
from airdesk.store import Store
from slack_sdk import WebClient

from airdesk_bot.channels import Channels
from airdesk_bot.gitlab_oauth import GitLabOAuth
from airdesk_bot.messenger import Messenger
from airdesk_bot.policy_source import PolicySource
from airdesk_bot.quickly import Quickly
from airdesk_bot.settings import Settings
from airdesk_bot.slack_sign_in import SlackSignIn
from airdesk_bot.teams import Teams
from airdesk_bot.wake import Wake


@dataclass(frozen=True, kw_only=True)
class Services:
    settings: Settings
    store: Store
    clock: Clock
    wake: Wake

    web: WebClient
    channels: Channels
    messenger: Messenger
    sign_in: SlackSignIn

    reporter: CodeHost
    """GitLab as the bot's own Reporter."""
    with_token: Callable[[str], CodeHost]
    """GitLab with an access token."""
    as_person: Callable[[str], CodeHost]
    """GitLab as a linked person, by Slack user id; raises `NotLinked` and `Unavailable`."""
    owner_of_token: Callable[[str], tuple[int, str, str, str | None]]
    """Numeric id, user name, name and directory uid of whom an access token belongs to."""
    oauth: GitLabOAuth
    lineage: Lineage
    overlaps: Overlaps
    publications: Publications
    policy: PolicySource

    workflows: Workflows
    acting: ActingAs
    bundles: DagBundles
    vault: VaultIndex
    sealer: Sealer
    teams: Teams
    quickly: Quickly

    central_moved: Event = field(default_factory=Event)
    """Set when GitLab said that the central repository moved and Airflow was not told yet."""

    def person(self, slack_user_id: str) -> Person | None:
        """Who has linked and still has a grant."""
        if not self.store.people.has_grant(slack_user_id):
            return None
        return self.store.people.get(slack_user_id)
