"""Load rendered DAGs in a real Airflow and look whether they are what policy wants.

  airdesk-render test rendered
  airdesk-render test rendered --junit airdesk/junit.xml

Airflow runs in a process of its own, with an empty home folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from airdesk_render.commands.common import Misuse, policy_of, say, section, write_file


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="what `render --out` wrote")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    parser.add_argument("--junit", metavar="FILE", help="also write a JUnit report")
    parser.add_argument(
        "--python", metavar="FILE", help="the Python that has Airflow; default: this one"
    )


def run(given: argparse.Namespace) -> int:
    from airdesk_render.loading import AirflowMissing, load
    from airdesk_render.verdicts import judge, junit_report, text_of

    folder = Path(given.folder)
    if not folder.is_dir():
        raise Misuse(f"there is no folder {folder}.")
    policy = policy_of(given.policy)
    try:
        loaded = load(folder, python=given.python)
    except AirflowMissing as error:
        raise Misuse(str(error)) from None
    verdicts = judge(loaded, folder, policy)
    if given.junit:
        write_file(Path(given.junit), junit_report(verdicts))
    with section("airdesk_test", f"Loading {len(verdicts)} file(s) in Airflow {loaded.airflow}"):
        say(text_of(verdicts))
    return 0 if all(verdict.ok for verdict in verdicts) else 1
