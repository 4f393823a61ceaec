"""What a job leaves for people and for later jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airdesk_sandbox.gitlab.ci.changes import glob
from airdesk_sandbox.gitlab.ci.files import JobFiles
from airdesk_sandbox.gitlab.ci.progress import predecessors
from airdesk_sandbox.gitlab.ci.trace import Trace
from airdesk_sandbox.gitlab.models import Job

_KEPT_REPORTS = ("junit", "codequality")


def collect(spec: dict[str, Any], checkout: Path, files: JobFiles, trace: Trace, ok: bool) -> None:
    """Copy the files of `artifacts:` out of a job's checkout, if its outcome calls for it."""
    wanted = spec.get("artifacts") or {}
    when = wanted.get("when", "on_success")
    if not wanted or when == ("on_failure" if ok else "on_success"):
        return
    patterns = [str(pattern) for pattern in wanted.get("paths") or []]
    excluded = [glob(str(pattern)) for pattern in wanted.get("exclude") or []]
    if patterns:
        trace.say("Uploading artifacts...")
    for pattern in patterns:
        found = [
            path
            for path in _matching(checkout, pattern)
            if not any(e.fullmatch(str(path.relative_to(checkout))) for e in excluded)
        ]
        for path in found:
            target = files.artifacts / path.relative_to(checkout)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)
        said = f"found {len(found)} matching artifact files" if found else "no matching files"
        trace.say(f"{pattern}: {said}")
    reports = wanted.get("reports") or {}
    for kind in _KEPT_REPORTS:
        _keep_report(kind, reports.get(kind), checkout, files, trace)
    dotenv = reports.get("dotenv")
    if dotenv and (checkout / str(dotenv)).is_file():
        files.root.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkout / str(dotenv), files.dotenv)


def _keep_report(kind: str, patterns: Any, checkout: Path, files: JobFiles, trace: Trace) -> None:
    """Keep a report for the pages, apart from the archive that people download."""
    named = patterns if isinstance(patterns, list) else [patterns] if patterns else []
    found = [path for pattern in named for path in _matching(checkout, str(pattern))]
    found = [path for path in found if not path.is_symlink()]
    if named:
        said = f"found {len(found)} matching artifact files" if found else "no matching files"
        trace.say(f"Uploading {kind} report: {said}")
    for number, path in enumerate(found):
        target = files.root / "reports" / kind / f"{number:04d}{path.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _matching(checkout: Path, pattern: str) -> Iterator[Path]:
    """Files that a pattern names; a folder stands for all that is in it."""
    clean = pattern.removeprefix("./").rstrip("/")
    if not clean or clean.startswith("/") or ".." in clean.split("/"):
        return
    seen: set[Path] = set()
    for path in checkout.glob(clean):
        inner = path.rglob("*") if path.is_dir() else [path]
        for file in inner:
            inside = ".git" not in file.relative_to(checkout).parts[:1]
            if file.is_file() and inside and file not in seen:
                seen.add(file)
                yield file


def sources(job: Job) -> list[Job]:
    """The earlier jobs whose artifacts this one gets: `dependencies`, `needs`, or all."""
    jobs = job.pipeline.current_jobs
    before = predecessors(job, jobs)
    if (named := job.spec.get("dependencies")) is not None:
        before = [other for other in before if other.name in named]
    elif job.needs is not None:
        giving = {need["job"] for need in job.needs if need.get("artifacts", True)}
        before = [other for other in before if other.name in giving]
    return sorted(before, key=lambda other: other.id)


def bring(files: list[JobFiles], checkout: Path) -> dict[str, str]:
    """Copy earlier jobs' artifacts into a checkout; returns the variables they left."""
    variables: dict[str, str] = {}
    for left in files:
        if left.artifacts.is_dir():
            shutil.copytree(left.artifacts, checkout, dirs_exist_ok=True, symlinks=True)
        if left.dotenv.is_file():
            for line in left.dotenv.read_text(errors="replace").splitlines():
                key, equals, value = line.partition("=")
                if equals and key.strip().isidentifier():
                    variables[key.strip()] = value.strip().strip("\"'").replace("$", "$$")
    return variables
