"""The pages' addresses, as GitLab has them: `<project>/-/merge_requests/1`."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from airdesk_sandbox.gitlab.call import find_group, find_project
from airdesk_sandbox.gitlab.errors import not_found
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.pages import code, home, pipelines, requests, requests_write
from airdesk_sandbox.gitlab.pages.assets import asset_routes
from airdesk_sandbox.gitlab.pages.sign_in import sign_in_routes
from airdesk_sandbox.gitlab.pages.view import View, endpoint
from airdesk_sandbox.gitlab.permissions import may
from airdesk_sandbox.gitlab.server import Server

ProjectPage = Callable[[View, Project], Response]

_ONE = r"merge_requests/(?P<iid>\d+)"
READ: dict[str, ProjectPage] = {
    r"": code.tree,
    r"tree/(?P<rest>.+)": code.tree,
    r"blob/(?P<rest>.+)": code.blob,
    r"raw/(?P<rest>.+)": code.raw,
    r"commits(?:/(?P<rest>.+))?": code.commits,
    r"commit/(?P<sha>[0-9a-f]{7,40})": code.commit,
    r"merge_requests": requests.listing,
    _ONE: requests.overview,
    rf"{_ONE}/commits": requests.commits,
    rf"{_ONE}/diffs": requests.changes,
    rf"{_ONE}/conflicts": requests.conflicts,
    rf"{_ONE}/pipelines": requests.pipelines,
    r"pipelines": pipelines.listing,
    r"pipelines/(?P<pipeline_id>\d+)": pipelines.pipeline,
    r"jobs/(?P<job_id>\d+)": pipelines.job,
    r"jobs/(?P<job_id>\d+)/raw": pipelines.raw,
}
WRITE: dict[str, ProjectPage] = {
    rf"{_ONE}/approve": requests_write.approve,
    rf"{_ONE}/unapprove": requests_write.unapprove,
    rf"{_ONE}/merge": requests_write.merge,
    rf"{_ONE}/cancel_auto_merge": requests_write.cancel_auto_merge,
    rf"{_ONE}/rebase": requests_write.rebase,
    rf"{_ONE}/notes": requests_write.note,
    rf"{_ONE}/discussions/(?P<thread>[0-9a-f]{{40}})": requests_write.reply,
    r"pipelines/(?P<pipeline_id>\d+)/retry": pipelines.retry,
    r"pipelines/(?P<pipeline_id>\d+)/cancel": pipelines.cancel,
    r"jobs/(?P<job_id>\d+)/play": pipelines.play,
}


def page_routes(server: Server) -> list[BaseRoute]:
    return [
        *sign_in_routes(server),
        *asset_routes(),
        Route("/", endpoint(server, home.projects), methods=["GET"]),
        Route("/groups/{path:path}", endpoint(server, _group), methods=["GET"]),
        Route("/{path:path}", endpoint(server, _page), methods=["GET", "POST"]),
    ]


def _group(view: View) -> Response:
    return home.group(view, view.path["path"])


def _page(view: View) -> Response:
    """A project's page, or a group's."""
    full_path, _, rest = view.path["path"].strip("/").partition("/-/")
    full_path = full_path.removesuffix("/-")
    project = find_project(view.session, full_path)
    if project is None and not rest and find_group(view.session, full_path) is not None:
        return home.group(view, full_path)
    if project is None or not may(view.session, view.maybe_user, "read_project", project):
        raise not_found("Page")
    table = WRITE if view.request.method == "POST" else READ
    for pattern, page in table.items():
        match = re.fullmatch(pattern, rest.strip("/"))
        if match is not None:
            view.path.update({k: v for k, v in match.groupdict().items() if v is not None})
            return page(view, project)
    raise not_found("Page")
