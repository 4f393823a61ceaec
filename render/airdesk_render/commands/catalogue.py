"""List the managed operators; check those of a shared operator repository, and draft new ones.

  airdesk-render catalogue list                         every operator with what it does
  airdesk-render catalogue show sql_query@1             its fields, an example, what Airflow gets
  airdesk-render catalogue check operators-repository   what is wrong in a shared repository
  airdesk-render catalogue examples operators-repository --out rendered
                                                        a DAG for each of its operators, for `test`
  airdesk-render catalogue import airflow.providers.standard.operators.empty.EmptyOperator
                                                        draft an entry from an Airflow operator
  airdesk-render catalogue schema > operator.schema.json   so that editors complete and explain
  airdesk-render catalogue docs > docs/operators.md        the page about all operators

A shared repository holds operators/<name>.operator.yaml, some ten lines over any Airflow operator,
and python/<file>.py with operator classes and functions. list, show and docs take its folder as
--catalogue DIR. `import` reads signature and docs in a Python that has Airflow (--python).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from airdesk_render.commands.common import Misuse, add_catalogue, catalogue_of, say, write_file

FORMATS = ("text", "json", "sarif", "codequality", "junit")


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listed = what.add_parser("list", help="every operator with what it does")
    add_catalogue(listed)
    _add_format(listed)
    show = what.add_parser("show", help="one operator: its fields, an example, Airflow's class")
    show.add_argument("operator", metavar="OPERATOR", help="such as sql_query@1")
    add_catalogue(show)
    _add_format(show)
    check = what.add_parser("check", help="what is wrong in a shared operator repository")
    check.add_argument("folder", metavar="DIR", help="the repository's folder")
    check.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    check.add_argument(
        "--report", action="append", default=[], metavar="FORMAT=FILE", help="also write a report"
    )
    examples = what.add_parser("examples", help="a DAG for each operator of such a repository")
    examples.add_argument("folder", metavar="DIR", help="the repository's folder")
    examples.add_argument("--out", required=True, metavar="DIR", help="where the DAGs are written")
    draft = what.add_parser("import", help="draft an entry from an Airflow operator")
    draft.add_argument("path", metavar="dotted.path.Operator", help="where Airflow finds the class")
    draft.add_argument("--python", metavar="FILE", help="a Python that has Airflow; default: this")
    draft.add_argument("--out", metavar="FILE", help="write the draft there; default: print it")
    what.add_parser("schema", help="the JSON Schema of an operator's YAML")
    add_catalogue(what.add_parser("docs", help="the page about all operators, as Markdown"))


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(given: argparse.Namespace) -> int:
    return _RUN[given.what](given)


def _list(given: argparse.Namespace) -> int:
    catalogue = catalogue_of(given.catalogue)
    if given.format == "json":
        data = [_about(one) for one in catalogue.operators.values()]
        say(json.dumps({"version": catalogue.version, "operators": data}, indent=1))
        return 0
    widest = max(map(len, catalogue.operators))
    for key, one in catalogue.operators.items():
        say(f"{key:<{widest}}  {one.summary}")
    say(f"\n{len(catalogue.operators)} operators; version {catalogue.version}.")
    return 0


def _about(operator: Any) -> Mapping[str, Any]:
    return {
        "operator": operator.key(),
        "title": operator.title,
        "summary": operator.summary,
        "category": operator.category,
        "kind": operator.kind,
        "workload": operator.workload,
        "airflow": list(operator.airflow_classes),
    }


def _show(given: argparse.Namespace) -> int:
    from airdesk_render.catalogue.pages import described, fields_of
    from airdesk_render.checks.place import meant

    operators = catalogue_of(given.catalogue).operators
    operator = operators.get(given.operator)
    if operator is None:
        close = meant(given.operator, operators)
        hint = f" Did you mean {close}?" if close else ""
        raise Misuse(f"there is no operator {given.operator}.{hint}")
    if given.format == "json":
        examples = list(operator.examples)
        fields = list(fields_of(operator))
        data = {**_about(operator), "docs": operator.docs, "fields": fields, "examples": examples}
        say(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        say(described(operator))
    return 0


def _check(given: argparse.Namespace) -> int:
    from airdesk_render.catalogue_check import check_catalogue
    from airdesk_render.reports import report_of
    from airdesk_render.reports.text import shown

    folder = Path(given.folder)
    if not folder.is_dir():
        raise Misuse(f"there is no folder {given.folder}.")
    reports = [_report(option) for option in given.report]
    findings, found = check_catalogue(folder)
    files = {one.file: one.text for one in found.definitions}
    files |= {name: text.decode(errors="replace") for name, text in found.python.items()}
    checked = sorted(files)
    for kind, file in reports:
        write_file(file, report_of(kind, findings, files=files, checked=checked))
    if given.format != "text":
        sys.stdout.write(report_of(given.format, findings, files=files, checked=checked))
    elif findings:
        said = [shown(finding, files) for finding in findings]
        sys.stdout.write("\n\n".join((*said, f"{len(said)} thing(s) to mend.\n")))
    else:
        count = len(found.definitions)
        say(f"{count} operator(s) and {len(found.python)} Python file(s), nothing to object to.")
    return 1 if findings else 0


def _report(option: str) -> tuple[str, Path]:
    kind, equals, file = option.partition("=")
    if kind not in FORMATS or not equals or not file:
        raise Misuse(f"--report {option}: write FORMAT=FILE, with one of {', '.join(FORMATS)}.")
    return kind, Path(file)


def _examples(given: argparse.Namespace) -> int:
    from airdesk_render.catalogue import default_catalogue
    from airdesk_render.catalogue_examples import example_dags
    from airdesk_render.names import Team

    catalogue = catalogue_of(given.folder)
    own = default_catalogue().operators
    keys = [key for key in catalogue.operators if key not in own]
    try:
        files = example_dags(catalogue, keys, Team("platform"))
    except ValueError as error:
        raise Misuse(str(error)) from None
    for name, content in files.items():
        write_file(Path(given.out) / name, content)
    say(f"{len(keys)} DAG(s) in {given.out}. Now: airdesk-render test {given.out}")
    return 0


def _import(given: argparse.Namespace) -> int:
    from airdesk_render.catalogue.drafting import NoDraft, described, draft

    if not all(part.isidentifier() for part in given.path.split(".")) or "." not in given.path:
        raise Misuse(f"{given.path} is not a dotted path, such as package.module.Operator.")
    try:
        text = draft(described(given.path, python=given.python))
    except NoDraft as why:
        raise Misuse(str(why)) from None
    if given.out is None:
        sys.stdout.write(text)
    elif Path(given.out).exists():
        raise Misuse(f"{given.out} exists. Name another file.")
    else:
        write_file(Path(given.out), text)
        say(f"Wrote {given.out}. Look through it; then `airdesk-render catalogue check DIR`.")
    return 0


def _schema(given: argparse.Namespace) -> int:
    del given
    from airdesk_render.catalogue.definition import OperatorDefinition

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **OperatorDefinition.model_json_schema(),
    }
    say(json.dumps(schema, indent=1, ensure_ascii=False))
    return 0


def _docs(given: argparse.Namespace) -> int:
    from airdesk_render.catalogue.pages import page

    sys.stdout.write(page(catalogue_of(given.catalogue)))
    return 0


_RUN: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "check": _check,
    "examples": _examples,
    "import": _import,
    "schema": _schema,
    "docs": _docs,
}
