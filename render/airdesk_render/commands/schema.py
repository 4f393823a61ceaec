"""Print the JSON Schema of manifests, for editors.

Put it beside the manifests and name it in their first line:
  # yaml-language-server: $schema=manifest.schema.json
"""

from __future__ import annotations

import argparse
import json

from airdesk_render.commands.common import say
from airdesk_render.schema import manifest_schema


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # the command has none


def run(given: argparse.Namespace) -> int:
    del given
    say(json.dumps(manifest_schema(), indent=2, ensure_ascii=False))
    return 0
