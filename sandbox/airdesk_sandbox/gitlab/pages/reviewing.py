"""What a merge request's pages show of its reports: findings on lines, and test results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from airdesk_sandbox.gitlab import merges
from airdesk_sandbox.gitlab.ci import reports
from airdesk_sandbox.gitlab.ci.reports import Finding, Suite
from airdesk_sandbox.gitlab.models import MergeRequest, Note, Pipeline
from airdesk_sandbox.gitlab.pages.view import View

ByLine = dict[str, dict[int, list[Finding]]]
Thread = list[tuple[Note, Markup]]


@dataclass(frozen=True)
class Quality:
    """Findings that the merge request brings, and how many it takes away."""

    new: list[Finding]
    fixed: int


def quality(view: View, request: MergeRequest) -> Quality | None:
    """The newest pipeline's findings against those of the target; `None`: nothing was reported."""
    head = merges.head_pipeline(view.session, request)
    found = reports.findings(view.server.ci.files, head) if head is not None else None
    if found is None:
        return None
    before = {one.fingerprint for one in _of_target(view, request)}
    now = {one.fingerprint for one in found}
    return Quality([one for one in found if one.fingerprint not in before], len(before - now))


def _of_target(view: View, request: MergeRequest) -> list[Finding]:
    """GitLab compares with the newest pipeline of the commit that the branch came from."""
    row = view.session.scalar(
        select(Pipeline)
        .where(
            Pipeline.project_id == request.project_id,
            Pipeline.sha == request.base_sha,
            Pipeline.merge_request_id.is_(None),
        )
        .order_by(Pipeline.id.desc())
        .limit(1)
    )
    return (reports.findings(view.server.ci.files, row) or []) if row is not None else []


def tests(view: View, request: MergeRequest) -> list[Suite]:
    head = merges.head_pipeline(view.session, request)
    return reports.suites(view.server.ci.files, head) if head is not None else []


def by_line(found: Quality | None) -> ByLine:
    placed: ByLine = defaultdict(lambda: defaultdict(list))
    for one in found.new if found is not None else []:
        placed[one.path][one.line].append(one)
    return placed


def notes_by_line(shown: Sequence[Thread]) -> dict[tuple[str, int], list[Thread]]:
    """Threads that stand on a line of the diff's new side."""
    placed: dict[tuple[str, int], list[Thread]] = defaultdict(list)
    for thread in shown:
        position = thread[0][0].position or {}
        if position.get("new_line"):
            placed[(str(position["new_path"]), int(position["new_line"]))].append(thread)
    return placed
