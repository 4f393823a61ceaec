"""Say what changes in behaviour between two folders or revisions, and how risky it is.

  airdesk-render diff origin/main HEAD --team growth
  airdesk-render diff main . --team growth --format markdown
  airdesk-render diff origin/main HEAD --team growth --report json=diff.json

OLD and NEW are folders that hold dags/, or revisions of the git repository at --root; nothing is
checked out. Only what runs differently counts: comments and order are no change, and a change of
the team's defaults is told as its effect on each DAG. Each change has a class by the rules in
policy.yaml (section risk): none, low, needs review, needs security.

--index names a JSON file of other teams' DAGs, {"version": 1, "dags": [{"dag_id":
"risk.exposures", "listens": ["growth.orders"]}]}, so that those are told of too that listen to
an asset, wait for a DAG or start it. --at sets the moment from which next runs are counted.

The exit code is 1 if a manifest of NEW is wrong, or with --fail-from from that class of risk on.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.commands.common import (
    Misuse,
    add_team_and_policy,
    catalogue_of,
    policy_of,
    say,
    team_of,
    write_file,
)

if TYPE_CHECKING:
    from airdesk_render.behaviour import Index, Report

FORMATS = ("text", "json", "markdown")
_CLASSES = ("low", "review", "security")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="a folder that holds dags/, or a revision")
    parser.add_argument("new", metavar="NEW", help="the same for what comes after")
    add_team_and_policy(parser, paths=False)
    parser.add_argument(
        "--old-policy", metavar="FILE", help="the policy before; default: the same as now"
    )
    parser.add_argument(
        "--old-catalogue", metavar="DIR", help="the operators before; default: the same as now"
    )
    parser.add_argument("--index", metavar="FILE", help="JSON of other teams' DAGs")
    parser.add_argument(
        "--at", metavar="MOMENT", help="such as 2026-12-01T06:00+07:00; default: now"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help=f"also write a report; formats: {', '.join(FORMATS)}",
    )
    parser.add_argument(
        "--fail-from", choices=_CLASSES, help="exit with 1 from this class of risk on"
    )


def run(given: argparse.Namespace) -> int:
    reports = [_report_file(one) for one in given.report]
    report = _compared(given)
    for format_name, path in reports:
        write_file(path, f"{_formatted(report, format_name)}\n")
    say(_formatted(report, given.format))
    wrong = any(dag.new_findings for dag in report.dags)
    return 1 if wrong or (given.fail_from and _reaches(report, given.fail_from)) else 0


def _compared(given: argparse.Namespace) -> Report:
    import logging

    from airdesk_render.behaviour import NoSuchSide, Rules, compare, side_of
    from airdesk_render.names import is_manifest

    # findings say better what sqlglot tells by log
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    team, root = team_of(given.team), Path(given.root)
    policy, catalogue = policy_of(given.policy), catalogue_of(given.catalogue)
    old_policy = policy_of(given.old_policy) if given.old_policy else policy
    old_catalogue = catalogue_of(given.old_catalogue) if given.old_catalogue else catalogue
    at, index = _moment(given.at), _index(given.index)
    try:
        old, new = (side_of(name, root) for name in (given.old, given.new))
        if not any(is_manifest(path) for side in (old, new) for path in side):
            raise Misuse(f"there is no manifest in dags/ of {given.old} or {given.new}.")
        return compare(
            old,
            new,
            old_rules=Rules(team, old_policy, old_catalogue),
            new_rules=Rules(team, policy, catalogue),
            at=at,
            index=index,
        )
    except NoSuchSide as error:
        raise Misuse(str(error)) from None


def _formatted(report: Report, format_name: str) -> str:
    from airdesk_render.behaviour import as_markdown, as_text

    if format_name == "json":
        return report.model_dump_json(indent=1)
    return as_markdown(report).rstrip("\n") if format_name == "markdown" else as_text(report)


def _reaches(report: Report, least: str) -> bool:
    from airdesk_render.policy.risk import RISK_CLASSES

    return RISK_CLASSES.index(report.risk) >= RISK_CLASSES.index(least)


def _index(file: str | None) -> Index | None:
    if file is None:
        return None
    from airdesk_render.behaviour import BadIndex, load_index

    try:
        return load_index(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadIndex) as error:
        raise Misuse(f"the index {file} cannot be used: {error}") from None


def _moment(text: str | None) -> dt.datetime:
    if text is None:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"--at {text}: write a moment such as 2026-12-01T06:00+07:00.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def _report_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or name not in FORMATS or not path:
        raise Misuse(f"--report {text}: write FORMAT=FILE with a format of {', '.join(FORMATS)}.")
    return name, Path(path)
