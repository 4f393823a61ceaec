"""One process that parses files in Airflow, started again where a file ends it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 120
FILE_SECONDS = 60
"""Longer than Airflow itself gives a file; it stops those by a signal that C code may ignore."""
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class Told:
    """All that the processes of an order said.

    Attributes:
        policies: whether Airdesk's cluster policies were at work there.
    """

    version: str
    policies: bool
    lines: list[dict[str, Any]]


class AirflowMissing(Exception):
    """There is no Airflow to load with, or it did not start; the text says what to do."""


@dataclass(frozen=True)
class Order:
    """Which files a Python parses, with a folder for its own files."""

    python: str
    folder: Path
    files: list[str]
    date: str | None
    home: Path


@dataclass
class _Report:
    """What a process wrote so far."""

    path: Path
    read: int = 0
    version: str = ""
    policies: bool = False
    under_way: str | None = None
    done: bool = False

    def news(self) -> list[dict[str, Any]]:
        """Files finished since the last look; a line that is half written waits."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as lines:
            lines.seek(self.read)
            text = lines.read()
        whole = text[: text.rfind("\n") + 1]
        self.read += len(whole.encode())
        finished = []
        for line in map(json.loads, whole.splitlines()):
            self.version = line.get("airflow", self.version)
            self.policies = line.get("policies", self.policies)
            self.done = self.done or "done" in line
            self.under_way = line.get("begin", self.under_way)
            if "file" in line:
                self.under_way = None
                finished.append(line)
        return finished


def lines_of(order: Order, environment: Mapping[str, str], told: Callable[[], None]) -> Told:
    """What Airflow said about each file; `told` is called for each.

    A file that ends the process, or takes too long, is told as an error; the rest goes on.

    Raises:
        AirflowMissing: Airflow is not installed there, or does not start.
    """
    order.home.mkdir()
    left, found = list(order.files), []

    def finished(line: dict[str, Any]) -> None:
        found.append(line)
        told()

    while True:
        report = _Report(order.home / f"{len(left)}.jsonl")
        problem = _run(order, left, environment, report, finished)
        if report.done:
            return Told(report.version, report.policies, found)
        if report.under_way is None:
            raise AirflowMissing(problem)
        finished({"file": report.under_way, "error": problem, "dags": []})
        seen = {line["file"] for line in found}
        left = [file for file in left if file not in seen]


def _run(
    order: Order,
    files: list[str],
    environment: Mapping[str, str],
    report: _Report,
    finished: Callable[[dict[str, Any]], None],
) -> str:
    """Run one process to its end, or to ours; why it ended early, in a sentence."""
    wanted = {"folder": str(order.folder), "files": files, "date": order.date}
    given, errors = report.path.with_suffix(".order"), report.path.with_suffix(".errors")
    given.write_text(json.dumps(wanted), encoding="utf-8")
    script = str(Path(__file__).parent / "inside_airflow" / "start.py")
    command = [order.python, script, str(given), str(report.path)]
    with errors.open("w", encoding="utf-8") as log:
        try:
            process = subprocess.Popen(
                command, env=environment, cwd=order.home, stdout=subprocess.DEVNULL, stderr=log
            )
        except OSError as error:
            return f"{command[0]} cannot be run: {error.strerror}."
        with process:
            slow = _followed(process, report, finished)
    for line in report.news():
        finished(line)
    if slow is not None:
        return slow
    said = errors.read_text(encoding="utf-8", errors="replace")
    if report.under_way is None:
        return _why(said)
    return f"It ended the process that parsed it (exit status {process.returncode})."


def _followed(
    process: subprocess.Popen[bytes],
    report: _Report,
    finished: Callable[[dict[str, Any]], None],
) -> str | None:
    """Hand on what it reports until it ends; a sentence where it took too long and was ended."""
    since = time.monotonic()
    while process.poll() is None:
        time.sleep(_LOOK_EVERY)
        was = report.under_way
        for line in report.news():
            finished(line)
            since = time.monotonic()
        if report.under_way != was:
            since = time.monotonic()
        limit = FILE_SECONDS if report.version else START_SECONDS
        if time.monotonic() - since > limit:
            process.kill()
            what = "parsed" if report.version else "started"
            return f"It was not {what} within {limit} s."
    return None


def _why(stderr: str) -> str:
    if "No module named 'airflow'" in stderr:
        return "Airflow is not installed here. Name a Python that has it with --python."
    last = [line for line in stderr.strip().splitlines() if line.strip()][-3:]
    return "Airflow did not start: " + " / ".join(last or ["it said nothing"])
