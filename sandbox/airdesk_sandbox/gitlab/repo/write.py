"""Writing a bare repository: new ones, commits from actions, merges, refs."""

from __future__ import annotations

import base64
import binascii
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.repo.read import ZERO, GitError, Repository, git_environment

# Asked by git before refs move; the server has already judged and says in the environment
# what it refuses, the hook looks at what only git knows: whether history would be rewritten.
_PRE_RECEIVE = """#!/bin/sh
if [ -n "$AIRDESK_REFUSAL" ]; then
  echo "GitLab: $AIRDESK_REFUSAL" >&2
  exit 1
fi
zero=0000000000000000000000000000000000000000
while read -r old new ref; do
  case " $AIRDESK_JUDGED " in *" $ref "*) ;; *)
    echo "GitLab: $ref was not asked for." >&2
    exit 1 ;;
  esac
  case " $AIRDESK_NO_FORCE " in *" $ref "*) ;; *) continue ;; esac
  [ "$old" = "$zero" ] && continue
  if [ "$(git merge-base "$old" "$new")" != "$old" ]; then
    echo "GitLab: You are not allowed to force push code to a protected branch on this project." >&2
    exit 1
  fi
done
exit 0
"""


class RefusalError(Exception):
    """What was asked cannot be written; the sentence is GitLab's."""


@dataclass(frozen=True)
class Signature:
    name: str
    email: str

    def line(self) -> str:
        clean = self.name.replace("<", "").replace(">", "").replace("\n", " ")
        return f"{clean} <{self.email}> {int(now().timestamp())} +0000"


def create_repository(path: Path, default_branch: str) -> Repository:
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["git", "init", "--quiet", "--bare", f"--initial-branch={default_branch}", str(path)],
        check=True,
        env=git_environment(),
    )
    repository = Repository(path)
    for key in ("http.receivepack", "uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"):
        repository.git("config", key, "true")
    # as Gitaly does: a pushed tree with `..` or `.git` in it is refused
    repository.git("config", "receive.fsckObjects", "true")
    repository.git("config", "transfer.hideRefs", "refs/airdesk")
    repository.git("config", "gc.auto", "0")
    hook = path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_PRE_RECEIVE)
    hook.chmod(0o755)
    return repository


def set_ref(repository: Repository, ref: str, new: str, old: str | None) -> None:
    """Move a ref, if it still is where we think (`None`: does not exist).

    Raises:
        RefusalError: somebody moved it meanwhile.
    """
    try:
        repository.git("update-ref", ref, new, old or ZERO)
    except GitError:
        raise RefusalError("The branch changed meanwhile. Read it again and repeat.") from None


def delete_ref(repository: Repository, ref: str) -> None:
    repository.git("update-ref", "-d", ref)


def commit_actions(
    repository: Repository,
    *,
    parent: str | None,
    actions: Sequence[dict[str, Any]],
    message: str,
    author: Signature,
    committer: Signature,
) -> str:
    """Make a commit from actions as the commits API takes them; no ref moves.

    Raises:
        RefusalError: an action does not fit the files that are there.
    """
    present: dict[str, str] = {}
    if parent is not None:
        entries = repository.tree(parent, recursive=True) or []
        present = {entry.path: entry.mode for entry in entries if entry.kind == "blob"}
    ref = f"refs/airdesk/{secrets.token_hex(8)}"
    head = [
        f"commit {ref}".encode(),
        f"author {author.line()}".encode(),
        f"committer {committer.line()}".encode(),
        _data(message.encode()),
    ]
    if parent is not None:
        head.append(f"from {parent}".encode())
    changes = [line for action in actions for line in _change(repository, parent, action, present)]
    stream = b"\n".join([*head, *changes, b"done", b""])
    try:
        repository.git("fast-import", "--quiet", "--done", stdin=stream)
        return repository.git("rev-parse", ref).decode().strip()
    except GitError as error:
        raise RefusalError(str(error)) from None
    finally:
        delete_ref(repository, ref)


