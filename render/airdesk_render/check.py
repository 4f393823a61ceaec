"""Everything that can be said about a manifest before it is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from airdesk_render.checks.graph import check_graph
from airdesk_render.checks.identity import check_identity
from airdesk_render.checks.place import Inspection
from airdesk_render.checks.queries import check_queries
from airdesk_render.checks.references import check_references
from airdesk_render.checks.rules import check_rules
from airdesk_render.checks.shape import check_shape
from airdesk_render.checks.templates import check_templates
from airdesk_render.findings import Finding
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.reading import read

_CHECKS: tuple[Callable[[Inspection, Manifest], None], ...] = (
    check_identity,
    check_rules,
    check_graph,
    check_references,
    check_templates,
    check_queries,
)


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        manifest: the manifest where its shape is right, even if there are findings.
        findings: in the order of the file.
    """

    manifest: Manifest | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether it may be rendered: a manifest, and no finding of severity `error`."""
        return self.manifest is not None and not any(
            finding.severity == "error" for finding in self.findings
        )


def check_manifest(
    text: str, *, file: str, team: Team, policy: Policy, files: Mapping[str, str]
) -> Checked:
    """Check one manifest; never raises for anything a person could have written.

    Args:
        text: the manifest. file: its path in the team's repository.
        files: texts of the repository by path; needs those that the manifest refers to.
    """
    document = read(text)
    inspection = Inspection(file, text, document, team, policy, files)
    for problem in document.problems:
        inspection.report_at(
            file, problem.line, problem.column, problem.code, problem.message, problem.path
        )
    if any(problem.code in _UNREADABLE for problem in document.problems):
        return Checked(None, tuple(inspection.findings))
    shape = check_shape(inspection)
    if shape.manifest is not None:
        for check in _CHECKS:
            check(inspection, shape.manifest)
    return Checked(shape.manifest if shape.whole else None, _in_order(inspection.findings))


_UNREADABLE = frozenset(
    (
        *("too-large", "yaml-character", "yaml-tab", "yaml-syntax"),
        *("yaml-deep", "yaml-documents", "yaml-alias", "yaml-bomb"),
    )
)
"""Problems after which the rest of the file says nothing reliable."""


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: (finding.file, finding.line, finding.column)))
