"""What breaks a rule, and what lifts one."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.document import Path
from airdesk_render.policy.rule import Severity


@dataclass(frozen=True)
class Violation:
    """One thing to say about a DAG.

    Attributes:
        message: a sentence for people, with what to do.
        path: keys and indexes from the manifest's root; `of_key`: the key is meant.
        task: full id of the task it is about; "" for the DAG, or for options that tasks share.
        exception: name of the exception it tells of; `rule` is then the rule that it lifts.
    """

    code: str
    message: str
    path: Path = ()
    of_key: bool = False
    suggestion: str | None = None
    severity: Severity = "error"
    task: str = ""
    rule: str = ""
    exception: str | None = None
