"""Runs one job in a process group of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil

from airdesk_sandbox.gitlab.ci import artifacts, id_tokens
from airdesk_sandbox.gitlab.ci.engine import Workspace
from airdesk_sandbox.gitlab.ci.files import JobFiles
from airdesk_sandbox.gitlab.ci.planning import checkout, pipeline_variables, workspace
from airdesk_sandbox.gitlab.ci.trace import Trace
from airdesk_sandbox.gitlab.ci.variables import custom, is_protected, of_job, request_of
from airdesk_sandbox.gitlab.models import Job

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

_LOOK = 0.1
_GRACE = 5.0
# decided by the server: the engine sees one job that simply runs
_OURS = (
    "needs",
    "dependencies",
    "id_tokens",
    "artifacts",
    "allow_failure",
    "retry",
    "timeout",
    "resource_group",
    "cache",
    "parallel",
)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass
class Outcome:
    status: str
    reason: str | None = None


@dataclass
class JobRun:
    """All that running a job needs, read from the database beforehand."""

    job_id: int
    name: str
    spec: dict[str, Any]
    config: dict[str, Any]
    sha: str
    ref: str
    repository: Any
    origin: str
    variables: dict[str, str]
    files: dict[str, str]
    secrets: list[str]
    sources: list[JobFiles]
    timeout: float


def prepare(server: Server, job_id: int, token: str) -> JobRun:
    """Gather a job's variables, secrets and sources."""
    with server.db.reading() as session:
        job = session.get_one(Job, job_id)
        pipeline, project = job.pipeline, job.pipeline.project
        request = request_of(pipeline)
        protected = is_protected(session, project, request)
        own = custom(session, project, protected=protected)
        proofs = id_tokens.tokens(
            session,
            server.signing_key,
            server.url,
            job,
            protected=protected,
            seconds=_seconds(job.spec.get("timeout"), 0),
        )
        variables = {
            **pipeline_variables(server, session, project, job.user, request),
            **of_job(server.url, job, token),
            **request.variables,
            **proofs,
        }
        return JobRun(
            job_id=job.id,
            name=job.name,
            spec=job.spec,
            config=pipeline.config,
            sha=pipeline.sha,
            ref=pipeline.ref,
            repository=server.repository(project),
            origin=_with_token(server.url, project.full_path, token),
            variables=variables,
            files={**own.files, **request.files},
            secrets=[*own.masked, token, *proofs.values()],
            sources=[server.ci.files(other.id) for other in artifacts.sources(job)],
            timeout=_seconds(job.spec.get("timeout"), project.build_timeout),
        )


def run(
    server: Server,
    job: JobRun,
    stop: threading.Event,
    started: Callable[[int, float], None],
) -> Outcome:
    """Check out, run the script, keep trace and artifacts. `started` hears pid and start time."""
    files = server.ci.files(job.job_id)
    trace = Trace(files.trace, job.secrets)
    trace.say("Running with airdesk-sandbox runner (gitlab-ci-local)")
    trace.say('Preparing the "shell" executor')
    with workspace(server, "builds", str(job.job_id)) as place:
        trace.say("Getting source from Git repository")
        checkout(job.repository, job.sha, place.checkout, job.origin)
        trace.say(f"Checking out {job.sha[:8]} as detached HEAD (ref is {job.ref})...")
        left = artifacts.bring(job.sources, place.checkout)
        arguments = _write_inputs(place, job, left)
        outcome = _watch(place, job, arguments, trace, stop, started)
        ok = outcome.status == "success"
        if outcome.status != "canceled":
            artifacts.collect(job.spec, place.checkout, files, trace, ok)
    if ok:
        trace.say("Job succeeded")
    else:
        trace.say(f"ERROR: Job failed: {outcome.reason or outcome.status}")
    return outcome


def _write_inputs(place: Workspace, job: JobRun, left: dict[str, str]) -> list[str]:
    """Write the one-job configuration and its variables; returns the command line."""
    spec = {key: value for key, value in job.spec.items() if key not in _OURS}
    document = {
        "stages": [spec.get("stage", "test")],
        "variables": job.config.get("variables") or {},
        job.name: spec,
    }
    file = place.root / "job.yml"
    file.write_text(json.dumps(document))
    variables = {**job.variables, **left, "CI_PROJECT_DIR": str(place.checkout)}
    for key, content in job.files.items():
        path = place.root / "files" / key
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(content)
        variables[key] = str(path)
    options = place.write_variables(variables)
    return place.arguments(file, "--json-schema-validation=false", *options, job.name)


def _watch(
    place: Workspace,
    job: JobRun,
    arguments: list[str],
    trace: Trace,
    stop: threading.Event,
    started: Callable[[int, float], None],
) -> Outcome:
    said = place.root / "engine.log"
    with said.open("wb") as sink:
        process = subprocess.Popen(
            arguments,
            cwd=place.checkout,
            env=place.environment(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    started(process.pid, _start_time(process.pid))
    log = _Log(place.state / "output")
    deadline = time.monotonic() + job.timeout
    try:
        while process.poll() is None:
            trace.write(log.read())
            if stop.wait(_LOOK):
                return Outcome("canceled")
            if time.monotonic() > deadline:
                return Outcome("failed", "job_execution_timeout")
    finally:
        end_group(process.pid)
        process.wait()
        trace.write(log.read())
        trace.flush()
    if process.returncode == 0:
        return Outcome("success")
    if not log.found:
        trace.say(said.read_text(errors="replace"))
    return Outcome("failed", "script_failure")


class _Log:
    """Follows the file into which the engine writes a job's output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at = 0
        self.found = False

    def read(self) -> bytes:
        """What was written since the last time."""
        path = next(iter(self._folder.glob("*.log")), None)
        if path is None:
            return b""
        self.found = True
        with path.open("rb") as file:
            file.seek(self._at)
            data = file.read()
        self._at += len(data)
        return data


def end_group(pid: int) -> None:
    """End a process group: politely, then for certain."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except (ProcessLookupError, PermissionError):
            return
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and _alive(pid):
            time.sleep(0.02)
        if not _alive(pid):
            return


def _alive(group: int) -> bool:
    """Whether a process of the group still runs (one that only waits to be reaped does not)."""
    for process in psutil.process_iter(["pid", "status"]):
        try:
            same = os.getpgid(process.pid) == group
        except (ProcessLookupError, PermissionError):
            continue
        if same and process.info["status"] != psutil.STATUS_ZOMBIE:
            return True
    return False


def is_same_process(pid: int, started: float) -> bool:
    return abs(_start_time(pid) - started) < 1.0


def _start_time(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _with_token(base: str, path: str, token: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://gitlab-ci-token:{token}@{parts.netloc}/{path}.git"


def _seconds(text: Any, default: int) -> float:
    """`1h 30m`, `10 minutes` or a number of seconds."""
    found = re.findall(r"(\d+)\s*([smhd])?", str(text or ""))
    total = sum(int(number) * _UNITS[unit or "s"] for number, unit in found)
    return float(total or default)
