"""What changed between two commits, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airdesk_sandbox.gitlab.repo.read import Repository

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True)
class FileDiff:
    """`status` is git's letter: A, M, D, R (renamed), T (type)."""

    old_path: str
    new_path: str
    old_mode: str
    new_mode: str
    status: str
    diff: str
    """The hunks, from the first `@@` on."""

    @property
    def added(self) -> int:
        return sum(line.startswith("+") for line in self.diff.splitlines())

    @property
    def removed(self) -> int:
        return sum(line.startswith("-") for line in self.diff.splitlines())

    def as_json(self) -> dict[str, Any]:
        return {
            "diff": self.diff,
            "collapsed": False,
            "too_large": False,
            "new_path": self.new_path,
            "old_path": self.old_path,
            "a_mode": self.old_mode,
            "b_mode": self.new_mode,
            "new_file": self.status == "A",
            "renamed_file": self.status == "R",
            "deleted_file": self.status == "D",
            "generated_file": False,
        }


def diff(repository: Repository, old: str | None, new: str) -> list[FileDiff]:
    """Changes from `old` (`None`: from nothing) to `new`."""
    trees = [old or _EMPTY_TREE, new]
    raw = repository.fixed("diff-tree", "-r", "-M", "-z", "--raw", "--full-index", *trees)
    patch = repository.fixed("diff-tree", "-r", "-M", "-p", "--no-color", *trees)
    hunks = _split_patch(patch.decode(errors="replace"))
    result = []
    for index, (modes, status, old_path, new_path) in enumerate(_rows(raw)):
        text = hunks[index] if index < len(hunks) else ""
        result.append(FileDiff(old_path, new_path, modes[0], modes[1], status, text))
    return result


def _rows(raw: bytes) -> list[tuple[tuple[str, str], str, str, str]]:
    fields = iter(raw.decode(errors="replace").split("\0"))
    rows = []
    for meta in fields:
        if not meta.startswith(":"):
            continue
        old_mode, new_mode, _, _, letter = meta[1:].split(" ")
        old_path = next(fields)
        new_path = next(fields) if letter[0] in "RC" else old_path
        rows.append(((old_mode, new_mode), letter[0], old_path, new_path))
    return rows


def _split_patch(patch: str) -> list[str]:
    """The hunks of each file; no line of a hunk can begin with `diff --git`."""
    hunks: list[list[str]] = []
    inside = False
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            hunks.append([])
            inside = False
        elif hunks and (inside or line.startswith(("@@", "Binary files"))):
            inside = True
            hunks[-1].append(line)
    return ["\n".join(lines).rstrip("\n") + "\n" if lines else "" for lines in hunks]
