"""What is known of each rule, apart from how it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
DOCS = "docs/policy.md"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        reason: why, in one sentence. help: what an author can do, in one or two.
        policy: where in policy.yaml it is set; "" where it cannot be changed.
        liftable: whether an exception may name it.
        airflow: whether Airflow's cluster policies keep it too.
    """

    code: str
    reason: str
    help: str
    policy: str = ""
    severity: Severity = "error"
    liftable: bool = True
    airflow: bool = True

    @property
    def docs(self) -> str:
        """Where it is explained."""
        return f"{DOCS}#{self.code}"
