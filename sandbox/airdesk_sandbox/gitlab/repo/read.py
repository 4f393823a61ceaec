"""Reading a bare repository."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

ZERO = "0" * 40
_SHA = re.compile(r"[0-9a-f]{40}")
_NO_REF = re.compile(r"\.\.|[\x00-\x20~^:?*\[\\]|//|\.lock$|/$|@\{")
_FORMAT = "%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B%x1e"


class GitError(Exception):
    """git refused; the text is what it said."""


@dataclass(frozen=True)
class Commit:
    sha: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    authored_at: datetime
    committer_name: str
    committer_email: str
    committed_at: datetime
    message: str

    @property
    def title(self) -> str:
        return self.message.split("\n", 1)[0]


@dataclass(frozen=True)
class Entry:
    """One row of a tree; `kind` is `blob`, `tree` or `commit`."""

    mode: str
    kind: str
    sha: str
    path: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Blob:
    sha: str
    content: bytes
    mode: str


class Repository:
    """A bare repository; every method runs git and takes some milliseconds."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Repository) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    def git(
        self,
        *args: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        fine: Sequence[int] = (0,),
    ) -> bytes:
        """
        Raises:
            GitError: git ended with a status that is not among the `fine` ones.
        """
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *args],
            input=stdin,
            capture_output=True,
            env={**git_environment(), **(env or {})},
            check=False,
        )
        if done.returncode not in fine:
            raise GitError(done.stderr.decode(errors="replace").strip() or f"git {args[0]} failed")
        return done.stdout

    def fixed(self, *args: str) -> bytes:
        """`git`, for questions about whole SHAs only: their answer never changes and is kept."""
        return _fixed(self, args)

    def resolve(self, ref: str) -> str | None:
        """The commit that a branch, tag, full ref or (short) SHA names."""
        if not ref or ref.startswith("-"):
            return None
        if branch := self.ref(f"refs/heads/{ref}"):
            return branch
        ask = self.fixed if _SHA.fullmatch(ref) else self.git
        for name in (f"refs/tags/{ref}", ref):
            try:
                found = ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
                return found.decode().strip()
            except GitError:
                continue
        return None

    def ref(self, name: str) -> str | None:
        """What exactly this ref (`refs/heads/main`) points to.

        Read from git's files: this is asked so often that a process each time would be felt.
        """
        if not name.startswith("refs/") or _NO_REF.search(name):
            return None
        try:
            text = (self.path / name).read_text().strip()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return self._packed(name)
        return text if _SHA.fullmatch(text) else None

    def _packed(self, name: str) -> str | None:
        packed = self.path / "packed-refs"
        if not packed.exists():
            return None
        for line in packed.read_text().splitlines():
            sha, _, packed_name = line.partition(" ")
            if packed_name == name:
                return sha
        return None

    def branches(self) -> dict[str, str]:
        return self._refs("refs/heads")

    def tags(self) -> dict[str, str]:
        return self._refs("refs/tags")

    def _refs(self, prefix: str) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname)", prefix).decode()
        pairs = (line.split(" ", 1) for line in lines.splitlines())
        return {name.removeprefix(f"{prefix}/"): sha for sha, name in pairs}

    def commits(
        self,
        spec: str | Sequence[str],
        *,
        path: str | None = None,
        limit: int | None = None,
        options: Sequence[str] = (),
    ) -> list[Commit]:
        """Commits reachable from `spec` (a commit, or `a..b`), newest first."""
        specs = [spec] if isinstance(spec, str) else list(spec)
        count = [f"--max-count={limit}"] if limit is not None else []
        where = ["--", path] if path else ["--"]
        moving = any(not _SHA.fullmatch(part) for s in specs for part in s.strip("^").split(".."))
        ask = self.git if moving else self.fixed
        text = ask("log", f"--format={_FORMAT}", *count, *options, *specs, *where)
        records = text.decode(errors="replace").split("\x1e")
        return [_commit(record.strip("\n")) for record in records if record.strip()]

    def commit(self, sha: str) -> Commit:
        return self.commits(sha, limit=1)[0]

    def tree(self, sha: str, path: str = "", *, recursive: bool = False) -> list[Entry] | None:
        """Entries of a folder, `None` where the commit has no such folder."""
        target = f"{sha}:{path.strip('/')}" if path.strip("/") else sha
        options = ["-r", "-t"] if recursive else []
        try:
            lines = self.git("ls-tree", "-z", *options, target).decode(errors="replace")
        except GitError:
            return None
        prefix = f"{path.strip('/')}/" if path.strip("/") else ""
        entries = []
        for line in filter(None, lines.split("\0")):
            meta, _, name = line.partition("\t")
            mode, kind, oid = meta.split()
            entries.append(Entry(mode, kind, oid, prefix + name))
        return entries

    def blob(self, sha: str, path: str) -> Blob | None:
        """A file at a commit, `None` where there is none."""
        try:
            line = self.git("ls-tree", "-z", sha, "--", path.strip("/")).decode(errors="replace")
        except GitError:
            return None
        meta = line.split("\t", 1)[0].split()
        if len(meta) != 3 or meta[1] != "blob":
            return None
        return Blob(meta[2], self.git("cat-file", "blob", meta[2]), meta[0])

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.fixed("merge-base", one, other).decode().strip()
        except GitError:
            return None

    def is_ancestor(self, old: str, new: str) -> bool:
        return self.merge_base(old, new) == old

    def archive(self, sha: str, prefix: str, *, path: str = "", kind: str = "tar.gz") -> bytes:
        only = ["--", path] if path else []
        return self.git("archive", f"--format={kind}", f"--prefix={prefix}/", sha, *only)

    def changed_paths(self, old: str, new: str) -> list[str]:
        listing = self.fixed("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", old, new)
        return [path for path in listing.decode(errors="replace").split("\0") if path]


@lru_cache(maxsize=4096)
def _fixed(repository: Repository, args: tuple[str, ...]) -> bytes:
    return repository.git(*args)


def git_environment() -> dict[str, str]:
    """A git that reads nobody's personal settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }


def _commit(record: str) -> Commit:
    sha, parents, a_name, a_mail, a_time, c_name, c_mail, c_time, message = record.split("\x1f", 8)
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author_name=a_name,
        author_email=a_mail,
        authored_at=datetime.fromisoformat(a_time),
        committer_name=c_name,
        committer_email=c_mail,
        committed_at=datetime.fromisoformat(c_time),
        message=message,
    )
