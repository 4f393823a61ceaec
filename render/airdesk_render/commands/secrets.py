"""Look for secrets in what a branch adds.

  airdesk-render secrets origin/main
  airdesk-render secrets origin/main --report codequality=airdesk/secrets.json

Searched are the lines that the commit checked out at --root adds over BASE, in all files of the
repository. A finding says where and of what kind; the secret itself is printed nowhere. Texts that
only look random are warnings. A line that is none after all may say so:

  token: "not-a-secret"   # pragma: allowlist secret

The exit code is 1 if there is an error; warnings alone are fine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from airdesk_render.commands.common import Misuse, say, section, write_file

FORMATS = ("text", "json", "sarif", "codequality", "junit")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", metavar="BASE", help="the revision that the branch came from")
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="the repository's folder; default: here"
    )
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help=f"also write a report; formats: {', '.join(FORMATS)}",
    )


def run(given: argparse.Namespace) -> int:
    from airdesk_render.leaks import NoSuchBase, added_lines, leaks_in
    from airdesk_render.reports import report_of

    root = Path(given.root)
    reports = [_report(one) for one in given.report]
    try:
        lines = added_lines(root, given.base)
    except NoSuchBase as error:
        raise Misuse(f"{given.base} cannot be compared with: {error}") from None
    findings = leaks_in(root, lines)
    for format_name, path in reports:
        # without the files' texts: a report must not quote the line
        write_file(path, report_of(format_name, findings, files={}, checked=list(lines)))
    with section("airdesk_secrets", f"Searching {len(lines)} changed file(s) for secrets"):
        for one in findings:
            say(f"{one.file}:{one.line}: {one.severity} [{one.code}] {one.message}")
        if not findings:
            say("Nothing looks like a secret.")
    return 1 if any(one.severity == "error" for one in findings) else 0


def _report(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or name not in FORMATS or not path:
        raise Misuse(f"--report {text}: write FORMAT=FILE with a format of {', '.join(FORMATS)}.")
    return name, Path(path)
