"""Load rendered DAGs in a real Airflow and look whether they will run.

  airdesk-render test rendered
  airdesk-render test rendered --junit airdesk/junit.xml --format json
  airdesk-render test rendered --date 2026-12-24 --dialects dialects.yaml

Told are: what Airflow cannot import (a missing provider by its package's name), cycles, two DAGs of
one id, what Airflow cannot store, folders, ids, rights and owners that policy did not give,
templates that cannot be filled in for a run, and SQL that the connection's database could not
read once its templates are filled in.

Airflow runs in processes of its own, with an empty home folder that is removed afterwards, and
reaches no connection. Where Airdesk's plugins are installed there, its cluster policies enforce
all of the policy's rules, as they will in production. `--dialects` names a YAML file such as
{warehouse: postgres, risk.lake: hive}; SQL of other connections must be SQL of some dialect.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path

from airdesk_render.commands.common import (
    Misuse,
    add_catalogue,
    catalogue_of,
    policy_of,
    say,
    section,
    write_file,
)

_NO_POLICIES = (
    "Airdesk's plugins are not installed in that Airflow, so that only folders, ids, rights and "
    "owners were compared with the policy."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="what `render --out` wrote")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    add_catalogue(parser)
    parser.add_argument(
        "--date",
        metavar="DATE",
        help="fill templates in for the run of this day (2026-12-24) or moment; default: each "
        "DAG's next run",
    )
    parser.add_argument(
        "--dialects", metavar="FILE", help="YAML that maps connections to dialects of SQL"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--junit", metavar="FILE", help="also write a JUnit report")
    parser.add_argument(
        "--python", metavar="FILE", help="the Python that has Airflow; default: this one"
    )


def run(given: argparse.Namespace) -> int:
    from airdesk_render.loading import AirflowMissing, load
    from airdesk_render.policy import default_policy_text
    from airdesk_render.verdicts import json_report, judge, junit_report, text_of

    folder = Path(given.folder)
    if not folder.is_dir():
        raise Misuse(f"there is no folder {folder}.")
    policy, dialects = policy_of(given.policy), _dialects(given.dialects)
    catalogue_of(given.catalogue)
    with tempfile.TemporaryDirectory(prefix="airdesk-policy-") as home:
        built_in = Path(home) / "policy.yaml"
        built_in.write_text(default_policy_text(), encoding="utf-8")
        try:
            loaded = load(
                folder,
                python=given.python,
                policy_file=Path(given.policy) if given.policy else built_in,
                catalogue_folder=Path(given.catalogue) if given.catalogue else None,
                date=_date(given.date),
                progress=_progress if sys.stderr.isatty() else None,
            )
        except AirflowMissing as error:
            raise Misuse(str(error)) from None
    verdicts = judge(loaded, policy, dialects)
    if given.junit:
        write_file(Path(given.junit), junit_report(verdicts))
    if given.format == "json":
        sys.stdout.write(json_report(verdicts, loaded))
    else:
        title = f"Loading {len(verdicts)} file(s) in Airflow {loaded.airflow}"
        with section("airdesk_test", title):
            say(text_of(verdicts))
            if not loaded.policies:
                say(_NO_POLICIES)
    return 0 if all(verdict.ok for verdict in verdicts) else 1


def _date(text: str | None) -> str | None:
    """ISO moment; one without a zone is UTC, as Airflow's own commands take it."""
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"{text!r} is no date. Write 2026-12-24 or 2026-12-24T06:00.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).isoformat()


def _dialects(file: str | None) -> dict[str, str]:
    from airdesk_render.sql.dialects import DialectsError, load_dialects

    if file is None:
        return {}
    try:
        return load_dialects(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, DialectsError) as error:
        raise Misuse(f"the dialects in {file} cannot be used: {error}") from None


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r{done} of {total} files{end}")
