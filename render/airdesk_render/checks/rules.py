"""The platform's policy."""

from __future__ import annotations

from airdesk_render.checks.place import Inspection
from airdesk_render.manifest import Manifest


def check_rules(inspection: Inspection, manifest: Manifest) -> None:
    """A finding for each rule that the manifest breaks, and for each exception in effect."""
    for violation in inspection.policy.violations(inspection.team, manifest):
        inspection.report(
            violation.code,
            violation.message,
            violation.path,
            suggestion=violation.suggestion,
            of_key=violation.of_key,
            severity=violation.severity,
        )
