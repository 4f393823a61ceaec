"""One identity's connection to GitLab, and how GitLab's answers become our two failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gitlab
from gitlab.exceptions import GitlabError
from gitlab.v4.objects import Project, ProjectMergeRequest

from airdesk.clients.reading import read_attempts
from airdesk.errors import NotLinked, Refused, Unavailable

T = TypeVar("T")

TIMEOUT_SECONDS = 10.0


class Session:
    """Base of the parts of `GitLabHost`.

    Args:
        url: GitLab's address, without `/api/v4`.
        private_token: an account's personal, group or project access token; or
        oauth_token: the access token of a person who linked.
    """

    def __init__(
        self, url: str, *, private_token: str | None = None, oauth_token: str | None = None
    ) -> None:
        self.api = gitlab.Gitlab(
            url,
            private_token=private_token,
            oauth_token=oauth_token,
            timeout=TIMEOUT_SECONDS,
            per_page=100,
            user_agent="airdesk",
            keep_base_url=True,
        )
        self._as_person = oauth_token is not None
        self._own_id: int | None = None

    def own_id(self) -> int:
        """GitLab's user id of this identity."""
        if self._own_id is None:
            answer = self.reading("read your own account", lambda: self.api.http_get("/user"))
            self._own_id = int(answer["id"])  # type: ignore[index]  # http_get may give a raw response, here it is JSON
        return self._own_id

    def project(self, path: str) -> Project:
        """A handle; asks GitLab nothing."""
        return self.api.projects.get(path, lazy=True)

    def request_handle(self, project: str, iid: int) -> ProjectMergeRequest:
        """A handle; asks GitLab nothing."""
        return self.project(project).mergerequests.get(iid, lazy=True)

    def reading(self, doing: str, call: Callable[[], T]) -> T:
        """A request that changes nothing: tried again when GitLab stumbles."""
        try:
            for attempt in read_attempts(_is_passing):
                with attempt:
                    return call()
        except (GitlabError, OSError) as error:
            raise self.failure(error, doing) from error
        raise AssertionError("a retry context ends by returning or raising")

    def changing(self, doing: str, call: Callable[[], T]) -> T:
        """A request with an effect: sent once."""
        try:
            return call()
        except (GitlabError, OSError) as error:
            raise self.failure(error, doing) from error

    def failure(self, error: GitlabError | OSError, doing: str) -> Refused | Unavailable:
        """What to tell the person; `doing` completes "GitLab refused to …"."""
        if not isinstance(error, GitlabError):
            return Unavailable("GitLab", "GitLab does not answer.")
        code = error.response_code or 0
        if code >= 500 or code == 429:
            return Unavailable("GitLab", f"GitLab is in trouble (HTTP {code}).")
        if code == 401:
            if self._as_person:
                return NotLinked()
            return Unavailable(
                "GitLab",
                "GitLab does not accept the token of Airdesk's own account; "
                "an operator must renew it.",
            )
        if code == 403:
            return Refused(f"GitLab does not allow you to {doing} (403 Forbidden).")
        if code == 404:
            return Refused(
                f"GitLab cannot {doing}: it does not exist, or you may not see it (404 Not Found)."
            )
        return Refused(f"GitLab refused to {doing}: {words_of(error)} (HTTP {code}).")


def words_of(error: GitlabError) -> str:
    """GitLab's own words for an error, without a full stop."""
    words = error.error_message
    if isinstance(words, bytes):
        words = words.decode("utf-8", "replace")
    return str(words).strip().rstrip(".") or "no reason given"


def _is_passing(error: Exception) -> bool:
    if isinstance(error, GitlabError):
        return (error.response_code or 0) >= 500
    return isinstance(error, OSError)  # requests' exceptions are OSErrors
