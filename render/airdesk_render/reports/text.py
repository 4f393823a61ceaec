"""Findings for a person: each with its line, a caret and where to read more."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from airdesk_render.findings import Finding
from airdesk_render.reports.links import link_of

_LONGEST_LINE = 120


def text_report(findings: Sequence[Finding], files: Mapping[str, str], checked: int) -> str:
    """Each finding with its line and a caret, and a sentence at the end."""
    parts = [shown(finding, files) for finding in findings]
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        parts.append(
            f"{errors} error(s) in {checked} manifest(s). A manifest with errors is not rendered."
        )
    elif findings:
        warnings = sum(finding.severity == "warning" for finding in findings)
        notes = len(findings) - warnings
        counts = [f"{warnings} warning(s)"] * bool(warnings) + [f"{notes} note(s)"] * bool(notes)
        parts.append(f"{checked} manifest(s) are fine, with {' and '.join(counts)}.")
    elif checked:
        parts.append(f"{checked} manifest(s) are fine.")
    else:
        parts.append("There is no manifest here; they are named dags/<dag_id>.dag.yaml.")
    return "\n\n".join(parts)


def shown(finding: Finding, files: Mapping[str, str]) -> str:
    """One finding: the sentence, the line it is about with a caret, and a link."""
    lines = _lines(finding.file, files)
    source = lines[finding.line - 1] if finding.line <= len(lines) else ""
    number = str(finding.line)
    margin = " " * len(number)
    parts = ["".join(_visible(one) for one in str(finding))]
    if lines:
        cut = max(finding.column - _LONGEST_LINE // 2, 0) if len(source) > _LONGEST_LINE else 0
        visible = "".join(_visible(one) for one in source[cut : cut + _LONGEST_LINE]).rstrip()
        before = sum(_width(_visible(one)) for one in source[cut : finding.column - 1])
        before += max(finding.column - 1 - len(source), 0)
        parts += [f"  {number} | {visible}", f"  {margin} | {' ' * before}^"]
    return "\n".join((*parts, f"  {margin} = {link_of(finding.code)}"))


def _lines(file: str, files: Mapping[str, str]) -> list[str]:
    try:
        return files[file].removeprefix("\ufeff").split("\n")
    except KeyError:
        return []


def _visible(character: str) -> str:
    return character if character.isprintable() or unicodedata.combining(character) else " "


def _width(character: str) -> int:
    """Columns that a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
