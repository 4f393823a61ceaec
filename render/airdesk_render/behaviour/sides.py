"""The two states that are compared: a folder, or a revision that is never checked out."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from airdesk_render.names import MANIFEST_FOLDER
from airdesk_render.reading import MAX_BYTES

_MOST_BYTES = 2 * MAX_BYTES
_PLAIN_FILES = ("100644", "100755")


class NoSuchSide(ValueError):
    """What was named is no folder and no revision; the text is a sentence."""


class Side(Mapping[str, str]):
    """Texts of a repository's `dags/` by path, read when asked for.

    A file that is no text, or far too large, is as good as missing; `unreadable` says why.

    Attributes:
        label: how people named it.
        digests: path to a digest of the content; equal for equal bytes, whatever the side.
    """

    label: str
    digests: Mapping[str, str]

    def __init__(self, label: str) -> None:
        self.label = label
        self.unreadable: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._texts:
            if path not in self.digests or path in self.unreadable:
                raise KeyError(path)
            self._texts[path] = self._text(path)
        return self._texts[path]

    def __contains__(self, path: object) -> bool:
        return path in self.digests and path not in self.unreadable

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)

    def load(self, paths: list[str]) -> None:
        """Read several files at once where that is quicker."""

    def _bytes(self, path: str) -> bytes | None:
        """The content, or `None` where it is too large."""
        raise NotImplementedError

    def _text(self, path: str) -> str:
        raw = self._bytes(path)
        if raw is None:
            self.unreadable[path] = "too-large"
            raise KeyError(path)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.unreadable[path] = "not-utf8"
            raise KeyError(path) from None


class Folder(Side):
    """A folder that holds `dags/`; symbolic links are left out, as everywhere."""

    def __init__(self, folder: Path, label: str) -> None:
        super().__init__(label)
        self.folder = folder
        self._raw: dict[str, bytes] = {}
        self.digests = dict(self._found())

    def _found(self) -> Iterator[tuple[str, str]]:
        for path in sorted(_plain_files(self.folder / MANIFEST_FOLDER)):
            name = os.fsencode(path.relative_to(self.folder)).decode("utf-8", "backslashreplace")
            size = path.stat().st_size
            if size > _MOST_BYTES:
                self.unreadable[name] = "too-large"
                with path.open("rb") as stream:
                    yield name, _blob_id(size, stream.read())
                continue
            raw = self._raw[name] = path.read_bytes()
            yield name, _blob_id(len(raw), raw)

    def _bytes(self, path: str) -> bytes | None:
        return self._raw.get(path)


def _plain_files(folder: Path) -> Iterator[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _plain_files(path)
        elif path.is_file():
            yield path


def _blob_id(size: int, raw: bytes) -> str:
    """The id that git gives to this content, so that a folder compares with a revision."""
    return hashlib.sha1(b"blob %d\0%b" % (size, raw), usedforsecurity=False).hexdigest()


class Revision(Side):
    """A commit, tag or branch of the repository around `root`."""

    def __init__(self, root: Path, revision: str) -> None:
        super().__init__(revision)
        self.root = root
        self.commit = _commit(root, revision)
        prefix = _git(root, "rev-parse", "--show-prefix").decode().strip()
        listing = _git(
            root, "ls-tree", "-r", "-l", "-z", self.commit, "--", f"./{MANIFEST_FOLDER}/"
        )
        self._sizes: dict[str, int] = {}
        self.digests = dict(self._listed(listing, prefix))
        self._blobs: dict[str, bytes] = {}

    def _listed(self, listing: bytes, prefix: str) -> Iterator[tuple[str, str]]:
        for row in filter(None, listing.split(b"\0")):
            head, _, raw_name = row.partition(b"\t")
            mode, kind, blob, size = head.decode().split()
            name = raw_name.decode("utf-8", "backslashreplace").removeprefix(prefix)
            if kind != "blob" or mode not in _PLAIN_FILES:
                continue
            self._sizes[name] = int(size)
            yield name, blob

    def load(self, paths: list[str]) -> None:
        wanted = [
            self.digests[path]
            for path in paths
            if path in self.digests
            and self.digests[path] not in self._blobs
            and self._sizes[path] <= _MOST_BYTES
        ]
        if not wanted:
            return
        asked = "".join(f"{blob}\n" for blob in dict.fromkeys(wanted)).encode()
        answer = _git(self.root, "cat-file", "--batch", given=asked)
        at = 0
        while at < len(answer):
            end = answer.index(b"\n", at)
            blob, kind, *rest = answer[at:end].decode().split()
            if not rest:
                raise NoSuchSide(f"{self.label!r} is not whole here: a file is {kind}.")
            size = rest[0]
            self._blobs[blob] = answer[end + 1 : end + 1 + int(size)]
            at = end + 2 + int(size)

    def _bytes(self, path: str) -> bytes | None:
        if self._sizes[path] > _MOST_BYTES:
            return None
        self.load([path])
        return self._blobs[self.digests[path]]


def side_of(name: str, root: Path) -> Side:
    """A folder where there is one of that name, else a revision of the repository at `root`.

    Raises:
        NoSuchSide: it is neither.
    """
    if name and (folder := Path(name)).is_dir():
        return Folder(folder, name)
    return Revision(root, name)


def _commit(root: Path, revision: str) -> str:
    if not revision or revision.startswith("-"):
        raise NoSuchSide(f"{revision!r} is neither a folder nor a revision.")
    try:
        found = _git(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except NoSuchSide as error:
        said = f" ({error})" if str(error) else ""
        raise NoSuchSide(
            f"{revision!r} is neither a folder nor a revision of the repository {root}{said}."
        ) from None
    return found.decode().strip()


def _git(root: Path, *arguments: str, given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            input=given,
            capture_output=True,
            check=False,
            # a repository's own settings must not make this reach out for what it lacks
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except OSError as error:
        raise NoSuchSide(f"git cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoSuchSide(lines[0] if lines else "")
    return done.stdout
