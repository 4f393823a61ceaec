"""Checking and rendering one manifest after the other, or several at a time."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from airdesk_render.catalogue import Catalogue
from airdesk_render.check import Checked
from airdesk_render.checks.remembered import remembering
from airdesk_render.findings import Finding
from airdesk_render.incremental.scanning import content_hash
from airdesk_render.incremental.state import Entry, Known
from airdesk_render.incremental.watching import Watched
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.render import RenderedDag, render_dag
from airdesk_render.repository import Repository
from airdesk_render.source import digest_of_source

WORTH_A_PROCESS = 200
"""Manifests that one more process should have to do at least."""


@dataclass(frozen=True)
class Done:
    """What became of one manifest: files written (below the result's folder), files read."""

    name: str
    entry: Entry
    outputs: dict[str, Known]
    hashes: dict[str, str]


@dataclass(frozen=True)
class Workshop:
    """All that is needed to render manifests of one repository into a folder.

    Attributes:
        check: checks the manifest of that path with these files; never raises.
        fine: hashes of that manifest's texts in which nothing was wrong before.
    """

    team: Team
    policy: Policy
    catalogue: Catalogue
    repository: Repository
    check: Callable[[str, Repository], Checked]
    fine: Callable[[str], list[str]]
    out: Path

    def do(self, name: str) -> Done:
        """Check one manifest; render and write it where that found no error."""
        files = Watched(self.repository)
        with remembering(self.fine(name)) as memory:
            checked = self.check(name, files)
        findings = list(checked.findings)
        outputs: dict[str, Known] = {}
        dag = None
        if checked.ok and checked.manifest is not None:
            try:
                rendered = render_dag(
                    checked.manifest,
                    team=self.team,
                    policy=self.policy,
                    manifest_path=name,
                    files=files,
                    catalogue=self.catalogue,
                )
            except Exception as error:
                # A fault of ours or of an operator's; the other manifests must not suffer.
                sys.stderr.write("".join(traceback.format_exception(error)))
                findings.append(_failed(name))
            else:
                source = digest_of_source(checked.manifest, name, files)
                dag = (rendered.dag_id, rendered.digest, source, tuple(sorted(rendered.files)))
                outputs = self._write(rendered)
        plain = tuple(one.model_dump(mode="json") for one in findings)
        reads = (name, *(one for one in files.asked if one != name))
        entry = Entry(reads, plain, dag, tuple(memory.fine))
        return Done(name, entry, outputs, self._hashes(files))

    def _write(self, rendered: RenderedDag) -> dict[str, Known]:
        written: dict[str, Known] = {}
        for path, content in rendered.files.items():
            status = _write(self.out / path, content)
            written[path] = (status.st_size, status.st_mtime_ns, content_hash(content))
        return written

    def _hashes(self, files: Watched) -> dict[str, str]:
        """Hash of each file that was asked for; "" for one that cannot be used as text."""
        found: dict[str, str] = {}
        for path in files.asked:
            if path in self.repository:
                try:
                    found[path] = content_hash(self.repository[path].encode("utf-8"))
                except (KeyError, OSError):
                    found[path] = ""
        return found


def _failed(name: str) -> Finding:
    message = (
        "Airdesk itself failed here. That is no fault of yours: show this to the platform's people."
    )
    return Finding(file=name, line=1, column=1, code="check-failed", message=message)


def _write(path: Path, content: bytes) -> os.stat_result:
    """Write a file unless it is so already: Airflow parses again what was touched."""
    try:
        if path.read_bytes() == content:
            return path.stat()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path.stat()


def do_all(workshop: Workshop, names: list[str], jobs: int) -> Iterator[Done]:
    """Do all of them, in several processes where there are many; in no particular order."""
    if len(names) >= WORTH_A_PROCESS:
        gc.enable()
    processes = min(jobs, len(names) // WORTH_A_PROCESS)
    if processes < 2 or not hasattr(os, "fork"):
        yield from map(workshop.do, names)
        return
    import multiprocessing

    # One first, here: what it loads is then there for all processes that are forked off.
    yield workshop.do(names[0])
    global _WORKSHOP
    _WORKSHOP = workshop
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            for chunk in pool.imap_unordered(_do_some, _chunks(names[1:], 50)):
                yield from chunk
    finally:
        _WORKSHOP = None


_WORKSHOP: Workshop | None = None
"""The workshop of this process, inherited when it was forked off."""


def _do_some(names: list[str]) -> list[Done]:
    assert _WORKSHOP is not None  # noqa: S101 - set before the fork
    return [_WORKSHOP.do(name) for name in names]


def _chunks(names: list[str], size: int) -> Iterable[list[str]]:
    return [names[start : start + size] for start in range(0, len(names), size)]
