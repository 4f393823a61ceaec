"""Print the built-in policy, or the version of a policy in a file.

  airdesk-render policy > policy.yaml
  airdesk-render policy --version policy.yaml

The printed file is where a platform begins: it goes into platform/airdesk-ci and is changed there.
"""

from __future__ import annotations

import argparse

from airdesk_render.commands.common import policy_of, say
from airdesk_render.policy import default_policy_text


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", metavar="FILE", help="say the version of this policy instead of printing one"
    )


def run(given: argparse.Namespace) -> int:
    if given.version is not None:
        say(policy_of(given.version).version)
    else:
        say(default_policy_text().rstrip("\n"))
    return 0
