"""All of REST v4 that this server speaks."""

from __future__ import annotations

from airdesk_sandbox.gitlab.api import (
    access_tokens,
    branches,
    ci_settings,
    commits,
    discussions,
    forks,
    groups,
    hooks,
    instance,
    jobs,
    lint,
    members,
    merge_request_lists,
    merge_requests,
    merging,
    notes,
    pipelines,
    projects,
    rebase,
    repository,
    settings,
    users,
    version,
)
from airdesk_sandbox.gitlab.routing import Router

RESOURCES = (
    version,
    instance,
    users,
    groups,
    jobs,
    members,
    projects,
    forks,
    rebase,
    branches,
    commits,
    repository,
    merge_request_lists,
    merge_requests,
    merging,
    notes,
    discussions,
    pipelines,
    ci_settings,
    access_tokens,
    hooks,
    lint,
    settings,
)


def router() -> Router:
    return Router(route for resource in RESOURCES for route in resource.ROUTES)
