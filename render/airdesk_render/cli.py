"""The command `airdesk-render`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from typing import Protocol

from airdesk_render.commands import check, keys, policy, render, schema, test
from airdesk_render.commands.common import Misuse


class Command(Protocol):
    """A module of `commands/`; its docstring is the command's help."""

    __doc__: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, given: argparse.Namespace) -> int: ...


_COMMANDS: dict[str, Command] = {
    "schema": schema,
    "check": check,
    "render": render,
    "test": test,
    "policy": policy,
    "keys": keys,
}


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(
        prog="airdesk-render",
        description="Checks manifests, renders them to Airflow DAGs and tries these out.",
        epilog="Exit codes: 0 all is well, 1 something was found, 2 the command was misused.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in _COMMANDS.items():
        text = (module.__doc__ or "").strip()
        one = commands.add_parser(
            name,
            help=text.partition("\n")[0],
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(one)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = parser().parse_args(argv)
    # sqlglot tells by log what our findings say better.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        return _COMMANDS[given.command].run(given)
    except Misuse as misuse:
        sys.stderr.write(f"airdesk-render {given.command}: {misuse}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
