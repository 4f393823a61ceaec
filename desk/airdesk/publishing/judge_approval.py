"""Whether the approvals of a merge request suffice for publication.

GitLab (Free) lets whoever may update a merge request approve it, its author included, and keeps
an approval when another push follows. So GitLab tells who did what and when, and this decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from airdesk_render.names import Team

from airdesk.model import Approval, DiffVersion, Frozen, MergeRequest, Push

# A push comes before the version that GitLab makes of it, by seconds on a busy day.
VERSION_LAG = timedelta(hours=1)


class Judgement(Frozen):
    """What the publisher holds of a merge request's approvals.

    `reason` is a sentence for the people concerned; empty when the approvals suffice.
    """

    sufficient: bool
    approved_by: tuple[str, ...] = ()
    reason: str = ""


def judge_approval(
    request: MergeRequest,
    *,
    team: Team,
    approvals: Sequence[Approval],
    versions: Sequence[DiffVersion],
    pushes: Sequence[Push],
    leads: frozenset[int],
) -> Judgement:
    """An approval counts when a lead gave it to the last version and had no hand in the change.

    Args:
        approvals: those that stand in GitLab now.
        versions: diff versions, newest first.
        pushes: push events of the source branch; those without a branch name count while the
            merge request was open.
        leads: user ids of the team's leads.
    """
    if not versions:
        return _no("GitLab shows no version of its diff yet")
    pushers = _pushers(pushes, versions)
    reasons: list[str] = []
    good: list[str] = []
    for approval in approvals:
        reason = _flaw(approval, request, team, versions[0], pushers, leads)
        if reason is None:
            good.append(approval.username)
        else:
            reasons.append(reason)
    if good:
        return Judgement(sufficient=True, approved_by=tuple(good))
    if not reasons:
        other = "another" if request.author_id in leads else "a"
        reasons.append(
            f"no approval by a lead of {team.name}; {other} lead of {team.name} must approve "
            f"{request.project}!{request.iid}"
        )
    return _no("; ".join(reasons))


def _flaw(
    approval: Approval,
    request: MergeRequest,
    team: Team,
    last: DiffVersion,
    pushers: frozenset[int],
    leads: frozenset[int],
) -> str | None:
    """Why this approval does not count, or `None` if it does."""
    is_lead = approval.user_id in leads
    other = f"{'another' if is_lead else 'a'} lead of {team.name}"
    if approval.user_id == request.author_id:
        return f"{approval.name} wrote this change and cannot approve it; {other} must"
    if not is_lead:
        return f"{approval.name} is not a lead of {team.name}; {other} must approve"
    if approval.user_id in pushers:
        return f"{approval.name} pushed to this change and cannot approve it; {other} must"
    if approval.at <= last.created_at:
        return (
            f"{approval.name} approved before the last push "
            f"({last.created_at:%Y-%m-%d %H:%M} UTC) and must approve again"
        )
    return None


def _pushers(pushes: Sequence[Push], versions: Sequence[DiffVersion]) -> frozenset[int]:
    opened = versions[-1].created_at - VERSION_LAG
    return frozenset(push.user_id for push in pushes if push.branch or push.at >= opened)


def _no(reason: str) -> Judgement:
    sentence = f"{reason[0].upper()}{reason[1:]}."
    return Judgement(sufficient=False, reason=sentence)
