"""What waits for whom in somebody's teams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from airdesk_render.names import Team
from airdesk_render.policy.approvals import LEAD, Approvals

from airdesk.errors import Refused, Unavailable
from airdesk.model import ChangeView, Membership, MergeRequest, Person, Pipeline, Publication
from airdesk.ports import CodeHost
from airdesk.publications import Publications
from airdesk.publishing.approvers import in_words
from airdesk.store.changes import Changes

MOST_REQUESTS = 30
"""Of one team, the newest; each costs two questions to GitLab."""
_RED = frozenset({"failed", "canceled", "canceling"})
_GREEN = frozenset({"success", "skipped"})
_DRAFT = ("Draft:", "[Draft]", "(Draft)")


class WaitsFor(StrEnum):
    """What has to happen next."""

    APPROVAL = "approval"
    CORRECTION = "correction"
    """The pipeline is red."""
    REBASE = "rebase"
    """What was merged meanwhile changes the same lines."""
    AUTHOR = "author"
    """It is a draft, or its author has to do something else, which `why` says."""
    PUBLICATION = "publication"
    """It is merged and withheld; `why` says what is missing."""
    MERGE = "merge"
    """It is approved; somebody has to merge it, or GitLab does."""
    MACHINE = "machine"
    """Its checks run."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits.

    Attributes:
        team: whose it is.
        what: title of the merge request, or the DAG.
        for_what: what has to happen next.
        whom: who has to act, in words; empty where a machine does.
        is_yours: whether the person who asks can act.
        why: a sentence with more, where there is more.
        request: the merge request, where one is open.
        iid: its number; also of one that is merged.
    """

    team: str
    what: str
    for_what: WaitsFor
    whom: str = ""
    is_yours: bool = False
    why: str | None = None
    request: MergeRequest | None = None
    iid: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """Everything that waits; `unavailable` is a sentence about what could not be asked."""

    waiting: tuple[Waiting, ...]
    unavailable: str | None = None


def waiting_queue(
    memberships: Iterable[Membership],
    *,
    person: Person,
    approvals: Approvals,
    changes: Changes,
    publications: Publications,
    code_host: CodeHost,
) -> Queue:
    """What waits in these teams, whether it came from Slack or by `git push`; theirs first.

    Args:
        memberships: the person's own teams.
        person: who asks.
        approvals: whose approval each class of risk needs, as policy says.
        code_host: GitLab as the bot reads it.
    """
    teams = {membership.team: membership for membership in memberships}
    known = {
        (change.draft.team, change.merge_request): change
        for change in changes.following(teams, limit=100)
    }
    found = [
        _not_opened(change.draft.title, change.draft.team, change.hindrance)
        for change in known.values()
        if change.merge_request is None and change.hindrance is not None and not change.is_closed
    ]
    trouble: str | None = None
    try:
        publications.refresh()
        for name, membership in sorted(teams.items()):
            looking = _Look(membership, person, approvals, code_host)
            views = {iid: change.view for (team, iid), change in known.items() if team == name}
            found += looking.requests(views)
            found += looking.withheld(publications.of_team(name).values())
    except Unavailable as error:
        trouble = f"{error.service} does not answer, so the list is not complete. Ask again soon."
    except Refused as error:
        trouble = error.sentence
    return Queue(tuple(sorted(found, key=lambda one: not one.is_yours)), trouble)


def _not_opened(title: str, team: str, hindrance: str | None) -> Waiting:
    return Waiting(
        team=team, what=title, for_what=WaitsFor.AUTHOR, whom="its author", why=hindrance
    )


@dataclass(frozen=True)
class _Look:
    membership: Membership
    person: Person
    approvals: Approvals
    code_host: CodeHost

    @property
    def team(self) -> Team:
        return Team(self.membership.team)

    def requests(self, views: dict[int | None, ChangeView | None]) -> Iterator[Waiting]:
        for request in self.code_host.open_requests_of(self.team.repository, limit=MOST_REQUESTS):
            yield self._request(request, views.get(request.iid))

    def _request(self, request: MergeRequest, view: ChangeView | None) -> Waiting:
        own = request.author_id == self.person.gitlab_user_id

        def waits(for_what: WaitsFor, whom: str = "", *, yours: bool = False) -> Waiting:
            return Waiting(
                team=self.membership.team,
                what=request.title,
                for_what=for_what,
                whom=whom,
                is_yours=yours,
                request=request,
                iid=request.iid,
                since=request.opened_at,
            )

        if request.title.startswith(_DRAFT):
            return waits(WaitsFor.AUTHOR, request.author_name, yours=own)
        if request.has_conflicts:
            return waits(WaitsFor.REBASE, request.author_name, yours=own)
        pipeline = self.code_host.pipeline(self.team.repository, request.iid)
        if pipeline is not None and pipeline.status in _RED:
            return waits(WaitsFor.CORRECTION, request.author_name, yours=own)
        if not _is_green(pipeline):
            return waits(WaitsFor.MACHINE)
        if self._is_approved(request):
            return waits(WaitsFor.MERGE, self._leads(), yours=self.membership.is_lead)
        yours = self.membership.is_lead and not own
        return waits(WaitsFor.APPROVAL, self._approvers(view), yours=yours)

    def _is_approved(self, request: MergeRequest) -> bool:
        given = self.code_host.approvals(self.team.repository, request.iid)
        return any(approval.user_id != request.author_id for approval in given)

    def _approvers(self, view: ChangeView | None) -> str:
        """As the class of risk that its own pipeline reported wants it; the publisher judges."""
        behaviour = view.behaviour if view is not None else None
        needed = self.approvals.needed(behaviour.risk) if behaviour is not None else ()
        if not needed or set(needed) == {LEAD}:
            return self._leads()
        return f"{in_words(needed)} ({self.membership.team})"

    def _leads(self) -> str:
        return f"a lead of {self.membership.team}"

    def withheld(self, decided: Iterable[Publication]) -> Iterator[Waiting]:
        for publication in decided:
            if publication.state != "withheld":
                continue
            yield Waiting(
                team=self.membership.team,
                what=publication.dag_id,
                for_what=WaitsFor.PUBLICATION,
                whom=self._leads(),
                is_yours=self.membership.is_lead,
                why=publication.reason,
                iid=publication.merge_request,
            )


def _is_green(pipeline: Pipeline | None) -> bool:
    return pipeline is not None and pipeline.status in _GREEN
