"""`airdesk-sandbox demo`: start everything, play the story, stay up until Ctrl-C."""

from __future__ import annotations

import argparse
import shutil
import signal
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from airdesk_sandbox.demo.cast import PEOPLE
from airdesk_sandbox.demo.progress import Progress
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import Story


class Interrupted(BaseException):
    """Ctrl-C or a request to end: not an error of any step."""


def main(argv: Sequence[str]) -> int:
    """Returns 0 when the story came to its end, 1 otherwise, 130 when interrupted before that."""
    options = _parser().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    progress = Progress()
    folder = _folder(options)
    try:
        with Stack(folder, ci_folder=options.ci_folder, progress=progress) as stack:
            stack.start()
            told = folder / "told"
            if not options.no_story and not told.exists():
                Story(stack).play()
                told.touch()  # a kept state has lived the story already
            if options.once:
                code = 0
            else:
                _show_addresses(stack)
                threading.Event().wait()
    except Interrupted:
        progress.say("Ended. Everything that was started is stopped.")
        code = 0 if not options.once else 130
    except Exception as error:
        progress.say(f"[red]{type(error).__name__}[/]: {error}")
        progress.say(f"Logs of every process: {folder / 'logs'}")
        code = 1
    if options.once:
        progress.table()
    if code != 1 and not options.keep and options.data is None:
        shutil.rmtree(folder, ignore_errors=True)  # after a failure its logs are wanted
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _folder(options: argparse.Namespace) -> Path:
    """Where the state lives: yesterday's with --keep, else a fresh folder."""
    if options.data is not None:
        return Path(options.data).resolve()
    if options.keep:
        return Path("/var/tmp/airdesk-demo")  # noqa: S108 - a fixed place is the purpose
    return Path(tempfile.mkdtemp(prefix="airdesk-demo-"))


def _show_addresses(stack: Stack) -> None:
    say = stack.progress.say
    say("\n[bold]Airdesk is up.[/] Ctrl-C ends it.")
    say(f"  Slack    {stack.slack_url}   pick a person, type /airflow help")
    say(f"  GitLab   {stack.gitlab_url}/growth/pipelines/-/merge_requests/1")
    say(f"  Airflow  {stack.airflow.url}   admin / {stack.kept.airflow.admin_password}")
    say(f"  Vault    {stack.vault.url}/ui/   admin / {stack.kept.vault.admin_password}")
    for person in PEOPLE:
        say(f"  {person.name:9}{person.username} / {person.password}   {person.role}")
    say(f"  Logs     {stack.folder / 'logs'}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="airdesk-sandbox demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story; 0 means it held")
    parser.add_argument("--keep", action="store_true", help="resume yesterday's state")
    parser.add_argument("--no-story", action="store_true", help="start everything, play nothing")
    parser.add_argument("--data", help="folder for state and logs (default: a fresh one)")
    parser.add_argument(
        "--ci-folder",
        type=Path,
        default=Path("render/ci"),
        help="the CI files to put into GitLab (default: render/ci of this checkout)",
    )
    return parser
