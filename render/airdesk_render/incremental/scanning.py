"""Looking at many files quickly: their sizes and times, and their content only if those changed."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from airdesk_render.incremental.state import Known, Stat

_SECOND = 1_000_000_000
_TICK = _SECOND // 10


def scan(folder: Path, inside: str = "", links: list[str] | None = None) -> dict[str, Stat]:
    """Plain files below a folder by path; links are passed over, and put into `links`."""
    found: dict[str, Stat] = {}
    if not folder.is_symlink():
        _scan(str(folder), inside, found, [] if links is None else links)
    return found


def _scan(folder: str, inside: str, found: dict[str, Stat], links: list[str]) -> None:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                found[inside + entry.name] = (status.st_size, status.st_mtime_ns)
            elif entry.is_dir(follow_symlinks=False):
                _scan(entry.path, f"{inside}{entry.name}/", found, links)
            elif entry.is_symlink() and not entry.is_dir():
                links.append(inside + entry.name)


def sweep(folder: Path, inside: str, keep: Collection[str]) -> dict[str, Stat]:
    """Remove all below a folder that is not one of the plain files in `keep`; their stats."""
    found: dict[str, Stat] = {}
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        _sweep(str(folder), inside, keep, found)
    return found


def _sweep(folder: str, inside: str, keep: Collection[str], found: dict[str, Stat]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = inside + entry.name
            if entry.is_dir(follow_symlinks=False):
                _sweep(entry.path, f"{path}/", keep, found)
            elif path in keep and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                found[path] = (status.st_size, status.st_mtime_ns)
            else:
                Path(entry.path).unlink()
    if not next(reversed(found), "").startswith(inside):
        Path(folder).rmdir()


def remove(root: Path, paths: Iterable[str]) -> None:
    """Remove files, and folders below `root` that are empty then."""
    for path in paths:
        file = root / path
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if folder == root or any(folder.iterdir()):
                break
            folder.rmdir()


def content_hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def hash_of(path: Path) -> str:
    """Hash of a file; "" where it cannot be read."""
    try:
        return content_hash(path.read_bytes())
    except OSError:
        return ""


def settled(stat: Stat, now: int | None = None) -> Stat:
    """A stat to be kept: without its time where the file might still change within one tick.

    File systems that count whole seconds get two of them.
    """
    size, changed = stat
    patience = 2 * _SECOND if changed % _SECOND == 0 else _TICK
    recent = (time.time_ns() if now is None else now) - changed < patience
    return (size, 0) if recent else stat


def edited(root: Path, found: dict[str, Stat], known: dict[str, Known | None]) -> set[str]:
    """Paths of files that are there still, but with another content than `known` says.

    Where only the time differs, `known` learns the new one. Files that were never read are left
    alone.
    """
    changed = set()
    for path, stat in found.items():
        old = known.get(path)
        if old is None or (old[0] == stat[0] and old[1] == stat[1]):
            continue
        if old[2] and old[0] == stat[0] and hash_of(root / path) == old[2]:
            known[path] = (*settled(stat), old[2])
        else:
            changed.add(path)
            known[path] = None
    return changed
