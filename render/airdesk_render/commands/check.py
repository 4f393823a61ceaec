"""Check manifests and say what is wrong, where, and what to write instead.

  airdesk-render check dags --team growth
  airdesk-render check dags/delays.dag.yaml --team growth --policy policy.yaml
  airdesk-render check dags --team growth --format sarif > findings.sarif
  airdesk-render check dags --team growth --report codequality=airdesk/codequality.json

All findings come at once, and a bad manifest hides nothing about the others. Each says its place,
a code, and what was probably meant:

  dags/delays.dag.yaml:22:10: error [table-not-query] flights is the name of a table, not a query.
  Did you mean 'select * from flights'?
    22 |     sql: flights
       |          ^

--format chooses what is printed, --report writes further formats into files. The exit code is 1
if there is an error; warnings alone are fine.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_team_and_policy,
    catalogue_of,
    manifests,
    policy_of,
    say,
    section,
    team_of,
    write_file,
)

if TYPE_CHECKING:
    from airdesk_render.catalogue import Catalogue
    from airdesk_render.check import Checked
    from airdesk_render.findings import Finding
    from airdesk_render.names import Team
    from airdesk_render.policy import Policy

FORMATS = ("text", "json", "sarif", "codequality", "junit")


def arguments(parser: argparse.ArgumentParser) -> None:
    add_team_and_policy(parser)
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="what is printed; default: text"
    )
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
    names: list[str],
    files: RepositoryFiles,
    *,
    team: Team,
    policy: Policy,
    catalogue: Catalogue | None = None,
) -> CheckedRepository:
    """Check manifests one by one; a bad one hides nothing about the others."""
    checked: dict[str, Checked] = {}
    findings: dict[Finding, None] = {}
    for name in names:
        checked[name] = check_one(
            name, files, files.unreadable, team=team, policy=policy, catalogue=catalogue
        )
        findings.update(dict.fromkeys(checked[name].findings))
    if names:
        findings.update(dict.fromkeys(unnoticed(files)))
    return CheckedRepository(checked, tuple(findings))


def check_one(
    name: str,
    files: Mapping[str, str],
    unreadable: Mapping[str, str],
    *,
    team: Team,
    policy: Policy,
    catalogue: Catalogue | None,
) -> Checked:
    """Check the manifest of that path, whatever state its file is in; never raises."""
    from airdesk_render.check import Checked, check_manifest

    _silence_sql_parser()
    try:
        text = files[name]
    except (KeyError, OSError):
        return Checked(None, (_unreadable(name, unreadable.get(name, "not-a-file")),))
    try:
        return check_manifest(
            text, file=name, team=team, policy=policy, files=files, catalogue=catalogue
        )
    except Exception as error:
        # A fault of our own: the other manifests must not suffer from it.
        sys.stderr.write("".join(traceback.format_exception(error)))
        return Checked(None, (_unreadable(name, "check-failed"),))


def _silence_sql_parser() -> None:
    """Sqlglot tells by log what our findings say better."""
    import logging

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


_UNREADABLE = {
    "not-utf8": "This file is not UTF-8 text. Save it as UTF-8.",
    "too-large": "This file is too large for a manifest.",
    "not-a-file": "A manifest is a plain file in dags/, not a link.",
    "check-failed": "Airdesk itself failed here. That is no fault of yours: show this to the "
    "platform's people.",
}


def _unreadable(name: str, code: str) -> Finding:
    from airdesk_render.findings import Finding

    return Finding(file=name, line=1, column=1, code=code, message=_UNREADABLE[code])


def looks_unnoticed(name: str) -> bool:
    """Whether a file looks like a manifest but is named otherwise."""
    folder, _, last = name.rpartition("/")
    yaml = folder == "dags" and last.endswith((".yaml", ".yml"))
    return yaml and ".dag." not in last and not last.startswith("defaults.")


def unnoticed(names: Iterable[str]) -> list[Finding]:
    """Warnings about files that look like manifests but are named otherwise."""
    from airdesk_render.findings import Finding

    message = "This file is not read as a manifest: its name does not end with .dag.yaml."
    return [
        Finding(
            file=name,
            line=1,
            column=1,
            code="file-name",
            message=message,
            suggestion=f"{name.rpartition('.')[0]}.dag.yaml",
            severity="warning",
        )
        for name in names
        if looks_unnoticed(name)
    ]


def run(given: argparse.Namespace) -> int:
    from airdesk_render.reports import report_of

    root = Path(given.root)
    reports = [_report(one) for one in given.report]
    names = manifests(given.paths, root)
    files = RepositoryFiles(root)
    result = check_repository(
        names,
        files,
        team=team_of(given.team),
        policy=policy_of(given.policy),
        catalogue=catalogue_of(given.catalogue),
    )
    for format_name, path in reports:
        write_file(path, report_of(format_name, result.findings, files=files, checked=names))
    printed = report_of(given.format, result.findings, files=files, checked=names).rstrip("\n")
    if given.format != "text":
        say(printed)
    else:
        with section("airdesk_check", f"Checking {len(names)} manifest(s) of team {given.team}"):
            say(printed)
    return 0 if result.ok else 1


def _report(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or name not in FORMATS or not path:
        raise Misuse(f"--report {text}: write FORMAT=FILE with a format of {', '.join(FORMATS)}.")
    return name, Path(path)
