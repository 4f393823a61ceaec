"""Check what somebody wrote, and take it in when it is right."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from airdesk_render.check import check_manifest
from airdesk_render.findings import Finding
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.policy import Policy
from airdesk_render.reading import read

from airdesk.errors import Refused
from airdesk.model import ChangeDraft, Membership, MergeRequest
from airdesk.store.changes import Changes
from airdesk.store.records import Change


@dataclass(frozen=True)
class Submission:
    """Either the stored change, or what is wrong with the draft; nothing was stored then."""

    change: Change | None
    findings: tuple[Finding, ...] = ()


def submit_change(
    draft: ChangeDraft,
    *,
    author: str,
    memberships: Sequence[Membership],
    channel: str,
    origin: str,
    policy: Policy,
    connections: Collection[str] | None,
    underway: Sequence[MergeRequest] = (),
    despite_others: bool = False,
    changes: Changes,
    now: datetime,
) -> Submission:
    """Check the draft, then store it with the ask that opens its merge request.

    Args:
        author: Slack user id.
        memberships: the author's teams.
        channel: Slack channel in which the change card shall stand.
        origin: what was submitted where; the same origin again is the same change.
        policy: the platform's rules.
        connections: the team's connections, or `None` when Vault could not be asked: then a
            wrong name is found by Airflow's guard at the first run.
        underway: open merge requests that change the draft's files, as far as GitLab told in time.
        despite_others: the author knows that somebody else changes the DAG too. Only a change of
            a DAG that exists can be submitted so; of two new ones one would have to go.

    Raises:
        Refused: the author is not in the draft's team.
    """
    if draft.team not in {membership.team for membership in memberships}:
        raise Refused(f"You are not in the team {draft.team}, so you cannot submit DAGs for it.")
    team = Team(draft.team)
    checked = check_manifest(
        draft.files[draft.manifest_path],
        file=draft.manifest_path,
        team=team,
        policy=policy,
        files=draft.files,
    )
    findings = list(checked.findings)
    if checked.manifest is not None and connections is not None:
        findings += _unknown_connections(checked.manifest, draft, connections)
    findings += _others(draft, origin, underway, changes, despite=despite_others)
    if any(finding.severity == "error" for finding in findings):
        return Submission(change=None, findings=tuple(findings))
    change = changes.submit(draft, author=author, channel=channel, origin=origin, now=now)
    return Submission(change=change)


def _others(
    draft: ChangeDraft,
    origin: str,
    underway: Sequence[MergeRequest],
    changes: Changes,
    *,
    despite: bool,
) -> Iterator[Finding]:
    """Who changes the same DAG, and where."""
    other = changes.unmerged(draft.team, draft.dag_name)
    own = other.branch if other is not None and other.origin == origin else None
    requests = {request.iid: request for request in underway if request.source_branch != own}
    if other is not None and other.origin != origin and other.view and other.view.merge_request:
        requests.setdefault(other.view.merge_request.iid, other.view.merge_request)
    if not requests and (other is None or other.origin == origin):
        return
    dag_id = Team(draft.team).dag_id(draft.dag_name)
    who = " and ".join(f"{one.author_name} in {one.url}" for one in requests.values())
    seen = f"{dag_id} is being changed by {who}."
    if not who:
        seen = f"A change of {dag_id} is open already."
    is_new = draft.base is None
    yield Finding(
        severity="warning" if despite and not is_new else "error",
        file=draft.manifest_path,
        line=1,
        column=1,
        code="change-is-open",
        message=f"{seen} {_NEW_TWICE if is_new else _EDITED_TWICE}",
        path=("dag_id",),
    )


_NEW_TWICE = "Take another name, or wait until it is merged or closed."
_EDITED_TWICE = "Talk to each other: whoever merges second has to rebase."


def _unknown_connections(
    manifest: Manifest, draft: ChangeDraft, connections: Collection[str]
) -> Iterator[Finding]:
    document = read(draft.files[draft.manifest_path])
    for placed in manifest.tree.nodes.values():
        if not isinstance(placed.node, ManagedOperator):
            continue
        for name in placed.node.connection_names():
            if name in connections:
                continue
            path = (*placed.path, _field_of(placed.node, name))
            line, column = document.place(path)
            yield Finding(
                file=draft.manifest_path,
                line=line,
                column=column,
                code="unknown-connection",
                message=_no_such(draft.team, name, connections),
                path=path,
                suggestion=next(iter(difflib.get_close_matches(name, connections, n=1)), None),
            )


def _field_of(task: ManagedOperator, connection: str) -> str:
    """The field in which a task names a connection."""
    named = (field for field in type(task).model_fields if getattr(task, field) == connection)
    return next((field for field in named if "connection" in field), "connection")


def _no_such(team: str, name: str, connections: Collection[str]) -> str:
    if not connections:
        return f"{team} has no connection yet, so there is no {name}. Ask security for one."
    known = ", ".join(sorted(connections))
    return f"{team} has no connection {name}. There is {known}."
