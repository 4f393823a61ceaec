"""Who a grant belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from airdesk.clients.gitlab.session import Session
from airdesk.errors import Refused

_FIRST_VALUE = re.compile(r"^\s*[A-Za-z][\w.-]*\s*=\s*(?P<value>(?:\\.|[^,+\\])+)")


class CurrentPerson(NamedTuple):
    """The person whom an OAuth token stands for; `directory_uid` is the directory's user name."""

    gitlab_user_id: int
    username: str
    name: str
    directory_uid: str


def current_person(url: str, oauth_token: str) -> CurrentPerson:
    """Ask GitLab whose token this is.

    Raises:
        Refused: the account has no identity of the directory (LDAP), or the token ended.
        Unavailable: GitLab does not answer.
    """
    session = Session(url, oauth_token=oauth_token)
    account = session.reading("read your own account", lambda: session.api.http_get("/user"))
    if not isinstance(account, dict):
        raise TypeError("GitLab answered /user with something else than an account.")
    return CurrentPerson(
        gitlab_user_id=int(account["id"]),
        username=str(account["username"]),
        name=str(account["name"]),
        directory_uid=directory_uid(account.get("identities") or ()),
    )


def directory_uid(identities: Sequence[Mapping[str, object]]) -> str:
    """First value of the LDAP identity's distinguished name: `uid=thu.tran,ou=…` → `thu.tran`."""
    for identity in identities:
        if not str(identity.get("provider", "")).startswith("ldap"):
            continue
        found = _FIRST_VALUE.match(str(identity.get("extern_uid", "")))
        if found:
            return re.sub(r"\\(.)", r"\1", found["value"]).strip()
    raise Refused(
        "Your GitLab account has no identity of the company directory (LDAP). Sign in to GitLab "
        "through the directory once, then link again with /airflow link."
    )
