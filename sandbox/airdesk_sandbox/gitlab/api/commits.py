"""Commits: made from actions, listed, compared, and what belongs to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab import pushes
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.entities import ci as ci_entity
from airdesk_sandbox.gitlab.entities import projects as entity
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.errors import bad_request, forbidden, missing, not_found
from airdesk_sandbox.gitlab.models import DiffVersion, Job, MergeRequest, Pipeline, Project
from airdesk_sandbox.gitlab.permissions import may_push
from airdesk_sandbox.gitlab.repo.diff import diff
from airdesk_sandbox.gitlab.repo.read import ZERO, Commit, Repository
from airdesk_sandbox.gitlab.repo.write import RefusalError, Signature, commit_actions, set_ref
from airdesk_sandbox.gitlab.routing import Route


def web_url(call: Call, project: Project) -> str:
    return f"{call.server.url}/{project.full_path}"


def list_commits(call: Call) -> Reply:
    """`ref_name` may be a branch, a commit or a range `a..b`; `path` narrows to a file."""
    project = call.project("read_code")
    repository = call.repository(project)
    spec = _range(repository, call.params.text("ref_name") or project.default_branch)
    options = [
        f"--{option}={call.params.text(name)}"
        for name, option in (("since", "since"), ("until", "until"), ("author", "author"))
        if name in call.params
    ]
    if call.params.flag("first_parent"):
        options.append("--first-parent")
    if spec is None:
        if repository.branches():
            raise not_found("Reference")
        found: list[Commit] = []
    else:
        found = repository.commits(spec, path=call.params.maybe("path"), options=options)
    base = web_url(call, project)
    return call.page_of(found, lambda commit: entity.commit(commit, base))


def _range(repository: Repository, text: str) -> str | None:
    if ".." not in text:
        return repository.resolve(text)
    dots = "..." if "..." in text else ".."
    first, _, last = text.partition(dots)
    old, new = repository.resolve(first), repository.resolve(last)
    return f"{old}{dots}{new}" if old and new else None


def create_commit(call: Call) -> dict[str, Any]:
    """Several files in one commit, on a branch that may start from another (`start_branch`)."""
    project = call.project("push_code")
    actions = call.params.objects("actions")
    if not actions:
        raise missing("actions")
    sha = write(
        call,
        project,
        branch=call.params.need("branch"),
        message=call.params.need("commit_message"),
        actions=actions,
    )
    commit = call.repository(project).commit(sha)
    body = entity.commit(commit, web_url(call, project))
    return {**body, "stats": _stats(call.repository(project), commit)}


def write(
    call: Call, project: Project, *, branch: str, message: str, actions: list[dict[str, Any]]
) -> str:
    """Commit and move the branch as the caller.

    Raises:
        ApiError: 403 on a branch the caller may not push to; 400 where the actions do not fit.
    """
    repository = call.repository(project)
    if not may_push(call.session, call.user, project, branch):
        raise forbidden("You are not allowed to push into this branch")
    committer = Signature(call.user.name, call.user.email)
    author = Signature(
        call.params.text("author_name") or committer.name,
        call.params.text("author_email") or committer.email,
    )
    with call.server.lock(project.id):
        old = repository.ref(f"refs/heads/{branch}")
        parent = _parent(call, repository, branch, old)
        _check_last_commit(repository, parent, actions)
        try:
            sha = commit_actions(
                repository,
                parent=parent,
                actions=actions,
                message=message,
                author=author,
                committer=committer,
            )
            set_ref(repository, f"refs/heads/{branch}", sha, old)
        except RefusalError as refusal:
            raise bad_request(str(refusal)) from None
    moved = pushes.Push(
        call.server, call.session, project, call.user, branch, old or ZERO, sha, after=call.after
    )
    pushes.record(moved)
    return sha


def _parent(call: Call, repository: Repository, branch: str, old: str | None) -> str | None:
    start = call.params.text("start_sha") or call.params.text("start_branch")
    if old is not None:
        if start and not call.params.flag("force") and start != branch:
            raise bad_request(
                f"A branch called '{branch}' already exists. Switch to that branch in order to "
                "make changes"
            )
        return repository.resolve(start) if start and call.params.flag("force") else old
    if start:
        sha = repository.resolve(start)
        if sha is None:
            raise bad_request(f"Invalid reference name: {start}")
        return sha
    if repository.branches():
        raise bad_request("You can only create or edit files when you are on a branch")
    return None


def _check_last_commit(
    repository: Repository, parent: str | None, actions: list[dict[str, Any]]
) -> None:
    for action in actions:
        known, path = action.get("last_commit_id"), str(action.get("file_path"))
        if not known or parent is None:
            continue
        newest = repository.commits(parent, path=path, limit=1)
        if newest and newest[0].sha != known:
            raise bad_request(
                "You are attempting to update a file that has changed since you started editing it."
            )


def show_commit(call: Call) -> dict[str, Any]:
    project = call.project("read_code")
    repository = call.repository(project)
    commit = find_commit(call, repository)
    body = entity.commit(commit, web_url(call, project))
    body["stats"] = _stats(repository, commit)
    newest = call.session.scalar(
        select(Pipeline)
        .where(Pipeline.project_id == project.id, Pipeline.sha == commit.sha)
        .order_by(Pipeline.id.desc())
    )
    body["status"] = newest.status if newest else None
    body["last_pipeline"] = ci_entity.pipeline_basic(newest, call.server.url) if newest else None
    return body


def show_diff(call: Call) -> Reply:
    repository = call.repository(call.project("read_code"))
    commit = find_commit(call, repository)
    parent = commit.parents[0] if commit.parents else None
    return call.page_of(diff(repository, parent, commit.sha), lambda change: change.as_json())


def list_refs(call: Call) -> Reply:
    repository = call.repository(call.project("read_code"))
    sha = find_commit(call, repository).sha
    names = repository.git("branch", "--contains", sha, "--format=%(refname:short)").decode()
    rows = [{"type": "branch", "name": name} for name in names.split()]
    return call.page_of(rows, lambda row: row)


def list_merge_requests(call: Call) -> Reply:
    """The merge requests that brought a commit in, or that hold it now."""
    project = call.project("read_merge_request")
    repository = call.repository(project)
    sha = find_commit(call, repository).sha
    query = (
        select(MergeRequest)
        .where(MergeRequest.project_id == project.id)
        .order_by(MergeRequest.id.desc())
    )
    found = [r for r in call.session.scalars(query) if _holds(call, repository, r, sha)]
    return call.page_of(found, lambda request: reviews.basic(call, request))


def _holds(call: Call, repository: Repository, request: MergeRequest, sha: str) -> bool:
    if sha in (request.merge_commit_sha, request.squash_commit_sha):
        return True
    versions = call.session.scalars(
        select(DiffVersion).where(DiffVersion.merge_request_id == request.id)
    )
    for version in versions:
        inside = repository.fixed("rev-list", f"{version.base_sha}..{version.head_sha}").decode()
        if sha in inside.split():
            return True
    return False


def list_statuses(call: Call) -> Reply:
    """The jobs that ran for a commit, as statuses."""
    project = call.project("read_pipeline")
    sha = find_commit(call, call.repository(project)).sha
    query = (
        select(Job)
        .join(Pipeline)
        .where(Pipeline.project_id == project.id, Pipeline.sha == sha)
        .order_by(Job.id)
    )
    if not call.params.flag("all"):
        query = query.where(Job.retried.is_(False))
    return call.page(query, lambda job: ci_entity.commit_status(job, call.server.url))


def compare(call: Call) -> dict[str, Any]:
    """From `from` to `to`; from their merge base unless `straight`."""
    project = call.project("read_code")
    repository = call.repository(project)
    old = repository.resolve(call.params.need("from"))
    new = repository.resolve(call.params.need("to"))
    if old is None or new is None:
        raise not_found("Ref")
    base = old if call.params.flag("straight") else repository.merge_base(old, new)
    commits = repository.commits(f"{old}..{new}")
    told = [entity.commit(commit, web_url(call, project)) for commit in reversed(commits)]
    return {
        "commit": told[-1] if told else None,
        "commits": told,
        "diffs": [change.as_json() for change in diff(repository, base, new)],
        "compare_timeout": False,
        "compare_same_ref": old == new,
        "web_url": f"{web_url(call, project)}/-/compare/{old}...{new}",
    }


def find_commit(call: Call, repository: Repository) -> Commit:
    sha = repository.resolve(call.path["sha"])
    if sha is None:
        raise not_found("Commit")
    return repository.commit(sha)


def _stats(repository: Repository, commit: Commit) -> dict[str, int]:
    parent = commit.parents[0] if commit.parents else None
    changes = diff(repository, parent, commit.sha)
    added, removed = sum(c.added for c in changes), sum(c.removed for c in changes)
    return {"additions": added, "deletions": removed, "total": added + removed}


_COMMITS = "/projects/:id/repository/commits"
ROUTES = [
    Route("GET", _COMMITS, list_commits),
    Route("POST", _COMMITS, create_commit),
    Route("GET", f"{_COMMITS}/:sha", show_commit),
    Route("GET", f"{_COMMITS}/:sha/diff", show_diff),
    Route("GET", f"{_COMMITS}/:sha/refs", list_refs),
    Route("GET", f"{_COMMITS}/:sha/merge_requests", list_merge_requests),
    Route("GET", f"{_COMMITS}/:sha/statuses", list_statuses),
    Route("GET", "/projects/:id/repository/compare", compare),
]
