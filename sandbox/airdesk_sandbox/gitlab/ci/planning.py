"""From a wish for a pipeline to its jobs: nothing is stored here, and nothing runs."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci import changes, engine
from airdesk_sandbox.gitlab.ci.config import Includes, load
from airdesk_sandbox.gitlab.ci.engine import CiError, Workspace
from airdesk_sandbox.gitlab.ci.planned_jobs import PlannedJob, jobs_of, spec_of, stages_of
from airdesk_sandbox.gitlab.ci.variables import custom, is_protected, of_pipeline
from airdesk_sandbox.gitlab.models import MergeRequest, Project, User
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO, Repository, git_environment

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

CONFIG = ".gitlab-ci.yml"
_PROBE = "airdesk workflow rule"
_PREVIEWS = 200
_previews: dict[str, dict[str, Any]] = {}
_SKIP = re.compile(r"\[(ci skip|skip ci)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """`problem` is what is wrong with the configuration; then there are no jobs."""

    request: PipelineRequest
    config: dict[str, Any] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)
    jobs: list[PlannedJob] = field(default_factory=list)
    problem: str | None = None
    skipped: bool = False


def plan(server: Server, session: Session, request: PipelineRequest) -> Plan | None:
    """The pipeline as it will be, `None` where none is to be made. Takes about a second."""
    project = session.get_one(Project, request.project_id)
    repository = server.repository(project)
    blob = repository.blob(request.sha, project.ci_config_path or CONFIG)
    if blob is None or not project.jobs_enabled:
        return None
    if request.source == "push" and _SKIP.search(repository.commit(request.sha).message):
        return Plan(request, skipped=True)
    try:
        with workspace(server, "plans", uuid.uuid4().hex) as place:
            checkout(repository, request.sha, place.checkout, origin(server, project))
            text = blob.content.decode(errors="replace")
            return planned(server, session, request, place, text)
    except CiError as error:
        return Plan(request, problem=str(error))


@contextmanager
def workspace(server: Server, kind: str, name: str) -> Iterator[Workspace]:
    """A folder of its own, gone afterwards."""
    root = (server.settings.data / "ci" / kind / name).resolve()
    home = (server.settings.data / "ci" / "home").resolve()
    root.mkdir(parents=True)
    home.mkdir(parents=True, exist_ok=True)
    try:
        yield Workspace(root, server.settings.runner_path, home)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def checkout(repository: Repository, sha: str, target: Path, origin: str) -> None:
    """A working copy at a commit, detached, as a runner makes it; objects are shared."""
    bare = str(repository.path.resolve())
    environment = git_environment()
    for arguments in (
        ["clone", "--quiet", "--shared", "--no-checkout", bare, str(target)],
        ["-C", str(target), "checkout", "--quiet", "--detach", sha],
        ["-C", str(target), "remote", "set-url", "origin", origin],
    ):
        subprocess.run(["git", *arguments], check=True, env=environment, capture_output=True)


def origin(server: Server, project: Project) -> str:
    return f"{server.url}/{project.full_path}.git"


@dataclass(frozen=True)
class Configuration:
    """An expanded configuration, and the engine's options for the variables it was read with."""

    config: dict[str, Any]
    options: list[str]


def read(
    server: Server, session: Session, request: PipelineRequest, place: Workspace, text: str
) -> Configuration:
    """Expand a configuration with the rights and variables of whoever asks for the pipeline.

    Raises:
        CiError: it is wrong.
    """
    project = session.get_one(Project, request.project_id)
    user = session.get_one(User, request.user_id)
    document = load(text, project.ci_config_path or CONFIG)
    host = urlsplit(server.url).hostname or ""
    includes = Includes(
        session,
        server.settings.data / "repositories",
        user,
        place.state / "includes" / host,
    )
    includes.fetch(document, place.checkout)
    variables = pipeline_variables(server, session, project, user, request)
    options = place.write_variables({**variables, **request.variables})
    config = _expanded(place, text, includes, options)
    _restore_defaults(config, includes.defaults)
    return Configuration(config, options)


def judged(place: Workspace, config: dict[str, Any], options: list[str]) -> list[dict[str, Any]]:
    """The engine's rows, one per job, for an expanded configuration.

    Raises:
        CiError: the jobs do not fit together.
    """
    expanded = place.root / "expanded.yml"
    expanded.write_text(json.dumps(config))
    return engine.list_jobs(place, expanded, options)


