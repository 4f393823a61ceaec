"""Findings for people, for programs and for GitLab.

report_of("sarif", findings, files=…, checked=…) -> the report's text
text_report(findings, files, number_of_manifests) -> the one for people
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from airdesk_render.findings import Finding
from airdesk_render.reports.codequality import codequality_report
from airdesk_render.reports.junit import junit_report
from airdesk_render.reports.sarif import sarif_report
from airdesk_render.reports.text import text_report

__all__ = ["FORMATS", "codequality_report", "json_report", "report_of", "text_report"]


class _Report(Protocol):
    def __call__(
        self, findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]
    ) -> str: ...


def json_report(findings: Sequence[Finding]) -> str:
    """`{"findings": […]}`, each as the model says."""
    data = [finding.model_dump(mode="json") for finding in findings]
    return json.dumps({"findings": data}, indent=1, ensure_ascii=False) + "\n"


def _text(findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]) -> str:
    return text_report(findings, files, len(checked)) + "\n"


def _json(findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]) -> str:
    del files, checked
    return json_report(findings)


def _sarif(findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]) -> str:
    del files, checked
    return sarif_report(findings)


def _codequality(
    findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]
) -> str:
    del files, checked
    return codequality_report(findings)


FORMATS: Final[Mapping[str, _Report]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "codequality": _codequality,
    "junit": junit_report,
}


def report_of(
    name: str, findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]
) -> str:
    """A report in one of `FORMATS`.

    Args:
        files: texts of the repository, for the lines that the report shows.
        checked: paths of all manifests that were checked, those without findings too.
    """
    return FORMATS[name](findings, files=files, checked=checked)
