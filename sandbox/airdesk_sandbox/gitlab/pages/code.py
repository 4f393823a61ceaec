"""Trees, files and commits."""

from __future__ import annotations

from starlette.responses import Response

from airdesk_sandbox.gitlab.errors import forbidden, not_found
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.pages import text
from airdesk_sandbox.gitlab.pages.markdown import markdown
from airdesk_sandbox.gitlab.pages.view import View
from airdesk_sandbox.gitlab.permissions import may
from airdesk_sandbox.gitlab.repo.diff import diff
from airdesk_sandbox.gitlab.repo.read import Repository

_COMMITS_SHOWN = 40


def _repository(view: View, project: Project) -> Repository:
    if not may(view.session, view.maybe_user, "read_code", project):
        raise forbidden()
    return view.server.repository(project)


def _split(repository: Repository, rest: str) -> tuple[str, str, str]:
    """Ref, its commit and the path; branch names may hold slashes, so the longest wins."""
    parts = rest.strip("/").split("/")
    for count in range(len(parts), 0, -1):
        ref = "/".join(parts[:count])
        sha = repository.ref(f"refs/heads/{ref}")
        if sha is not None:
            return ref, sha, "/".join(parts[count:])
    sha = repository.resolve(parts[0])
    if sha is None:
        raise not_found("Ref")
    return parts[0], sha, "/".join(parts[1:])


def tree(view: View, project: Project) -> Response:
    repository = _repository(view, project)
    rest = view.path.get("rest")
    if rest is None and not repository.branches():
        return view.render("tree.html", project=project, tab="code", empty=True)
    ref, sha, path = _split(repository, rest or project.default_branch)
    entries = repository.tree(sha, path)
    if entries is None:
        raise not_found("Folder")
    rows = sorted(entries, key=lambda entry: (entry.kind != "tree", entry.name))
    last = {e.path: repository.commits(sha, path=e.path, limit=1) for e in rows}
    readme = next((e for e in rows if e.name.lower() == "readme.md"), None)
    blob = repository.blob(sha, readme.path) if readme else None
    return view.render(
        "tree.html",
        project=project,
        tab="code",
        ref=ref,
        path=path,
        rows=rows,
        last={name: found[0] for name, found in last.items() if found},
        head=repository.commit(sha),
        branches=repository.branches(),
        readme=markdown(blob.content.decode(errors="replace")) if blob else None,
    )


def blob(view: View, project: Project) -> Response:
    repository = _repository(view, project)
    ref, sha, path = _split(repository, view.path["rest"])
    found = repository.blob(sha, path)
    if found is None:
        raise not_found("File")
    binary = b"\0" in found.content[:8000]
    shown = None if binary else text.code(found.content.decode(errors="replace"), path)
    return view.render(
        "blob.html",
        project=project,
        tab="code",
        ref=ref,
        path=path,
        size=len(found.content),
        shown=shown,
        style=text.code_style(),
        last=repository.commits(sha, path=path, limit=1),
    )


def raw(view: View, project: Project) -> Response:
    repository = _repository(view, project)
    _, sha, path = _split(repository, view.path["rest"])
    found = repository.blob(sha, path)
    if found is None:
        raise not_found("File")
    # never as HTML: a file of somebody's repository must not act in this site's name
    return Response(found.content, media_type="text/plain; charset=utf-8")


def commits(view: View, project: Project) -> Response:
    repository = _repository(view, project)
    ref, sha, path = _split(repository, view.path.get("rest") or project.default_branch)
    found = repository.commits(sha, path=path or None, limit=_COMMITS_SHOWN)
    return view.render(
        "commits.html", project=project, tab="commits", ref=ref, path=path, commits=found
    )


def commit(view: View, project: Project) -> Response:
    repository = _repository(view, project)
    sha = repository.resolve(view.path["sha"])
    if sha is None:
        raise not_found("Commit")
    found = repository.commit(sha)
    changes = diff(repository, found.parents[0] if found.parents else None, sha)
    return view.render(
        "commit.html",
        project=project,
        tab="commits",
        commit=found,
        changes=[(change, text.diff_lines(change)) for change in changes],
    )
