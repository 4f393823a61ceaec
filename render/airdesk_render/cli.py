"""The command `airdesk-render`.

A command's module is imported when it is called, and what it needs when it needs it, so that each
starts at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final, Protocol, cast

from airdesk_render.commands.common import Misuse


class Command(Protocol):
    """A module of `commands/`; its docstring is the command's help."""

    __doc__: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, given: argparse.Namespace) -> int: ...


COMMANDS: Final[Mapping[str, str]] = {
    "init": "Lay out a team's repository.",
    "new": "Write a first manifest by asking.",
    "check": "Check manifests and say what is wrong, where, and what to write instead.",
    "explain": "Say what counts in a manifest and where each value comes from.",
    "diff": "Say what a change does to behaviour, and how risky it is.",
    "render": "Render manifests to Airflow DAGs, after checking them.",
    "test": "Load rendered DAGs in a real Airflow and look whether they are what policy wants.",
    "secrets": "Look for secrets in what a branch adds.",
    "schema": "Print a JSON Schema, for editors.",
    "catalogue": "List the managed operators, and make new ones.",
    "convert": "Move in from another tool's files.",
    "policy": "Print or check the platform's rules.",
    "keys": "Make a new pair of keys to sign and verify DAGs with.",
}
"""Command to what it does; its module in `commands/` has the same name."""

_BEGINNING = """\
What an analyst writes (manifests: YAML or JSON) and what the platform makes of it (Airflow DAGs).

  airdesk-render init . --team growth          lay out a team's repository
  airdesk-render new                           write a first manifest by asking
  airdesk-render check dags --team growth      find what is wrong, and what to write instead
  airdesk-render render dags --team growth --out rendered
  airdesk-render test rendered                 load the result in a real Airflow
"""
_END = """\
airdesk-render COMMAND --help tells more of each, with examples.
Exit codes: 0 all is well, 1 something was found, 2 the command was misused.
"""


def command(name: str) -> Command:
    """The module of a command."""
    return cast("Command", importlib.import_module(f"airdesk_render.commands.{name}"))


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """All commands with their options, or the options of one of them."""
    top = argparse.ArgumentParser(
        prog="airdesk-render",
        description=_BEGINNING,
        epilog=_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands"
    )
    for name, summary in COMMANDS.items():
        module = command(name) if only in (None, name) else None
        one = commands.add_parser(
            name,
            help=summary,
            description=(module.__doc__ or "").strip() if module else summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if module is not None:
            module.arguments(one)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in arguments if not word.startswith("-")), "")
    given = parser(only=name).parse_args(arguments)
    try:
        return command(given.command).run(given)
    except Misuse as misuse:
        sys.stderr.write(f"airdesk-render {given.command}: {misuse}\n")
        return 2
    except BrokenPipeError:
        # Whoever read our output stopped, as `head` does; Python would complain at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        sys.stderr.write(f"airdesk-render {given.command}: {what}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
