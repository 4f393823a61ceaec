"""What several commands need: team, policy, catalogue, and the manifests of a repository.

Nothing heavy is imported before it is needed: a command should start at once.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from airdesk_render.names import MANIFEST_FOLDER, Team, is_manifest
from airdesk_render.repository import Repository

if TYPE_CHECKING:
    from airdesk_render.catalogue import Catalogue
    from airdesk_render.policy import Policy


class Misuse(Exception):
    """The command was called in a way it cannot work; the text is a sentence."""


def add_team_and_policy(
    parser: argparse.ArgumentParser, *, paths: bool = True, team_needed: bool = True
) -> None:
    """Options of commands that look at a team's repository.

    Args:
        paths: whether the command takes manifests and folders of them.
    """
    parser.add_argument("--team", required=team_needed, help="the team that owns the repository")
    parser.add_argument("--policy", metavar="FILE", help="policy.yaml; default: the built-in one")
    add_catalogue(parser)
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="the repository's folder; default: here"
    )
    if paths:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="manifests, or folders of them"
        )


def add_catalogue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--catalogue",
        metavar="DIR",
        help="a copy of the shared operator repository; default: the platform's own operators",
    )


def team_of(name: str) -> Team:
    try:
        return Team(name)
    except ValueError as error:
        raise Misuse(str(error)) from None


def policy_of(file: str | None) -> Policy:
    from airdesk_render.policy import PolicyError, default_policy, load_policy

    if file is None:
        return default_policy()
    try:
        return load_policy(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        raise Misuse(f"the policy {file} cannot be used: {error}") from None


def catalogue_of(folder: str | None) -> Catalogue:
    """The platform's operators, with those of a shared operator repository if one is named.

    Raises:
        Misuse: one of them cannot be used.
    """
    from airdesk_render.catalogue import CatalogueError, default_catalogue, load_catalogue

    if folder is not None and not Path(folder).is_dir():
        raise Misuse(f"there is no folder {folder}.")
    try:
        return default_catalogue() if folder is None else load_catalogue(Path(folder))
    except (OSError, CatalogueError) as error:
        name = f" {folder}" if folder else ""
        raise Misuse(f"the catalogue{name} cannot be used: {error}") from None


class RepositoryFiles(Repository):
    """Texts of a repository by path, read when asked for.

    A symbolic link, a file of more than twice the size limit and a file that is not UTF-8 are as
    good as missing here; `unreadable` says why.
    """

    def __init__(self, root: Path, names: Iterable[str] | None = None) -> None:
        """`names` are the files there are, if they are known already."""
        self.root = root
        self.unreadable: dict[str, str] = {}
        self._names: dict[str, str | None] = dict.fromkeys(
            sorted(_names_in(root) if names is None else names)
        )

    def __getitem__(self, name: str) -> str:
        text = self._names[name]
        if text is None:
            text = self._names[name] = self._read(name)
        return text

    def _read(self, name: str) -> str:
        from airdesk_render.reading import MAX_BYTES

        path = self.root / name
        if path.stat().st_size > 2 * MAX_BYTES:
            self.unreadable[name] = "too-large"
            raise KeyError(name)
        try:
            return path.read_bytes().decode()
        except UnicodeDecodeError:
            self.unreadable[name] = "not-utf8"
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _names_in(root: Path) -> Iterator[str]:
    folder = root / MANIFEST_FOLDER
    for name, linked in () if folder.is_symlink() else walk(folder):
        if not linked:
            yield f"{MANIFEST_FOLDER}/{name}"


def walk(folder: Path, inside: str = "") -> Iterator[tuple[str, bool]]:
    """Files below a folder as relative path and whether it is a link; linked folders are passed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        name = f"{inside}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from walk(Path(entry.path), f"{name}/")
        elif entry.is_symlink():
            if not entry.is_dir():
                yield name, True
        elif entry.is_file():
            yield name, False


def manifests(paths: list[str], root: Path, names: Collection[str] | None = None) -> list[str]:
    """Repository paths of the manifests that `paths` name or hold, sorted.

    Args:
        names: paths of all files in the repository's `dags/`, links too, if they are known.

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
            prefix = "" if inside == "." else f"{inside}/"
            if names is None:
                below: Iterable[str] = (f"{prefix}{name}" for name, _ in walk(path))
            else:
                below = (name for name in names if name.startswith(prefix))
            found.update(filter(is_manifest, below))
        elif not path.is_file():
            raise Misuse(f"there is no {given}.")
        elif is_manifest(inside):
            found.add(inside)
        else:
            raise Misuse(
                f"{given} is no manifest: these are called dags/<dag_id>.dag.yaml, .dag.yml or "
                ".dag.json."
            )
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