def _change(
    repository: Repository, parent: str | None, action: dict[str, Any], present: dict[str, str]
) -> list[bytes]:
    kind, path = str(action.get("action")), _path(action.get("file_path"))
    if kind == "create" and path in present:
        raise RefusalError("A file with this name already exists")
    if kind in ("update", "delete", "chmod") and path not in present:
        raise RefusalError("A file with this name doesn't exist")
    mode = present.get(path, "100644")
    if kind == "delete":
        del present[path]
        return [b"D " + _quoted(path)]
    if kind == "move":
        return _move(repository, parent, action, present)
    if "execute_filemode" in action:
        mode = "100755" if action["execute_filemode"] else "100644"
    if kind == "chmod":
        blob = repository.blob(parent or "", path)
        content = blob.content if blob else b""
    elif kind in ("create", "update"):
        content = _content(action)
    else:
        raise RefusalError(f"Unknown action '{kind}'")
    present[path] = mode
    return [f"M {mode} inline ".encode() + _quoted(path), _data(content)]


def _move(
    repository: Repository, parent: str | None, action: dict[str, Any], present: dict[str, str]
) -> list[bytes]:
    path, previous = _path(action.get("file_path")), _path(action.get("previous_path"))
    if previous not in present:
        raise RefusalError("A file with this name doesn't exist")
    if path in present:
        raise RefusalError("A file with this name already exists")
    present[path] = present.pop(previous)
    lines = [b"R " + _quoted(previous) + b" " + _quoted(path)]
    if action.get("content") is not None:
        lines += [f"M {present[path]} inline ".encode() + _quoted(path), _data(_content(action))]
    return lines


def _content(action: dict[str, Any]) -> bytes:
    text = str(action.get("content") or "")
    if action.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        raise RefusalError("The content is not valid base64") from None


def _path(value: Any) -> str:
    path = str(value or "").strip("/")
    parts = path.split("/")
    if not path or ".." in parts or ".git" in parts or "" in parts or "\n" in path:
        raise RefusalError("file_path should be a valid file path")
    return path


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)


def merge(
    repository: Repository, target: str, source: str, *, message: str, author: Signature
) -> str | None:
    """A merge commit of two commits, `None` where they conflict; no ref moves."""
    tree = merged_tree(repository, target, source)
    if tree is None:
        return None
    return commit_tree(repository, tree, (target, source), message=message, author=author)


def merged_tree(repository: Repository, target: str, source: str) -> str | None:
    try:
        output = repository.fixed("merge-tree", "--write-tree", target, source)
    except GitError:
        return None
    return output.decode().splitlines()[0]


@dataclass(frozen=True)
class Conflict:
    """A file that two commits change in ways that exclude each other; `text` has git's marks."""

    path: str
    text: str


def conflicts(repository: Repository, target: str, source: str) -> list[Conflict]:
    """What keeps two commits from being merged, empty where nothing does."""
    options = ["--write-tree", "--name-only", "--no-messages", "-z"]
    told = repository.git("merge-tree", *options, target, source, fine=(0, 1))
    tree, *paths = [part for part in told.decode(errors="replace").split("\0") if part]
    found = []
    for path in dict.fromkeys(paths):
        blob = repository.blob(tree, path)
        found.append(Conflict(path, blob.content.decode(errors="replace") if blob else ""))
    return found


def commit_tree(
    repository: Repository, tree: str, parents: Sequence[str], *, message: str, author: Signature
) -> str:
    stamp = {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_COMMITTER_NAME": author.name,
        "GIT_COMMITTER_EMAIL": author.email,
    }
    flags = [flag for parent in parents for flag in ("-p", parent)]
    made = repository.git("commit-tree", tree, *flags, stdin=message.encode(), env=stamp)
    return made.decode().strip()
