"""Bind somebody's Slack account to their GitLab account, and keep their sealed grant."""

from __future__ import annotations

from datetime import datetime

from airdesk.errors import Refused
from airdesk.model import Grant, Person
from airdesk.ports import CodeHost, Sealer
from airdesk.store.people import People


def link_person(
    *,
    slack_user_id: str,
    gitlab_user: tuple[int, str, str, str | None],
    grant: Grant,
    code_host: CodeHost,
    sealer: Sealer,
    people: People,
    now: datetime,
) -> Person:
    """Link for good; linking the same two again only replaces the grant.

    Args:
        slack_user_id: whom Slack confirmed in this very browser.
        gitlab_user: numeric id, user name, name and directory uid of whom the grant belongs to.
        grant: what GitLab issued just now.
        code_host: GitLab with this grant.
        sealer: encrypts the grant before it is stored.
        people: where links are kept.
        now: the time.

    Raises:
        Refused: GitLab knows no directory account of the person, or one of the two accounts is
            linked to another one.
        Unavailable: Vault or GitLab does not answer; nothing was linked.
    """
    gitlab_user_id, username, name, directory_uid = gitlab_user
    if not directory_uid:
        raise Refused(
            f"{username} in GitLab is not connected to the company directory, so Airdesk cannot "
            "tell who you are in Airflow. Sign in to GitLab with your directory account once, "
            "then link again."
        )
    person = Person(
        slack_user_id=slack_user_id,
        gitlab_user_id=gitlab_user_id,
        gitlab_username=username,
        name=name,
        directory_uid=directory_uid,
    )
    memberships = code_host.memberships()
    sealed = sealer.seal(grant.model_dump_json())
    people.link(person, sealed=sealed, expires_at=grant.expires_at, now=now)
    people.keep_memberships(slack_user_id, memberships, now=now)
    return person
