"""What several commands need: team, policy, and the manifests of a repository."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from airdesk_render.names import MANIFEST_FOLDER, Team, is_manifest
from airdesk_render.policy import Policy, PolicyError, default_policy, load_policy
from airdesk_render.reading import MAX_BYTES


class Misuse(Exception):
    """The command was called in a way it cannot work; the text is a sentence."""


def add_team_and_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--team", required=True, help="the team that owns the repository")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="the repository's folder; default: here"
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="manifests, or folders of them")


def team_of(name: str) -> Team:
    try:
        return Team(name)
    except ValueError as error:
        raise Misuse(str(error)) from None


def policy_of(file: str | None) -> Policy:
    if file is None:
        return default_policy()
    try:
        return load_policy(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        raise Misuse(f"the policy {file} cannot be used: {error}") from None


class RepositoryFiles(Mapping[str, str]):
    """Texts of a repository by path, read when asked for.

    A symbolic link, a file of more than twice the size limit and a file that is not UTF-8 are as
    good as missing here; `unreadable` says why.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: dict[str, str] = {}
        self._names: dict[str, str | None] = {
            path.relative_to(root).as_posix(): None
            for path in sorted((root / MANIFEST_FOLDER).rglob("*"))
            if path.is_file() and not _linked(path, root)
        }

    def __getitem__(self, name: str) -> str:
        text = self._names[name]
        if text is None:
            text = self._names[name] = self._read(name)
        return text

    def _read(self, name: str) -> str:
        path = self.root / name
        if path.stat().st_size > 2 * MAX_BYTES:
            self.unreadable[name] = "too-large"
            raise KeyError(name)
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self.unreadable[name] = "not-utf8"
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _linked(path: Path, root: Path) -> bool:
    return any(part.is_symlink() for part in (path, *path.parents) if root in part.parents)


def manifests(paths: list[str], root: Path) -> list[str]:
    """Repository paths of the manifests that `paths` name or hold, sorted.

    Raises:
        Misuse: a path is missing, outside the repository, or a file that is no manifest.
    """
    found: set[str] = set()
    for given in paths:
        path = Path(given) if Path(given).is_absolute() else root / given
        try:
            inside = path.resolve().relative_to(root.resolve()).as_posix()
        except ValueError:
            raise Misuse(f"{given} lies outside the repository {root}.") from None
        if path.is_dir():
            files = (
                file.relative_to(root).as_posix() for file in path.rglob("*") if file.is_file()
            )
            found.update(name for name in files if is_manifest(name))
        elif path.is_file():
            found.add(inside)
        else:
            raise Misuse(f"there is no {given}.")
    return sorted(found)


@contextmanager
def section(name: str, title: str) -> Iterator[None]:
    """A part of the log that GitLab can fold; elsewhere only its title is printed."""
    in_gitlab = bool(os.environ.get("GITLAB_CI"))
    if in_gitlab:
        say(f"\x1b[0Ksection_start:{int(time.time())}:{name}\r\x1b[0K{title}")
    else:
        say(title)
    try:
        yield
    finally:
        if in_gitlab:
            say(f"\x1b[0Ksection_end:{int(time.time())}:{name}\r\x1b[0K")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def write_file(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
