"""GitLab's Code Quality report."""

from __future__ import annotations

import json
from collections.abc import Iterable

from airdesk_render.findings import Finding
from airdesk_render.reports.fingerprints import fingerprints

_SEVERITIES = {"error": "major", "warning": "minor"}


def codequality_report(findings: Iterable[Finding]) -> str:
    """A list of entries, each with just the keys that GitLab names."""
    found = list(findings)
    entries = [
        {
            "description": with_suggestion(finding),
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES.get(finding.severity, "info"),
            "location": {"path": finding.file, "lines": {"begin": finding.line}},
        }
        for finding, fingerprint in zip(found, fingerprints(found), strict=True)
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


def with_suggestion(finding: Finding) -> str:
    """The finding's sentence, with what was probably meant."""
    meant = f" Did you mean {finding.suggestion!r}?" if finding.suggestion else ""
    return finding.message + meant
