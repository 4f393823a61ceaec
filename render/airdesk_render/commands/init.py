"""Lay out a team's repository.

  airdesk-render init . --team growth
  airdesk-render init pipelines --team growth --owner thu.tran --catalogue ../operators

Writes the pipeline, checks for pre-commit, a README, defaults, a first manifest, and settings with
which editors complete and explain manifests. Nothing that exists is overwritten, but for
.airdesk/, which holds what editors need to know of the language; run it again to bring that up to
date.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.commands.common import (
    Misuse,
    add_catalogue,
    catalogue_of,
    say,
    team_of,
    write_file,
)

if TYPE_CHECKING:
    from airdesk_render.catalogue import Catalogue

FILES = {
    ".gitlab-ci.yml": "gitlab-ci.yml",
    ".gitlab/CODEOWNERS": "CODEOWNERS",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
    ".gitignore": "gitignore",
    ".editorconfig": "editorconfig",
    ".vscode/settings.json": "settings.json",
    ".vscode/extensions.json": "extensions.json",
    "README.md": "README.md",
    "dags/defaults.yaml": "defaults.yaml",
    "dags/first_report.dag.yaml": "first_report.dag.yaml",
    "dags/sql/orders_by_region.sql": "orders_by_region.sql",
}
"""File of a team's repository to the file in `starter/` that it begins as."""
TEAM_FILE = ".airdesk/team"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="the repository's folder; made if missing")
    parser.add_argument("--team", required=True, help="the team that owns the repository")
    parser.add_argument(
        "--owner", metavar="NAME", help="who looks after the DAGs; default: your own user name"
    )
    add_catalogue(parser)


def run(given: argparse.Namespace) -> int:
    folder, team = Path(given.folder), team_of(given.team)
    if folder.exists() and not folder.is_dir():
        raise Misuse(f"{folder} is no folder.")
    owner = owner_of(given.owner)
    known = catalogue_of(given.catalogue)
    for name, source in FILES.items():
        path = folder / name
        if path.is_symlink() or path.exists():
            say(f"  kept   {name}")
            continue
        text = resources.files("airdesk_render").joinpath("starter", source).read_text("utf-8")
        text = text.replace("{team}", team.name).replace("{owner}", owner)
        write_file(path, text)
        say(f"  wrote  {name}")
    for name, text in _for_editors(known, folder):
        write_file(folder / name, text)
        say(f"  wrote  {name}")
    write_file(folder / TEAM_FILE, f"{team.name}\n")
    say(f"\nNext: cd {folder} && airdesk-render check dags --team {team.name}")
    return 0


def owner_of(name: str | None) -> str:
    """A name as the directory has it: the given one, or that of who calls the command."""
    from airdesk_render.language.people import PERSON_PATTERN

    try:
        found = name or getpass.getuser().lower()
    except (OSError, KeyError, ImportError):  # nobody in particular, as in some containers
        found = "your.name"
    if re.fullmatch(PERSON_PATTERN, found):
        return found
    if name is None:
        return "your.name"
    raise Misuse(f"{name!r} is not the name of a person in the directory, such as thu.tran.")


def _for_editors(known: Catalogue, folder: Path) -> Iterator[tuple[str, str]]:
    from airdesk_render.commands.schema import defaults_below
    from airdesk_render.schema import schema_of

    defaults = defaults_below(folder)
    for kind in ("manifest", "defaults"):
        text = json.dumps(schema_of(kind, known, defaults), ensure_ascii=False)
        yield f".airdesk/{kind}.schema.json", f"{text}\n"
