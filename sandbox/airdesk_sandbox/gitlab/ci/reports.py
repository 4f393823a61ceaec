"""Reports that jobs leave: code quality findings and JUnit results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from airdesk_sandbox.gitlab.ci.files import JobFiles
from airdesk_sandbox.gitlab.models import Pipeline

SEVERITIES = ("blocker", "critical", "major", "minor", "info", "unknown")
Files = Callable[[int], JobFiles]


@dataclass(frozen=True)
class Finding:
    """One entry of a Code Climate report, the part of it that GitLab reads."""

    path: str
    line: int
    severity: str
    description: str
    check_name: str
    fingerprint: str


@dataclass(frozen=True)
class Case:
    """`status`: success, failed, error or skipped."""

    name: str
    classname: str
    status: str
    seconds: float
    output: str = ""
    file: str | None = None


@dataclass
class Suite:
    """The results of one job."""

    name: str
    cases: list[Case] = field(default_factory=list)
    error: str | None = None

    def count(self, status: str) -> int:
        return sum(case.status == status for case in self.cases)

    @property
    def total(self) -> int:
        return len(self.cases)

    @property
    def passed(self) -> int:
        return self.count("success")

    @property
    def failures(self) -> int:
        """Failed tests, and those that broke; a report that cannot be read counts as one."""
        return self.count("failed") + self.count("error") + (self.error is not None)

    @property
    def seconds(self) -> float:
        return sum(case.seconds for case in self.cases)


def findings(files: Files, pipeline: Pipeline) -> list[Finding] | None:
    """All findings of a pipeline's jobs, the gravest first; `None` where no job reported."""
    reports = [
        path for job in pipeline.current_jobs for path in files(job.id).report("codequality")
    ]
    if not reports:
        return None
    found = {one.fingerprint: one for path in reports for one in _findings(path)}
    return sorted(
        found.values(), key=lambda one: (SEVERITIES.index(one.severity), one.path, one.line)
    )


def _findings(path: Path) -> Iterable[Finding]:
    try:
        rows = json.loads(path.read_text(errors="replace"))
    except ValueError:
        return  # GitLab shows nothing of a report it cannot read
    for row in rows if isinstance(rows, list) else []:
        location = row.get("location") if isinstance(row, dict) else None
        if not isinstance(location, dict) or not row.get("description"):
            continue
        severity = str(row.get("severity", "")).lower()
        yield Finding(
            path=str(location.get("path", "")).removeprefix("./"),
            line=_line(location),
            severity=severity if severity in SEVERITIES else "unknown",
            description=str(row["description"]),
            check_name=str(row.get("check_name") or ""),
            fingerprint=str(row.get("fingerprint") or f"{location}{row['description']}"),
        )


def _line(location: dict[str, Any]) -> int:
    """`lines.begin`, or `positions.begin.line`."""
    lines, positions = location.get("lines"), location.get("positions")
    begin = lines.get("begin") if isinstance(lines, dict) else None
    if begin is None and isinstance(positions, dict):
        begin = (positions.get("begin") or {}).get("line")
    return int(str(begin)) if str(begin).isdigit() else 0


def suites(files: Files, pipeline: Pipeline) -> list[Suite]:
    """Test results, a suite per job that has any."""
    found = []
    for job in pipeline.current_jobs:
        reports = files(job.id).report("junit")
        if reports:
            suite = Suite(job.name)
            for path in reports:
                _read_cases(path, suite)
            found.append(suite)
    return found


def _read_cases(path: Path, suite: Suite) -> None:
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314  expat itself bounds expansion
    except ElementTree.ParseError as error:
        suite.error = f"JUnit XML parsing failed: {error}"
        return
    for element in root.iter("testcase"):
        suite.cases.append(_case(element))


def _case(element: ElementTree.Element) -> Case:
    kinds = {"failure": "failed", "error": "error", "skipped": "skipped"}
    told = next((child for child in element if child.tag in kinds), None)
    output = "" if told is None else (told.text or told.get("message") or "").strip()
    return Case(
        name=element.get("name", ""),
        classname=element.get("classname", ""),
        status="success" if told is None else kinds[told.tag],
        seconds=_seconds(element.get("time")),
        output=output,
        file=element.get("file"),
    )


def _seconds(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
