"""Print the built-in policy; show, check and explain policies.

  airdesk-render policy > policy.yaml                  the built-in one, to begin from
  airdesk-render policy check policy.yaml              what is wrong with it, with line and column
  airdesk-render policy show --team growth             what counts for a team
  airdesk-render policy rules                          every rule: code, severity, reason
  airdesk-render policy schema > policy.schema.json    so that editors complete and explain
  airdesk-render policy docs > docs/policy.md          the page about the rules
  airdesk-render policy --version policy.yaml          the version that rendered files name

The printed file is where a platform begins: it goes into platform/airdesk-ci and is changed there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from airdesk_render.commands.common import Misuse, policy_of, say, team_of
from airdesk_render.policy import default_policy_text

SOON = dt.timedelta(days=30)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", metavar="FILE", help="say the version of this policy instead of printing one"
    )
    what = parser.add_subparsers(dest="what", metavar="WHAT")
    show = what.add_parser("show", help="what counts for a team, or for everybody")
    show.add_argument("--team", help="the team; default: the rules for everybody")
    show.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    _add_format(show)
    check = what.add_parser("check", help="what is wrong with a policy, and which exceptions end")
    check.add_argument("file", metavar="FILE", help="the policy")
    _add_format(check)
    _add_format(what.add_parser("rules", help="every rule with its code, severity and reason"))
    what.add_parser("schema", help="the JSON Schema of policies")
    what.add_parser("docs", help="the page about the rules, as Markdown")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(given: argparse.Namespace) -> int:
    if given.version is not None:
        say(policy_of(given.version).version)
        return 0
    if given.what is None:
        say(default_policy_text().rstrip("\n"))
        return 0
    return _RUN[given.what](given)


def _show(given: argparse.Namespace) -> int:
    import yaml

    from airdesk_render.policy.overview import overview

    team = team_of(given.team) if given.team else None
    data = overview(policy_of(given.policy), team, _today())
    if given.format == "json":
        say(json.dumps(data, indent=1))
    else:
        say(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100).rstrip("\n"))
    return 0


def _check(given: argparse.Namespace) -> int:
    from airdesk_render.policy.loading import read_policy

    try:
        text = Path(given.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{given.file} cannot be read: {error}") from None
    policy, problems = read_policy(text)
    found: list[dict[str, Any]] = [
        {"line": one.line, "column": one.column, "severity": "error", "message": one.message}
        for one in problems
    ]
    for index, exception in enumerate(policy.exceptions if policy is not None else ()):
        if exception.until - SOON < _today():
            over = exception.until < _today()
            verb = "ended" if over else "ends"
            message = f"Exception {exception.name!r} {verb} on {exception.until}; "
            message += f"{exception.owner} answers for it."
            line, column = _place(text, index)
            found.append(
                {"line": line, "column": column, "severity": "warning", "message": message}
            )
    if given.format == "json":
        version = policy.version if policy is not None else None
        say(json.dumps({"file": given.file, "version": version, "findings": found}, indent=1))
    else:
        for one in found:
            place = f"{given.file}:{one['line']}:{one['column']}"
            say(f"{place}: {one['severity']} [policy] {one['message']}")
        if policy is not None:
            say(f"{given.file} is a policy, version {policy.version}.")
    return 1 if problems else 0


def _place(text: str, index: int) -> tuple[int, int]:
    from airdesk_render.reading import read

    return read(text).place(("exceptions", index, "until"))


def _rules(given: argparse.Namespace) -> int:
    from airdesk_render.policy.rulebook import RULES

    if given.format == "json":
        names = ("code", "severity", "reason", "help", "policy", "liftable", "airflow", "docs")
        rows = [{name: getattr(rule, name) for name in names} for rule in RULES.values()]
        say(json.dumps(rows, indent=1))
        return 0
    for rule in RULES.values():
        say(f"{rule.code:24} {rule.severity:8} {rule.reason}")
    return 0


def _schema(_: argparse.Namespace) -> int:
    from airdesk_render.policy.schema import policy_schema

    say(json.dumps(policy_schema(), indent=1))
    return 0


def _docs(_: argparse.Namespace) -> int:
    from airdesk_render.policy.documentation import policy_page

    say(policy_page().rstrip("\n"))
    return 0


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "show": _show,
    "check": _check,
    "rules": _rules,
    "schema": _schema,
    "docs": _docs,
}
