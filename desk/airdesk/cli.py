"""`airdesk`: what platform pipelines and operators ask of Airdesk."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence

import structlog
from airdesk_render.names import Team

from airdesk import wiring
from airdesk.actions.ensure_roles import ensure_roles, wanted_roles
from airdesk.actions.publish import PublishReport, publish
from airdesk.errors import Refused, Unavailable

DONE, BROKEN, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit code 0: done; 1: refused, unavailable or broken; 2: usage."""
    options = _parser().parse_args(arguments)
    _log_to_stderr(verbose=options.verbose)
    command = {"publish": _publish, "ensure-roles": _ensure_roles}[options.command]
    try:
        return command(options, os.environ)
    except Refused as refused:
        sys.stderr.write(f"airdesk: {refused.sentence}\n")
    except Unavailable as unavailable:
        sys.stderr.write(f"airdesk: {unavailable.sentence} Run this again later.\n")
    return BROKEN


def _publish(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    work = wiring.publishing(environment)
    report = publish(
        options.team,
        code_host=work.code_host,
        central_project=work.central_project,
        policy=work.policy,
        catalogue=work.catalogue,
        signing_key=work.signing_key,
        controls=work.controls,
    )
    sys.stdout.write("\n".join(_lines(report)) + "\n")
    return BROKEN if report.broken else DONE


def _lines(report: PublishReport) -> list[str]:
    """The report as the job's log shows it."""
    lines = [f"notice     {sentence}" for sentence in report.notices]
    lines += [f"published  {dag_id}" for dag_id in report.published]
    lines += [f"removed    {dag_id}" for dag_id in report.removed]
    lines += [f"withheld   {kept.dag_id}: {kept.reason}" for kept in report.withheld]
    lines += [f"broken     {sentence}" for sentence in report.broken]
    lines += [
        f"glass      {one.dag_id}: by leave of {one.break_glass.who}: {one.break_glass.reason}"
        for one in report.glass
        if one.break_glass is not None
    ]
    lines.append(f"unchanged  {report.unchanged}")
    made = f"Central commit {report.commit}." if report.commit else "Nothing new to publish."
    return [*lines, made]


def _ensure_roles(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    roles = wiring.access_roles(environment, airflow_url=options.airflow_url)
    lines = ensure_roles(options.team, roles=roles, wanted=wanted_roles())
    sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="airdesk", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="also say what is asked of whom")
    commands = parser.add_subparsers(dest="command", required=True)
    publishing = commands.add_parser(
        "publish",
        help="publish what was approved to the central repository",
        description="Reads AIRDESK_GITLAB_URL, AIRDESK_PUBLISHER_TOKEN, AIRDESK_SIGNING_KEY "
        "(PEM text or path), AIRDESK_CENTRAL_PROJECT and AIRDESK_PLATFORM_PROJECT, where "
        "policy.yaml and publishing.yaml lie.",
    )
    roles = commands.add_parser(
        "ensure-roles",
        help="create or correct Airdesk's roles in Airflow",
        description="Reads AIRDESK_AIRFLOW_ADMIN_USER and AIRDESK_AIRFLOW_ADMIN_PASSWORD.",
    )
    roles.add_argument("--airflow-url", required=True, help="such as http://127.0.0.1:8080")
    for command in (publishing, roles):
        command.add_argument(
            "--team", action="append", required=True, type=_team, help="may be given several times"
        )
    return parser


def _team(name: str) -> Team:
    try:
        return Team(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _log_to_stderr(*, verbose: bool) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if verbose else logging.INFO
        ),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
