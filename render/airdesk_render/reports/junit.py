"""JUnit XML as GitLab's test report reads it: one test case per file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from airdesk_render.findings import Finding
from airdesk_render.reports.text import shown


def junit_report(
    findings: Sequence[Finding], *, files: Mapping[str, str], checked: Sequence[str]
) -> str:
    """A case for every manifest, and for every other file about which something was found."""
    by_file: dict[str, list[Finding]] = {name: [] for name in checked}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    cases = [_case(name, found, files) for name, found in by_file.items()]
    failed = sum("<failure" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="0"'
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="airdesk-render check" {counts}>',
            f'<testsuite name="airdesk-render check" {counts}>',
            *cases,
            "</testsuite>",
            "</testsuites>\n",
        )
    )


def _case(name: str, findings: Sequence[Finding], files: Mapping[str, str]) -> str:
    folder = name.rpartition("/")[0] or "."
    attributes = f"classname={_attribute(folder)} name={_attribute(name)} file={_attribute(name)}"
    errors = [finding for finding in findings if finding.severity == "error"]
    others = [finding for finding in findings if finding.severity != "error"]
    parts = []
    if errors:
        words = f"{len(errors)} error(s): {', '.join(sorted({one.code for one in errors}))}"
        parts.append(
            f'<failure message={_attribute(words)} type="check">{_text(errors, files)}</failure>'
        )
    if others:
        parts.append(f"<system-out>{_text(others, files)}</system-out>")
    return f"<testcase {attributes}>{''.join(parts)}</testcase>"


def _text(findings: Sequence[Finding], files: Mapping[str, str]) -> str:
    return escape(_clean("\n\n".join(shown(finding, files) for finding in findings)))


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Without the control characters and half characters that XML cannot hold."""
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)
