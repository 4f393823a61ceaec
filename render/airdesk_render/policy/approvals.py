"""Whose approvals a change needs before it is published, by its class of risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from airdesk_render.document import Path
from airdesk_render.policy.risk import RISK_CLASSES, RiskClass
from airdesk_render.policy.values import Data

LEAD = "lead"
"""Maintainers of the team's own project; every other kind is a group of GitLab."""

Approver = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_-]{0,39}$",
        description="lead, or a name that `groups` explains.",
        examples=["lead", "security"],
    ),
]
GroupPath = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$",
        max_length=255,
        description="Full path of a GitLab group; its members of level Developer and above count.",
        examples=["company/security"],
    ),
]
Needed = tuple[Approver, ...]
"""One entry for each person who has to approve; twice the same kind means two people."""


class Approvals(Data):
    """Approvals by class of risk. Each entry needs a person of its own."""

    none: Needed = Field(default=(), description="For changes of what people read only.")
    low: Needed = Field(default=(LEAD,), description="For changes of low risk.")
    review: Needed = Field(default=(LEAD,), description="For changes of the work itself.")
    security: Needed = Field(default=(LEAD,), description="For changes that security must see.")
    dependents: bool = Field(
        default=False,
        description="Whether a lead of each other team has to approve whose DAGs wait for what "
        "will be gone.",
    )
    groups: dict[Approver, GroupPath] = Field(
        default_factory=dict,
        description="Kind of approver, such as security, to the GitLab group that it is.",
    )

    def needed(self, risk: RiskClass) -> Needed:
        """Kinds of approvers, one for each person."""
        found: Needed = getattr(self, risk)
        return found


def faults_of_approvals(approvals: Approvals) -> Iterator[tuple[Path, str]]:
    """Contradictions, each with its place below `approvals`."""
    if LEAD in approvals.groups:
        yield ("groups", LEAD), "Leads are the Maintainers of a team's project, not a group."
    for risk in RISK_CLASSES:
        for index, kind in enumerate(approvals.needed(risk)):
            if kind != LEAD and kind not in approvals.groups:
                yield (risk, index), f"{kind!r} is neither lead nor a name that `groups` explains."
    for lower, higher in pairwise(RISK_CLASSES):
        lacking = Counter(approvals.needed(lower)) - Counter(approvals.needed(higher))
        if lacking:
            names = ", ".join(lacking.elements())
            message = (
                f"{higher!r} asks for less than {lower!r}: it lacks {names}. "
                "A higher class needs all that a lower one needs."
            )
            yield (higher,), message