def planned(
    server: Server, session: Session, request: PipelineRequest, place: Workspace, text: str
) -> Plan | None:
    """The plan of a configuration's text in a checkout; `None` where rules leave no job.

    Raises:
        CiError: it is wrong.
    """
    project = session.get_one(Project, request.project_id)
    found = read(server, session, request, place, text)
    config = changes.settle(found.config, _changed(server, session, project, request))
    workflow = config.pop("workflow", None) or {}
    rules = workflow.get("rules") or []
    rows = judged(place, {**config, **_probes(rules)}, found.options)
    if not _workflow_allows(rules, rows, config):
        return None
    rows = [row for row in rows if not row["name"].startswith(_PROBE)]
    if request.merge_request_id is not None and not rules:
        rows = [row for row in rows if _is_for_merge_requests(spec_of(config, row["name"]))]
    jobs = jobs_of(config, rows)
    if not jobs:
        return None
    return Plan(request, config, stages_of(config, jobs), jobs)


def _expanded(
    place: Workspace, text: str, includes: Includes, options: list[str]
) -> dict[str, Any]:
    """The engine's preview, kept for as long as nothing in it changes: it costs half a second."""
    key = hashlib.sha256(json.dumps([text, *includes.texts]).encode()).hexdigest()
    if includes.changing or key not in _previews:
        (place.root / "source.yml").write_text(text)
        if len(_previews) >= _PREVIEWS:
            _previews.clear()
        _previews[key] = engine.preview(place, place.root / "source.yml", options)
    return copy.deepcopy(_previews[key])


def pipeline_variables(
    server: Server, session: Session, project: Project, user: User, request: PipelineRequest
) -> dict[str, str]:
    """Predefined variables and those of groups and project, for rules to look at."""
    protected = is_protected(session, project, request)
    merge_request = (
        session.get(MergeRequest, request.merge_request_id) if request.merge_request_id else None
    )
    predefined = of_pipeline(
        server.url,
        project,
        user,
        request,
        server.repository(project).commit(request.sha),
        merge_request=merge_request,
        protected=protected,
    )
    return {**predefined, **custom(session, project, protected=protected).plain}


def _changed(
    server: Server, session: Session, project: Project, request: PipelineRequest
) -> list[str] | None:
    repository = server.repository(project)
    if request.merge_request_id is not None:
        row = session.get_one(MergeRequest, request.merge_request_id)
        return repository.changed_paths(row.base_sha, request.sha)
    if request.source != "push" or request.before_sha == ZERO:
        return None
    return repository.changed_paths(request.before_sha, request.sha)


def _restore_defaults(config: dict[str, Any], defaults: dict[str, Any]) -> None:
    """`default:retry` and its like, which the engine's preview loses."""
    for name in ("retry", "timeout", "id_tokens"):
        if name not in defaults:
            continue
        for section in config.values():
            if isinstance(section, dict) and "script" in section:
                section.setdefault(name, defaults[name])


def _probes(rules: list[Any]) -> dict[str, Any]:
    """A job per workflow rule: the engine judges rules of jobs, not those of `workflow`."""
    return {
        f"{_PROBE} {index}": {
            "stage": ".pre",
            "script": ["true"],
            "rules": [
                {
                    **{k: v for k, v in rule.items() if k in ("if", "exists")},
                    "when": "always",
                }
            ],
        }
        for index, rule in enumerate(rules)
        if isinstance(rule, dict)
    }


def _workflow_allows(rules: list[Any], rows: list[dict[str, Any]], config: dict[str, Any]) -> bool:
    """The first rule that holds decides; its variables become the pipeline's."""
    if not rules:
        return True
    holds = {row["name"] for row in rows if row["when"] != "never"}
    for index, rule in enumerate(rules):
        if f"{_PROBE} {index}" in holds:
            config["variables"] = {**(config.get("variables") or {}), **rule.get("variables", {})}
            return bool(rule.get("when") != "never")
    return False


def _is_for_merge_requests(spec: dict[str, Any]) -> bool:
    """Without workflow rules GitLab keeps jobs that have no rules out of these pipelines."""
    only = spec.get("only") or []
    refs = only.get("refs", []) if isinstance(only, dict) else only
    return "rules" in spec or "merge_requests" in refs
