"""What a DAG is made from: its manifest, the defaults around it and the files that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from airdesk_render.catalogue import Catalogue, default_catalogue
from airdesk_render.defaults import defaults_files, is_defaults
from airdesk_render.effective import effective_of
from airdesk_render.manifest import Manifest
from airdesk_render.mapping import copies_of
from airdesk_render.names import MANIFEST_FOLDER
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.parsing import parse_manifest

__all__ = [
    "defaults_files",
    "digest_of",
    "digest_of_source",
    "files_of",
    "is_defaults",
    "referenced_files",
    "source_digest",
    "source_files",
]


def files_of(task: ManagedOperator) -> tuple[str, ...]:
    """Files that a task names, for all its mapped values; relative to the manifest."""
    if not task.expand:
        return task.files()
    return tuple(dict.fromkeys(_files_of_copies(task)))


def _files_of_copies(task: ManagedOperator) -> Iterator[str]:
    yield from task.files()
    for _, _, copy in copies_of(task):
        yield from copy.files()


def referenced_files(manifest: Manifest, manifest_path: str | None = None) -> tuple[str, ...]:
    """Repository paths of the files that a manifest names, sorted, each once.

    Without `manifest_path` the manifest is taken to lie directly in `dags/`.
    """
    folder = MANIFEST_FOLDER if manifest_path is None else manifest_path.rpartition("/")[0]
    files = {file for task in manifest.tree.tasks.values() for file in files_of(task)}
    return tuple(sorted(f"{folder}/{file}" if folder else file for file in files))


def source_files(
    manifest: Manifest, manifest_path: str, files: Mapping[str, object]
) -> tuple[str, ...]:
    """Paths of all that a DAG is made from: manifest, defaults in effect, and what it names.

    Files that a manifest names count even if `files` does not have them.
    """
    around = defaults_files(manifest_path, files)
    return (manifest_path, *around, *referenced_files(manifest, manifest_path))


def source_digest(
    manifest_path: str, files: Mapping[str, str], catalogue: Catalogue | None = None
) -> str:
    """SHA-256 (hex) over all that a DAG is made from; other files do not count.

    `files` may hold a whole repository. A manifest that cannot be read counts by its text and the
    defaults around it.

    Raises:
        KeyError: the manifest itself is not among the files.
    """
    catalogue = catalogue or default_catalogue()
    effective = effective_of(files[manifest_path], manifest_path, files, catalogue)
    data = effective.data
    manifest = parse_manifest(data, catalogue).manifest if isinstance(data, dict) else None
    if manifest is None:
        names = (manifest_path, *defaults_files(manifest_path, files))
        return digest_of({name: files[name] for name in names})
    return digest_of_source(manifest, manifest_path, files)


def digest_of_source(manifest: Manifest, manifest_path: str, files: Mapping[str, str]) -> str:
    """The same where the manifest has been read already."""
    names = source_files(manifest, manifest_path, files)
    return digest_of({name: files[name] for name in names if name in files})


def digest_of(files: Mapping[str, str | bytes]) -> str:
    """SHA-256 (hex) over files by path and content, whatever their order."""
    total = hashlib.sha256()
    for path in sorted(files):
        content = files[path]
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        total.update(f"{len(path.encode())} {len(raw)}\n{path}\n".encode())
        total.update(raw)
    return total.hexdigest()
