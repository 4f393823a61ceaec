"""Write a first manifest by asking.

  airdesk-render new
  airdesk-render new --team growth --set dag_id=delays --set "sql=select 1 as one" ...
  airdesk-render new --team growth --answers answers.yaml

On a terminal it asks what it was not told; elsewhere every answer without a usual value must be
given: dag_id, description and sql. The manifest is checked before it is written, to
dags/<dag_id>.dag.yaml; a file that exists is never overwritten.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.commands.common import (
    Misuse,
    RepositoryFiles,
    add_catalogue,
    catalogue_of,
    policy_of,
    say,
    team_of,
    write_file,
)
from airdesk_render.commands.init import TEAM_FILE, owner_of
from airdesk_render.commands.schema import defaults_below
from airdesk_render.names import DAG_NAME_PATTERN, MANIFEST_FOLDER

if TYPE_CHECKING:
    from airdesk_render.asking import Question
    from airdesk_render.check import Checked
    from airdesk_render.findings import Finding


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--team", help="the team that owns the repository; default: what `init` was told"
    )
    parser.add_argument("--root", default=".", metavar="DIR", help="the repository; default: here")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    add_catalogue(parser)
    parser.add_argument("--answers", metavar="FILE", help="YAML or JSON with answers by name")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=ANSWER", help="one answer"
    )


def run(given: argparse.Namespace) -> int:
    from airdesk_render.asking import manifest_from, questions
    from airdesk_render.yaml_writing import write_manifest

    root = Path(given.root)
    has_owners = any("owners" in data for data in defaults_below(root))
    owner = "" if has_owners else owner_of(None)
    asked = questions(owner=owner, today=dt.datetime.now(dt.UTC).date())
    writer = _Writer(given, root)
    known = _given_answers(given, {question.key for question in asked})
    answers: dict[str, str] = {}
    for question in asked:
        _answer(question, known, answers)
    while True:
        path = _path(root, answers["dag_id"])
        text = write_manifest(manifest_from(answers))
        checked = writer.check(text, path)
        if checked.ok or not sys.stdin.isatty():
            break
        _ask_again(asked, checked.findings, answers)
    if not checked.ok:
        say("\n".join(str(finding) for finding in checked.findings))
        return 1
    write_file(root / path, text)
    say(f"Wrote {path}.\n\n{text}\nNext: airdesk-render check {path} --team {writer.team.name}")
    return 0


class _Writer:
    """What a manifest is checked against before it is written."""

    def __init__(self, given: argparse.Namespace, root: Path) -> None:
        self.root = root
        self.team = team_of(given.team or _known_team(root))
        self.policy = policy_of(given.policy)
        self.catalogue = catalogue_of(given.catalogue)

    def check(self, text: str, path: str) -> Checked:
        from airdesk_render.check import check_manifest

        return check_manifest(
            text,
            file=path,
            team=self.team,
            policy=self.policy,
            files=RepositoryFiles(self.root),
            catalogue=self.catalogue,
        )


def _known_team(root: Path) -> str:
    file = root / TEAM_FILE
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    if sys.stdin.isatty():
        return input("Team: ").strip()
    raise Misuse("say whose manifest it is: --team TEAM.")


def _path(root: Path, dag_id: str) -> str:
    if not re.fullmatch(DAG_NAME_PATTERN, dag_id):
        raise Misuse(f"{dag_id!r} is no name of a DAG: begin with a-z, then a-z, 0-9 and _.")
    path = f"{MANIFEST_FOLDER}/{dag_id}.dag.yaml"
    if (root / path).exists() or (root / path).is_symlink():
        raise Misuse(f"{path} exists and is not overwritten.")
    return path


def _given_answers(given: argparse.Namespace, names: set[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    if given.answers is not None:
        answers |= _answers_in(Path(given.answers))
    for one in given.set:
        name, equals, value = one.partition("=")
        if not equals:
            raise Misuse(f"--set {one}: write NAME=ANSWER.")
        answers[name] = value
    if unknown := sorted(set(answers) - names):
        raise Misuse(f"nobody asks for {', '.join(unknown)}; there are {', '.join(sorted(names))}.")
    return answers


def _answers_in(path: Path) -> dict[str, str]:
    from airdesk_render.reading import read

    try:
        document = read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Misuse(f"{path} is not UTF-8 text.") from None
    if document.problems:
        first = document.problems[0]
        raise Misuse(f"{path}:{first.line}:{first.column}: {first.message}")
    if not isinstance(document.data, dict):
        raise Misuse(f"{path} holds no answers: write name: answer in each line.")
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in document.data.items()
        if value is not None
    }


def _answer(question: Question, known: dict[str, str], answers: dict[str, str]) -> None:
    if not question.asked(answers):
        answers[question.key] = question.usual or ""
    elif question.key in known:
        answers[question.key] = known[question.key]
    elif sys.stdin.isatty():
        answers[question.key] = _ask(question)
    elif question.usual is not None:
        answers[question.key] = question.usual
    else:
        raise Misuse(f"{question.key} is needed: --set {question.key}=….")


def _ask(question: Question) -> str:
    usual = f" [{question.usual}]" if question.usual else ""
    while True:
        try:
            answer = input(f"{question.text}{usual}: ").strip()
        except EOFError:
            raise Misuse("the questions were not answered to the end.") from None
        if answer or question.usual is not None:
            return answer or question.usual or ""


def _ask_again(
    asked: tuple[Question, ...], findings: tuple[Finding, ...], answers: dict[str, str]
) -> None:
    """Show what is wrong and ask those questions anew."""
    again = {}
    for finding in findings:
        say(f"  {finding.message}")
        for question in asked:
            if any(finding.path[: len(path)] == path for path in question.paths):
                again[question.key] = question
    if not again:
        raise Misuse("that cannot be mended by other answers; see above.")
    for question in again.values():
        answers[question.key] = _ask(question)
