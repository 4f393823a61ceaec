"""What a DAG is made from: its manifest and the files that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pydantic import ValidationError

from airdesk_render.manifest import Manifest
from airdesk_render.names import MANIFEST_FOLDER
from airdesk_render.reading import read


def referenced_files(manifest: Manifest, manifest_path: str | None = None) -> tuple[str, ...]:
    """Repository paths of the files that a manifest names, sorted, each once.

    Without `manifest_path` the manifest is taken to lie directly in `dags/`.
    """
    folder = MANIFEST_FOLDER if manifest_path is None else manifest_path.rpartition("/")[0]
    files = {file for task in manifest.tasks.values() for file in task.files()}
    return tuple(sorted(f"{folder}/{file}" if folder else file for file in files))


def source_digest(manifest_path: str, files: Mapping[str, str]) -> str:
    """SHA-256 (hex) over a manifest and the files it names; other files do not count.

    `files` may hold a whole repository. A manifest that cannot be read counts by its text alone.

    Raises:
        KeyError: the manifest itself is not among the files.
    """
    text = files[manifest_path]
    try:
        manifest = Manifest.model_validate(read(text).data)
    except ValidationError:
        return digest_of({manifest_path: text})
    return digest_of_source(manifest, manifest_path, files)


def digest_of_source(manifest: Manifest, manifest_path: str, files: Mapping[str, str]) -> str:
    """The same where the manifest has been read already."""
    names = (manifest_path, *referenced_files(manifest, manifest_path))
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
