"""Files, trees and archives."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import quote

from airdesk_sandbox.gitlab.api.commits import write
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.errors import bad_request, not_found, not_implemented
from airdesk_sandbox.gitlab.models import Project
from airdesk_sandbox.gitlab.repo.read import Blob, Entry, GitError
from airdesk_sandbox.gitlab.routing import Route

_ARCHIVES = {"tar.gz": "application/gzip", "tar": "application/x-tar", "zip": "application/zip"}
_READ = ("read_repository",)


def _find(call: Call, project: Project) -> tuple[str, str, Blob]:
    """The commit, its ref as given, and the file."""
    repository = call.repository(project)
    ref = call.params.text("ref") or project.default_branch
    sha = repository.resolve(project.default_branch if ref == "HEAD" else ref)
    if sha is None:
        raise not_found("Commit")
    blob = repository.blob(sha, call.path["file_path"])
    if blob is None:
        raise not_found("File")
    return sha, ref, blob


def _described(call: Call, project: Project) -> tuple[dict[str, Any], Blob]:
    path = call.path["file_path"]
    sha, ref, blob = _find(call, project)
    last = call.repository(project).commits(sha, path=path, limit=1)
    body = {
        "file_name": path.rsplit("/", 1)[-1],
        "file_path": path,
        "size": len(blob.content),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(blob.content).hexdigest(),
        "ref": ref,
        "blob_id": blob.sha,
        "commit_id": sha,
        "last_commit_id": last[0].sha if last else sha,
        "execute_filemode": blob.mode == "100755",
    }
    return body, blob


def show_file(call: Call) -> dict[str, Any]:
    body, blob = _described(call, call.project("read_code"))
    return {**body, "content": base64.b64encode(blob.content).decode()}


def head_file(call: Call) -> Reply:
    body, _ = _described(call, call.project("read_code"))
    headers = {
        "X-Gitlab-" + "-".join(part.capitalize() for part in name.split("_")): str(value)
        for name, value in body.items()
    }
    return Reply(200, b"", headers)


def raw_file(call: Call) -> Reply:
    _, _, blob = _find(call, call.project("read_code"))
    return Reply(200, blob.content, content_type=_content_type(blob.content))


def _content_type(content: bytes) -> str:
    return "application/octet-stream" if b"\0" in content[:8000] else "text/plain; charset=utf-8"


def create_file(call: Call) -> dict[str, Any]:
    return _change(call, "create")


def update_file(call: Call) -> Reply:
    return Reply(200, _change(call, "update"))


def delete_file(call: Call) -> Reply:
    _change(call, "delete")
    return Reply(204)


def _change(call: Call, action: str) -> dict[str, Any]:
    project, branch = call.project("push_code"), call.params.need("branch")
    change = {
        "action": action,
        "file_path": call.path["file_path"],
        "content": call.params.text("content"),
        "encoding": call.params.text("encoding", "text"),
        "last_commit_id": call.params.maybe("last_commit_id"),
    }
    message = call.params.need("commit_message")
    write(call, project, branch=branch, message=message, actions=[change])
    return {"file_path": call.path["file_path"], "branch": branch}


def list_tree(call: Call) -> Reply:
    project = call.project("read_code")
    repository = call.repository(project)
    sha = repository.resolve(call.params.text("ref") or project.default_branch)
    if sha is None:
        raise not_found("Tree")
    path, deep = call.params.text("path"), call.params.flag("recursive")
    entries = repository.tree(sha, path, recursive=deep)
    if entries is None:
        raise not_found("invalid revision or path")
    order = sorted(entries, key=lambda entry: (entry.kind != "tree", entry.path))
    return call.page_of(order, _entry)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.sha,
        "name": entry.name,
        "type": entry.kind,
        "path": entry.path,
        "mode": entry.mode,
    }


def show_blob(call: Call) -> dict[str, Any]:
    content = _blob(call)
    text = base64.b64encode(content).decode()
    return {"size": len(content), "encoding": "base64", "content": text, "sha": call.path["sha"]}


def raw_blob(call: Call) -> Reply:
    content = _blob(call)
    return Reply(200, content, content_type=_content_type(content))


def _blob(call: Call) -> bytes:
    repository, sha = call.repository(call.project("read_code")), call.path["sha"]
    if not sha.isalnum():
        raise not_found("Blob")
    try:
        return repository.git("cat-file", "blob", sha)
    except GitError:
        raise not_found("Blob") from None


def archive(call: Call) -> Reply:
    project = call.project("read_code")
    if not call.path["archive"].startswith("archive"):
        raise not_implemented(call.method, call.url)
    kind = call.path["archive"].removeprefix("archive").removeprefix(".") or "tar.gz"
    if kind not in _ARCHIVES:
        raise bad_request("format does not have a valid value")
    repository = call.repository(project)
    ref = call.params.text("sha") or project.default_branch
    sha = repository.resolve(ref)
    if sha is None:
        raise not_found("File")
    path = call.params.text("path")
    prefix = f"{project.path}-{ref.replace('/', '-')}-{sha}"
    content = repository.archive(sha, prefix, path=path, kind=kind)
    name = f"{prefix}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{quote(name)}"'}
    return Reply(200, content, headers, _ARCHIVES[kind])


def list_tags(call: Call) -> Reply:
    project = call.project("read_code")
    tags = sorted(call.repository(project).tags().items())
    return call.page_of(tags, lambda tag: {"name": tag[0], "target": tag[1], "message": ""})


_FILES = "/projects/:id/repository/files/:file_path"
ROUTES = [
    Route("GET", _FILES, show_file, scopes=_READ),
    Route("HEAD", _FILES, head_file, scopes=_READ),
    Route("GET", f"{_FILES}/raw", raw_file, scopes=_READ),
    Route("POST", _FILES, create_file),
    Route("PUT", _FILES, update_file),
    Route("DELETE", _FILES, delete_file),
    Route("GET", "/projects/:id/repository/tree", list_tree),
    Route("GET", "/projects/:id/repository/tags", list_tags),
    Route("GET", "/projects/:id/repository/blobs/:sha", show_blob),
    Route("GET", "/projects/:id/repository/blobs/:sha/raw", raw_blob),
    Route("GET", "/projects/:id/repository/:archive", archive, scopes=_READ),
]
