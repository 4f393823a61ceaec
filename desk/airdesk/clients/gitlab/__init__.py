"""GitLab, over REST v4 and python-gitlab."""

from __future__ import annotations

from airdesk.clients.gitlab.merge_requests import MergeRequests
from airdesk.clients.gitlab.people import CurrentPerson, current_person
from airdesk.clients.gitlab.pipelines import Pipelines
from airdesk.clients.gitlab.reviews import Reviews

__all__ = ["CurrentPerson", "GitLabHost", "current_person"]


class GitLabHost(MergeRequests, Reviews, Pipelines):
    """Implements `CodeHost` with one identity: a person's grant or an account's token."""
