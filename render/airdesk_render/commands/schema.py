"""Print a JSON Schema, for editors: they complete, explain and underline as one types.

  airdesk-render schema > .airdesk/manifest.schema.json
  airdesk-render schema --of defaults > .airdesk/defaults.schema.json
  airdesk-render schema --catalogue ../operators        with the shared operators too

`airdesk-render init` sets editors up for it. Elsewhere name it in a manifest's first line:
  # yaml-language-server: $schema=manifest.schema.json
"""

from __future__ import annotations

import argparse
import json

from airdesk_render.commands.common import add_catalogue, catalogue_of, say

KINDS = ("manifest", "defaults", "policy", "operator", "catalogue")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--of", choices=KINDS, default="manifest", help="what it describes; default: manifest"
    )
    add_catalogue(parser)


def run(given: argparse.Namespace) -> int:
    from airdesk_render.schema import schema_of

    schema = schema_of(given.of, catalogue_of(given.catalogue))
    say(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0
