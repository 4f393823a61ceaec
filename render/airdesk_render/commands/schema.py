"""Print a JSON Schema, for editors: they complete, explain and underline as one types.

  airdesk-render schema > .airdesk/manifest.schema.json
  airdesk-render schema --of defaults > .airdesk/defaults.schema.json
  airdesk-render schema --root . --catalogue ../operators

With --root a field that the repository's defaults give may be left out; with --catalogue the
shared operators are known too.

`airdesk-render init` sets editors up for it. Elsewhere name it in a manifest's first line:
  # yaml-language-server: $schema=manifest.schema.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from airdesk_render.commands.common import RepositoryFiles, add_catalogue, catalogue_of, say

KINDS = ("manifest", "defaults", "policy", "operator", "catalogue")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--of",
        choices=KINDS,
        default="manifest",
        help="what it describes; `operator` is a file of the shared operator repository, "
        "`catalogue` one task of any operator; default: manifest",
    )
    add_catalogue(parser)
    parser.add_argument(
        "--root", metavar="DIR", help="a team's repository whose files of defaults count"
    )


def run(given: argparse.Namespace) -> int:
    from airdesk_render.schema import schema_of

    defaults = defaults_below(Path(given.root)) if given.root is not None else []
    schema = schema_of(given.of, catalogue_of(given.catalogue), defaults)
    say(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


def defaults_below(root: Path) -> list[dict[str, Any]]:
    """What a repository's files of defaults hold, as far as they can be read."""
    from airdesk_render.defaults import is_defaults
    from airdesk_render.reading import read

    files = RepositoryFiles(root)
    found = [read(files[name]).data for name in files if is_defaults(name)]
    return [data for data in found if isinstance(data, dict)]
