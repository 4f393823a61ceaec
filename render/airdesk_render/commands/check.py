"""Check manifests and say what is wrong, where, and what to write instead.

  airdesk-render check dags --team growth
  airdesk-render check dags --team growth --report json=airdesk/findings.json

--format chooses what is printed; --report writes further formats into files.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from airdesk_render.check import Checked, check_manifest
from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_team_and_policy,
    manifests,
    policy_of,
    say,
    section,
    team_of,
    write_file,
)
from airdesk_render.findings import Finding
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.reports import FORMATS, text_report


def arguments(parser: argparse.ArgumentParser) -> None:
    add_team_and_policy(parser)
    parser.add_argument("--format", choices=("text", *FORMATS), default="text")
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help=f"also write a report; formats: {', '.join(FORMATS)}",
    )


@dataclass(frozen=True)
class CheckedRepository:
    """What was found in all manifests that were asked for."""

    checked: dict[str, Checked]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)


def check_repository(
    names: list[str], files: RepositoryFiles, *, team: Team, policy: Policy
) -> CheckedRepository:
    """Check manifests one by one; a bad one hides nothing about the others."""
    checked: dict[str, Checked] = {}
    findings: list[Finding] = []
    for name in names:
        try:
            text = files[name]
        except KeyError:
            checked[name] = Checked(None, (_unreadable(name, files.unreadable.get(name)),))
        else:
            checked[name] = check_manifest(text, file=name, team=team, policy=policy, files=files)
        findings.extend(checked[name].findings)
    findings.extend(_unnoticed(names, files))
    return CheckedRepository(checked, tuple(findings))


def _unreadable(name: str, why: str | None) -> Finding:
    messages = {
        "not-utf8": "This file is not UTF-8 text. Save it as UTF-8.",
        "too-large": "This file is too large for a manifest.",
    }
    code = why or "not-a-file"
    message = messages.get(code, "A manifest is a plain file in dags/, not a link.")
    return Finding(file=name, line=1, column=1, code=code, message=message)


def _unnoticed(names: list[str], files: RepositoryFiles) -> list[Finding]:
    """Warnings about YAML that looks like a manifest but is named otherwise."""
    found = []
    for name in files:
        folder, _, last = name.rpartition("/")
        if folder == "dags" and last.endswith((".yaml", ".yml")) and ".dag." not in last:
            meant = f"{name.rpartition('.')[0]}.dag.yaml"
            message = "This file is not read as a manifest: its name does not end with .dag.yaml."
            found.append(
                Finding(file=name, line=1, column=1, code="file-name", message=message,
                        suggestion=meant, severity="warning")
            )  # fmt: skip
    return found if names else []


def run(given: argparse.Namespace) -> int:
    root = Path(given.root)
    reports = [_report(one) for one in given.report]
    names = manifests(given.paths, root)
    files = RepositoryFiles(root)
    result = check_repository(
        names, files, team=team_of(given.team), policy=policy_of(given.policy)
    )
    for format_name, path in reports:
        write_file(path, FORMATS[format_name](result.findings))
    if given.format != "text":
        say(FORMATS[given.format](result.findings).rstrip("\n"))
    else:
        with section("airdesk_check", f"Checking {len(names)} manifest(s) of team {given.team}"):
            say(text_report(result.findings, files, len(names)))
    return 0 if result.ok else 1


def _report(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or name not in FORMATS or not path:
        raise Misuse(f"--report {text}: write FORMAT=FILE with a format of {', '.join(FORMATS)}.")
    return name, Path(path)
