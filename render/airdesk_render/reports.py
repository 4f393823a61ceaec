"""Findings for people, for programs and for GitLab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from airdesk_render.findings import Finding

_LONGEST_LINE = 120


def json_report(findings: Iterable[Finding]) -> str:
    """`{"findings": […]}`, each as the model says."""
    data = [finding.model_dump(mode="json") for finding in findings]
    return json.dumps({"findings": data}, indent=1, ensure_ascii=False) + "\n"


def codequality_report(findings: Iterable[Finding]) -> str:
    """GitLab's Code Quality report."""
    entries = []
    for finding in findings:
        meant = f" Did you mean {finding.suggestion!r}?" if finding.suggestion else ""
        identity = json.dumps([finding.file, finding.code, finding.path, finding.message])
        entries.append(
            {
                "description": finding.message + meant,
                "check_name": finding.code,
                "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
                "severity": "major" if finding.severity == "error" else "minor",
                "location": {"path": finding.file, "lines": {"begin": finding.line}},
            }
        )
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"


FORMATS: Final[Mapping[str, Callable[[Iterable[Finding]], str]]] = {
    "json": json_report,
    "codequality": codequality_report,
}


def text_report(findings: Sequence[Finding], files: Mapping[str, str], checked: int) -> str:
    """Each finding with its line and a caret, and a sentence at the end."""
    parts = [_one(finding, files) for finding in findings]
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        parts.append(
            f"{errors} error(s) in {checked} manifest(s). Nothing is rendered until they are gone."
        )
    elif findings:
        parts.append(f"{checked} manifest(s) are fine, with {len(findings)} warning(s).")
    else:
        parts.append(f"{checked} manifest(s) are fine.")
    return "\n\n".join(parts)


def _one(finding: Finding, files: Mapping[str, str]) -> str:
    try:
        lines = files[finding.file].split("\n")
    except KeyError:
        return str(finding)
    source = lines[finding.line - 1] if finding.line <= len(lines) else ""
    cut = max(finding.column - _LONGEST_LINE // 2, 0) if len(source) > _LONGEST_LINE else 0
    shown = "".join(
        character if character.isprintable() else " "
        for character in source[cut : cut + _LONGEST_LINE]
    )
    number = str(finding.line)
    caret = " " * (finding.column - 1 - cut) + "^"
    return f"{finding}\n  {number} | {shown}\n  {' ' * len(number)} | {caret}"
