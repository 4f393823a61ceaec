"""Move in from another tool's files: dag-factory's YAML becomes manifests.

  airdesk-render convert dag-factory etl.yml --out . --team growth --owner thu.tran
  airdesk-render convert dag-factory dags/ --out . --team growth --defaults dags --env ROOT=.

Each DAG becomes DIR/dags/<name>.dag.yaml, with its SQL, scripts and Python functions beside it. The
file's `default` block and the folders' defaults.yml are merged as dag-factory merges them.

What cannot be carried over is listed with file, line, a sentence and what to do: `left-out` is not
in the manifest; `changed` is there under another name or with a slightly other meaning; `needless`
has no effect in Airflow 3. A task without a managed operator stays in the manifest as it was
written, so that check refuses it until somebody has dealt with it. Nothing of the YAML is run or
imported. Files are only taken from the YAML's folder and from those named with --files.

Exit codes: 0 everything was carried over, 1 something was left out or is to be fixed, 2 misuse.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from airdesk_render.commands.common import (
    Misuse,
    add_catalogue,
    policy_of,
    say,
    team_of,
    write_file,
)

_ENDINGS = (".yml", ".yaml")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tool", choices=("dag-factory",), help="whose files they are")
    parser.add_argument("paths", nargs="+", metavar="FILE", help="a YAML file, or a folder of them")
    parser.add_argument("--out", required=True, metavar="DIR", help="the team's repository")
    parser.add_argument("--team", required=True, help="the team that gets the DAGs")
    parser.add_argument(
        "--owner",
        action="append",
        default=[],
        metavar="NAME",
        help="directory name of a person who looks after them; default: dag-factory's owner",
    )
    parser.add_argument(
        "--data-class",
        choices=("public", "internal", "pii"),
        default="internal",
        help="how sensitive the data is; default: internal",
    )
    parser.add_argument(
        "--defaults", metavar="DIR", help="the topmost folder with a defaults.yml that counts"
    )
    parser.add_argument(
        "--files",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder in which to look for Python, SQL and scripts that the YAML names",
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an environment variable that the YAML names",
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there already")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    add_catalogue(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(given: argparse.Namespace) -> int:
    from airdesk_render.commands.common import catalogue_of
    from airdesk_render.converting.dag_factory import Wish, convert
    from airdesk_render.converting.dags import Chosen
    from airdesk_render.converting.reading import Unreadable
    from airdesk_render.converting.reports import json_report, something_missing, text_of

    wish = Wish(
        files=tuple(_files(given.paths)),
        team=team_of(given.team),
        policy=policy_of(given.policy),
        catalogue=catalogue_of(given.catalogue),
        chosen=Chosen(tuple(given.owner), given.data_class),
        defaults=_folder(given.defaults) if given.defaults else None,
        folders=tuple(_folder(name) for name in given.files),
        environment=_environment(given.env),
    )
    try:
        converted = convert(wish)
    except Unreadable as error:
        raise Misuse(str(error)) from None
    written = _write(Path(given.out), converted.files, force=given.force)
    if given.format == "json":
        sys.stdout.write(json_report(converted, written))
    else:
        say(text_of(converted, written))
    return 1 if something_missing(converted) else 0


def _files(paths: list[str]) -> list[Path]:
    from airdesk_render.converting.merging import DEFAULTS_NAMES

    found: list[Path] = []
    for given in map(Path, paths):
        if given.is_dir():
            inside = sorted(path for path in given.rglob("*") if path.suffix in _ENDINGS)
            found += [path for path in inside if path.name not in DEFAULTS_NAMES]
        elif given.is_file():
            found.append(given)
        else:
            raise Misuse(f"there is no {given}.")
    if not found:
        raise Misuse(f"there is no YAML in {', '.join(paths)}.")
    return list(dict.fromkeys(found))


def _folder(name: str) -> Path:
    if not Path(name).is_dir():
        raise Misuse(f"there is no folder {name}.")
    return Path(name)


def _environment(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for name, equals, _ in pairs:
        if not name.isidentifier() or not equals:
            raise Misuse(f"--env takes NAME=VALUE, not {name!r}.")
    return {name: value for name, _, value in pairs}


def _write(out: Path, files: Mapping[str, str], *, force: bool) -> list[str]:
    """Write all, or nothing where a file that is there would be replaced."""
    for name, text in files.items():
        path = out / name
        if path.exists() and not force and path.read_text(encoding="utf-8") != text:
            raise Misuse(f"{path} is there already. Move it away, or say --force.")
    for name, text in files.items():
        write_file(out / name, text)
    return sorted(files)
