"""What a rendering depends on beside the repository: code, policy, catalogue, options."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from airdesk_render.incremental.scanning import hash_of, scan
from airdesk_render.incremental.state import Stat


def fingerprint(team: str, policy: str | None, catalogue: str | None) -> str:
    """Hash of this package's code, of Python and what is installed, and of what was chosen.

    Args:
        policy: path of the policy's file. catalogue: path of a shared operator repository.
    """
    package = Path(__file__).parent.parent
    parts: list[object] = [team, sys.version, sys.prefix, _code(package)]
    # Installing or removing a package changes the folder it is installed in.
    parts += [_time(path) for path in sys.path]
    parts.append(hash_of(Path(policy)) if policy is not None else None)
    if catalogue is not None:
        folder = Path(catalogue)
        parts.append(sorted((name, hash_of(folder / name)) for name in scan(folder)))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _code(package: Path) -> list[tuple[str, Stat]]:
    found = scan(package)
    return sorted((name, stat) for name, stat in found.items() if not name.endswith(".pyc"))


def _time(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def sources_of(modules: Iterable[str]) -> dict[str, Stat]:
    """Files of loaded modules with their stats; `fingerprint` sees only this package change."""
    found: dict[str, Stat] = {}
    for name in sorted(set(modules)):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None:
            found[file] = _stat(file)
    return found


def are_current(sources: Mapping[str, Stat]) -> bool:
    """Whether files are what they were."""
    return all(_stat(file) == tuple(stat) for file, stat in sources.items())


def _stat(file: str) -> Stat:
    try:
        status = Path(file).stat()
    except OSError:
        return (0, 0)
    return (status.st_size, status.st_mtime_ns)
