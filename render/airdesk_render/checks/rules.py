"""The platform's policy."""

from __future__ import annotations

from airdesk_render.checks.place import Inspection
from airdesk_render.manifest import Manifest

_OF_DATA_CLASS = frozenset(("queue-forced", "queue-not-allowed", "tag-reserved"))
"""What can only be said where the data class is known."""


def check_rules(inspection: Inspection, manifest: Manifest) -> None:
    """A finding for each rule that the manifest breaks, and for each exception in effect."""
    unknown = _OF_DATA_CLASS if inspection.is_set_aside(("data_class",)) else frozenset()
    for violation in inspection.policy.violations(inspection.team, manifest):
        if violation.code in unknown:
            continue
        inspection.report(
            violation.code,
            violation.message,
            violation.path,
            suggestion=violation.suggestion,
            of_key=violation.of_key,
            severity=violation.severity,
        )
