"""Say what counts in a manifest and where each value comes from.

  airdesk-render explain dags/delays.dag.yaml --team growth
  airdesk-render explain dags/delays.dag.yaml tasks.report --team growth
  airdesk-render explain dags/delays.dag.yaml tasks.report.retries --team growth --format json
  airdesk-render explain table-not-query
  airdesk-render explain --page > docs/findings.md

A value comes from the manifest, from a file of defaults (the team's dags/defaults.yaml or one in
a folder), from policy, or is what the operator or Airflow does by itself. With a finding's code
in place of a manifest, the code is explained; --page prints the page about all of them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_team_and_policy,
    catalogue_of,
    manifests,
    policy_of,
    say,
    team_of,
)

if TYPE_CHECKING:
    from airdesk_render.explaining import Explained
    from airdesk_render.findings import Finding
    from airdesk_render.manifest import Manifest

_LAYERS = {
    "manifest": "",
    "team": "team's defaults, ",
    "folder": "folder's defaults, ",
    "policy": "policy",
    "operator": "what the operator does by itself",
    "language": "what the language means by itself",
    "airflow": "left to Airflow",
}
_WIDEST = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", metavar="MANIFEST", help="a manifest, or a finding's code"
    )
    parser.add_argument(
        "path", nargs="?", default="", metavar="PATH", help="only this part, such as tasks.report"
    )
    add_team_and_policy(parser, paths=False, team_needed=False)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--all", action="store_true", help="also what is left to Airflow (JSON always has it)"
    )
    parser.add_argument("--page", action="store_true", help="print the page about all codes")


def run(given: argparse.Namespace) -> int:
    from airdesk_render.codes import CODES

    if given.page:
        from airdesk_render.reports.page import findings_page

        say(findings_page().rstrip("\n"))
        return 0
    if given.what is None:
        raise Misuse("name a manifest or a finding's code.")
    if given.what in CODES:
        return _explain_code(given.what, given.format)
    if given.team is None:
        raise Misuse("say whose manifest it is: --team TEAM.")
    from airdesk_render.check import check_manifest
    from airdesk_render.effective import effective_of
    from airdesk_render.explaining import explain

    root = Path(given.root)
    names = manifests([given.what], root)
    if len(names) != 1:
        raise Misuse(f"{given.what} holds {len(names)} manifests; name one of them.")
    file, files = names[0], RepositoryFiles(root)
    team, policy = team_of(given.team), policy_of(given.policy)
    catalogue = catalogue_of(given.catalogue)
    if file not in files:
        raise Misuse(f"{file} is a link; a manifest is a plain file.")
    try:
        text = files[file]
    except KeyError:
        raise Misuse(f"{file} cannot be read: {files.unreadable[file]}.") from None
    checked = check_manifest(
        text, file=file, team=team, policy=policy, files=files, catalogue=catalogue
    )
    effective = effective_of(text, file, files, catalogue)
    values = explain(checked.manifest, effective, team=team, policy=policy)
    values = _below(values, given.path)
    if given.format == "json":
        say(json.dumps(_plain(file, values, checked.findings), indent=1, ensure_ascii=False))
    else:
        whole = checked.manifest if not given.path else None
        shown = [one for one in values if given.all or one.origin != "airflow"]
        say(_text(file, shown or values, whole, checked.findings))
    return 0 if checked.ok else 1


def _below(values: list[Explained], path: str) -> list[Explained]:
    """The values at and below a path such as `tasks.report`."""
    if not path:
        return values
    found = [one for one in values if f"{_dotted(one)}.".startswith(f"{path}.")]
    if not found:
        import difflib

        known = sorted({part for one in values for part in _prefixes(_dotted(one))})
        close = difflib.get_close_matches(path, known, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise Misuse(f"there is no {path} in this manifest.{meant}")
    return found


def _prefixes(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _dotted(one: Explained) -> str:
    return ".".join(str(part) for part in one.path)


def _plain(file: str, values: list[Explained], findings: tuple[Finding, ...]) -> dict[str, Any]:
    rows = []
    for one in values:
        row: dict[str, Any] = {"path": list(one.path), "value": one.value, "origin": one.origin}
        if one.file:
            row |= {"file": one.file, "line": one.line, "column": one.column}
        rows.append(row | ({"note": one.note} if one.note else {}))
    found = [finding.model_dump(mode="json") for finding in findings]
    return {"manifest": file, "values": rows, "findings": found}


def _text(
    file: str,
    values: list[Explained],
    manifest: Manifest | None,
    findings: tuple[Finding, ...],
) -> str:
    lines = [f"{file}{_in_words(manifest)}", ""]
    rows = [(f"{_dotted(one)}: {_shown(one.value)}", _where(one)) for one in values]
    width = min(max(len(left) for left, _ in rows), _WIDEST)
    for left, right in rows:
        lines.append(f"{left:<{width}}  {right}")
    if findings:
        lines += ["", *(str(finding) for finding in findings)]
    return "\n".join(lines)


def _in_words(manifest: Manifest | None) -> str:
    if manifest is None:
        return ""
    from airdesk_render.words import schedule_in_words

    return f" runs {schedule_in_words(manifest.schedule)}"


def _shown(value: Any) -> str:
    from airdesk_render.yaml_text import inline

    text = inline(value, in_row=False)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _where(one: Explained) -> str:
    where = _LAYERS[one.origin]
    if one.file:
        where += f"{one.file}:{one.line}:{one.column}"
    return f"{where} ({one.note})" if one.note else where


def _explain_code(code: str, format_name: str) -> int:
    from airdesk_render.codes import CODES
    from airdesk_render.policy.rulebook import RULES
    from airdesk_render.reports.links import link_of

    rule = RULES.get(code)
    about = {"code": code, "meaning": CODES[code], "docs": link_of(code)}
    if rule is not None:
        about |= {"reason": rule.reason, "help": rule.help}
    if format_name == "json":
        say(json.dumps(about, indent=1, ensure_ascii=False))
    else:
        parts = (about.get(part) for part in ("meaning", "reason", "help"))
        say("\n".join((code, *(f"  {part}" for part in parts if part), f"  See {about['docs']}.")))
    return 0
