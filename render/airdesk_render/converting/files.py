"""Files that dag-factory's YAML names: found near it, and carried over beside the manifests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from airdesk_render.converting.items import Item
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import unique

MAX_BYTES = 1_000_000
_START = re.compile(r"^\$(?:\{\w+\}|\w+)/*")
_FOLDERS = {".py": "py", ".sql": "sql", ".hql": "sql", ".sh": "scripts", ".bash": "scripts"}


@dataclass(frozen=True)
class Carried:
    """A file to be written beside the manifests.

    Attributes:
        path: as a manifest names it, such as `py/score.py`.
        source: where it was found.
    """

    path: str
    source: Path
    text: str


class Files:
    """What is carried over; one file once, whoever names it.

    Only files below the `roots` are read, whatever a path says: a YAML file from elsewhere must
    not have this machine's other files copied into a repository.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(dict.fromkeys(root.resolve() for root in roots))
        self.carried: dict[str, Carried] = {}

    def find(self, path: str) -> Path | None:
        """The file of a path: as it stands, else by the longest end of it that is found."""
        given = Path(_START.sub("", path.strip()))
        if given.is_absolute() and self._may_read(given):
            return given.resolve()
        parts = given.parts[1:] if given.is_absolute() else given.parts
        for start in range(len(parts)):
            for root in self.roots:
                candidate = root.joinpath(*parts[start:])
                if self._may_read(candidate):
                    return candidate.resolve()
        return None

    def also_below(self, folder: str) -> bool:
        """Look for files below this folder too, if it (or an end of its path) lies in a root."""
        parts = [part for part in Path(_START.sub("", folder.strip())).parts if part != "/"]
        for start in range(len(parts)):
            for root in self.roots:
                candidate = root.joinpath(*parts[start:]).resolve()
                if candidate.is_dir() and any(candidate.is_relative_to(one) for one in self.roots):
                    self.roots = (*self.roots, candidate)
                    return True
        return False

    def module(self, dotted: str) -> Path | None:
        """The file of a Python module such as `include.callables`."""
        parts = dotted.split(".")
        return self.find("/".join(parts) + ".py") if all(parts) else None

    def _may_read(self, path: Path) -> bool:
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return False
        return real.is_file() and any(real.is_relative_to(root) for root in self.roots)

    def carry(self, source: Path, item: Item, notes: Notes) -> str | None:
        """The path under which a manifest names the file; None (told) if it cannot come."""
        for one in self.carried.values():
            if one.source == source:
                return one.path
        if source.stat().st_size > MAX_BYTES:
            notes.left_out(item.where, source.name, "The file is larger than a manifest's may be.")
            return None
        try:
            text = source.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            notes.left_out(item.where, source.name, "The file is not UTF-8 text.")
            return None
        ending = {".hql": ".sql"}.get(source.suffix, source.suffix)
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", source.stem).strip("_-") or "file"
        folder = _FOLDERS.get(source.suffix, "files")
        taken = {PurePosixPath(path).stem for path in self.carried if path.startswith(f"{folder}/")}
        path = f"{folder}/{unique(name, taken)}{ending}"
        self.carried[path] = Carried(path, source, text)
        return path
