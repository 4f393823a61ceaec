"""`airdesk-sandbox`: the servers that stand in for GitLab and Slack, and the demo."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

# imported only when asked for: the demo needs much that one server alone does not
COMMANDS = {
    "gitlab": ("airdesk_sandbox.gitlab.main", "a GitLab: REST v4, git, OAuth, pipelines"),
    "slack": ("airdesk_sandbox.slack.main", "a Slack: Web API, Socket Mode, a page to type in"),
    "demo": ("airdesk_sandbox.demo.main", "everything at once, and the story played through it"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands with the arguments after it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="airdesk-sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary, add_help=False)
    chosen = parser.parse_args(sys.argv[1:2] if argv is None else argv[:1])
    module = import_module(COMMANDS[chosen.command][0])
    arguments = list(sys.argv[2:] if argv is None else argv[1:])
    return int(module.main(arguments) or 0)


if __name__ == "__main__":
    sys.exit(main())
