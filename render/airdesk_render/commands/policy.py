"""Print the policy that Airdesk ships, to start a platform's own from.

Its place is policy.yaml in the platform's project, where pipelines and the publisher read it.
"""

from __future__ import annotations

import argparse

from airdesk_render.commands.common import say
from airdesk_render.policy import default_policy_text


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # the command has none


def run(given: argparse.Namespace) -> int:
    del given
    say(default_policy_text().rstrip("\n"))
    return 0
