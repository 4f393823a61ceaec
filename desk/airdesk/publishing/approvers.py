"""Who counts as which kind of approver, as GitLab says."""

from __future__ import annotations

from functools import lru_cache

from airdesk_render.names import Team, team_of_dag
from airdesk_render.policy.approvals import LEAD, Approvals, Needed

from airdesk.errors import Refused
from airdesk.ports import CodeHost
from airdesk.publishing.risk import Assessment

LEADS_OF = "the leads of "
"""With a team's name: the kind of approvers who speak for that team."""


class Approvers:
    """Asks GitLab about each project and group once.

    Attributes:
        troubles: sentences about groups that cannot be read; nobody counts as one of them.
    """

    def __init__(self, approvals: Approvals, *, code_host: CodeHost) -> None:
        self._approvals = approvals
        self._code_host = code_host
        self._leads = lru_cache(maxsize=None)(code_host.leads)
        self._members: dict[str, frozenset[int]] = {}
        self.troubles: list[str] = []

    def needed(self, assessment: Assessment, team: Team) -> Needed:
        """Kinds of approvers that a team's change needs, one for each person."""
        needed = self._approvals.needed(assessment.risk)
        if not self._approvals.dependents:
            return needed
        others = {team_of_dag(one.dag_id).name for one in assessment.breaks} - {team.name}
        return (*needed, *(f"{LEADS_OF}{name}" for name in sorted(others)))

    def of(self, kind: str, project: str) -> frozenset[int]:
        """User ids that count as this kind for a project's merge requests."""
        return self._leads(project) if kind == LEAD else self._others(kind)

    def _others(self, kind: str) -> frozenset[int]:
        if kind not in self._members:
            try:
                self._members[kind] = self._read(kind)
            except Refused as refused:
                # Fails closed: what needs them waits, and the job says why.
                self._members[kind] = frozenset()
                self.troubles.append(f"Nobody counts as {kind}: {refused.sentence}")
        return self._members[kind]

    def _read(self, kind: str) -> frozenset[int]:
        if kind.startswith(LEADS_OF):
            return self._leads(Team(kind.removeprefix(LEADS_OF)).repository)
        return self._code_host.group_members(self._approvals.groups[kind])


def in_words(needed: Needed) -> str:
    """`a lead and security`, `2 leads`."""
    names = []
    for kind in dict.fromkeys(needed):
        count = needed.count(kind)
        if kind == LEAD:
            names.append("a lead" if count == 1 else f"{count} leads")
        elif kind.startswith(LEADS_OF):
            names.append(f"one of {kind}")
        else:
            names.append(kind if count == 1 else f"{count} of {kind}")
    if len(names) < 2:
        return "".join(names) or "nobody"
    return f"{', '.join(names[:-1])} and {names[-1]}"
