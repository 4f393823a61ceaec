"""A lead approves a change and merges it, in their own name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from airdesk_render.names import Team

from airdesk.errors import NotLinked, Refused
from airdesk.model import MergeRequest, Person, Pipeline
from airdesk.ports import CodeHost

_RED = frozenset({"failed", "canceled"})


def approve_change(
    *,
    team: Team,
    iid: int,
    sha: str,
    person: Person,
    reporter: CodeHost,
    as_person: Callable[[], CodeHost],
    as_author: Callable[[], CodeHost],
) -> None:
    """Approve exactly `sha` and merge it, now or as soon as its pipeline has passed.

    Doing it again after it was done changes nothing.

    Args:
        team: whose repository.
        iid: number of the merge request in it.
        sha: the commit that the person saw when they approved.
        person: who approves.
        reporter: GitLab as the bot reads it.
        as_person: makes GitLab with the person's own token, once the person may go on.
        as_author: makes GitLab with the author's token, to rebase when the default branch moved
            on: the commits stay the author's, and the person who approves has pushed nothing.

    Raises:
        Refused: the person may not approve this, or there is nothing to approve any more.
        Unavailable: GitLab does not answer; doing it again goes on where it stopped.
    """
    project = team.repository
    merge_request = reporter.merge_request(project, iid)
    if merge_request.state == "merged":
        return
    _refuse_person(merge_request, team=team, person=person, reporter=reporter)
    _refuse_state(merge_request, sha, reporter.pipeline(project, iid))
    if reporter.is_behind(project, iid):
        _rebase(merge_request, as_author)
    code_host = as_person()
    if not _has_approved(merge_request, person, reporter):
        code_host.approve(project, iid, sha=sha)
    code_host.merge(project, iid, sha=sha)


def _refuse_person(
    merge_request: MergeRequest, *, team: Team, person: Person, reporter: CodeHost
) -> None:
    if merge_request.author_id == person.gitlab_user_id:
        raise Refused(
            f"You wrote this change yourself. Somebody else who leads {team.name} has to approve "
            "it."
        )
    if person.gitlab_user_id not in reporter.leads(team.repository):
        raise Refused(
            f"Only those who lead {team.name} may approve its changes. Ask one of them to look "
            "at the card."
        )
    pushes = reporter.pushes(team.repository, merge_request.source_branch)
    if any(push.user_id == person.gitlab_user_id for push in pushes):
        raise Refused(
            "You pushed to this branch, so your approval would not count. Somebody else who "
            f"leads {team.name} has to approve it."
        )


def _refuse_state(merge_request: MergeRequest, sha: str, pipeline: Pipeline | None) -> None:
    if merge_request.state == "closed":
        raise Refused("This merge request was closed. Open it again in GitLab to go on.")
    if merge_request.has_conflicts:
        raise Refused(
            "What was merged meanwhile changes the same lines. "
            f"{merge_request.author_name} has to rebase the change and choose; approve it when "
            "its checks have run again."
        )
    if merge_request.sha != sha:
        raise Refused(
            "New commits came after the card that you clicked was drawn. Look at the changes and "
            "approve again."
        )
    if pipeline is not None and pipeline.sha == sha and pipeline.status in _RED:
        raise Refused(
            "The pipeline of this change is red, so it cannot be merged. Its findings are on the "
            "card; once it is green, approve again."
        )


def _rebase(merge_request: MergeRequest, as_author: Callable[[], CodeHost]) -> NoReturn:
    """Rebase, and ask for a new look: nothing is approved that nobody has seen checked."""
    try:
        as_author().rebase(merge_request.project, merge_request.iid)
    except NotLinked as error:
        raise Refused(
            f"The default branch moved on, so {merge_request.author_name} has to rebase the "
            "merge request in GitLab. Approve it after that."
        ) from error
    except Refused as error:
        raise Refused(
            "The default branch moved on, and the change cannot be put on top of it by itself. "
            f"{merge_request.author_name} has to rebase it and resolve what clashes; its checks "
            f"run again then. {error.sentence}"
        ) from error
    raise Refused(
        "The default branch moved on, so I rebased the change in the name of "
        f"{merge_request.author_name}. Its checks run again; approve it when they have passed."
    )


def _has_approved(merge_request: MergeRequest, person: Person, reporter: CodeHost) -> bool:
    project, iid = merge_request.project, merge_request.iid
    versions = reporter.diff_versions(project, iid)
    return any(
        approval.user_id == person.gitlab_user_id
        and all(approval.at > version.created_at for version in versions)
        for approval in reporter.approvals(project, iid)
    )
