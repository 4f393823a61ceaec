"""Whether the approvals of a merge request suffice for publication.

GitLab (Free) lets whoever may update a merge request approve it, its author included, and keeps
an approval when another push follows. So GitLab tells who did what and when, and this decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from airdesk_render.names import Team
from airdesk_render.policy.approvals import LEAD, Needed

from airdesk.model import Approval, CountedApproval, DiffVersion, Frozen, MergeRequest, Push
from airdesk.publishing.seats import seated

# A push comes before the version that GitLab makes of it, by seconds on a busy day.
VERSION_LAG = timedelta(hours=1)


class Judgement(Frozen):
    """What the publisher holds of a merge request's approvals.

    Attributes:
        approvals: those that count, whether or not they suffice.
        reason: a sentence for the people concerned; empty when the approvals suffice.
    """

    sufficient: bool
    approvals: tuple[CountedApproval, ...] = ()
    reason: str = ""

    @property
    def approved_by(self) -> tuple[str, ...]:
        return tuple(approval.username for approval in self.approvals)


@dataclass(frozen=True)
class _Case:
    request: MergeRequest
    team: Team
    people: Mapping[str, frozenset[int]]
    pushers: frozenset[int]
    last: DiffVersion

    def kinds_of(self, user_id: int) -> tuple[str, ...]:
        return tuple(kind for kind, members in self.people.items() if user_id in members)


def judge_approval(
    request: MergeRequest,
    *,
    team: Team,
    needed: Needed,
    people: Mapping[str, frozenset[int]],
    approvals: Sequence[Approval],
    versions: Sequence[DiffVersion],
    pushes: Sequence[Push],
) -> Judgement:
    """An approval counts when it was given to the last version by somebody of a needed kind who
    had no hand in the change. Each needed one takes a person of its own.

    Args:
        needed: kinds of approvers, one for each person.
        people: kind to user ids, for all kinds in `needed`; others are noted where they approved.
        approvals: those that stand in GitLab now.
        versions: diff versions, newest first.
        pushes: push events of the source branch; those without a branch name count while the
            merge request was open.
    """
    if not versions:
        return _no(["GitLab shows no version of its diff yet"])
    case = _Case(request, team, people, _pushers(pushes, versions), versions[0])
    good = [one for one in approvals if case.kinds_of(one.user_id) and not _had_a_hand(one, case)]
    seats = seated(needed, [case.kinds_of(one.user_id) for one in good])
    counted = tuple(
        CountedApproval(
            username=one.username, kind=kind or case.kinds_of(one.user_id)[0], at=one.at
        )
        for one, kind in zip(good, seats.kinds, strict=True)
    )
    if not seats.empty:
        return Judgement(sufficient=True, approvals=counted)
    present = {approval.kind for approval in counted}
    reasons = list(_reasons(seats.empty, present, approvals, case))
    return _no(reasons, counted)


def _reasons(
    missing: Needed, present: set[str], approvals: Sequence[Approval], case: _Case
) -> Iterator[str]:
    """What does not count and why, then who is missing."""
    told: set[str] = set()
    for approval in approvals:
        kinds = case.kinds_of(approval.user_id)
        about = next((kind for kind in missing if kind in kinds), None)
        if kinds and about is None:
            continue  # this kind is not what is missing
        flaw = _flaw(approval, about is not None, about or missing[0], case)
        if flaw is not None:
            told.add(about or missing[0])
            yield flaw
    for kind in dict.fromkeys(missing):
        if kind != LEAD or kind not in told:
            yield _missing(kind, kind in present, case)


def _missing(kind: str, has_one: bool, case: _Case) -> str:
    place = f"{case.request.project}!{case.request.iid}"
    if kind != LEAD:
        if has_one:
            return f"one more of {kind} must approve {place}"
        return f"nobody of {kind} has approved {place}"
    if has_one:
        return f"one more lead of {case.team.name} must approve {place}"
    other = "another" if case.request.author_id in case.people[LEAD] else "a"
    lead = f"lead of {case.team.name}"
    return f"no approval by a {lead}; {other} {lead} must approve {place}"


def _had_a_hand(approval: Approval, case: _Case) -> bool:
    """Whether the approval is worth nothing whoever's it is: of the author, a pusher, or old."""
    user = approval.user_id
    return (
        user == case.request.author_id
        or user in case.pushers
        or approval.at <= case.last.created_at
    )


def _flaw(approval: Approval, is_one: bool, kind: str, case: _Case) -> str | None:
    """Why this approval does not count as one of this kind, or `None` if it does."""
    if kind == LEAD:
        one, other = "a lead", f"{'another' if is_one else 'a'} lead of {case.team.name}"
        whose = f"{one} of {case.team.name}"
    else:
        whose, other = f"one of {kind}", f"{'another' if is_one else 'one'} of {kind}"
    if approval.user_id == case.request.author_id:
        return f"{approval.name} wrote this change and cannot approve it; {other} must"
    if not is_one:
        return f"{approval.name} is not {whose}; {other} must approve"
    if approval.user_id in case.pushers:
        return f"{approval.name} pushed to this change and cannot approve it; {other} must"
    if approval.at <= case.last.created_at:
        return (
            f"{approval.name} approved before the last push "
            f"({case.last.created_at:%Y-%m-%d %H:%M} UTC) and must approve again"
        )
    return None


def _pushers(pushes: Sequence[Push], versions: Sequence[DiffVersion]) -> frozenset[int]:
    opened = versions[-1].created_at - VERSION_LAG
    return frozenset(push.user_id for push in pushes if push.branch or push.at >= opened)


def _no(reasons: list[str], counted: tuple[CountedApproval, ...] = ()) -> Judgement:
    text = "; ".join(reasons)
    sentence = f"{text[0].upper()}{text[1:]}."
    return Judgement(sufficient=False, approvals=counted, reason=sentence)
