"""Files that a manifest names: they must be there, be text and hold what is asked of them."""

from __future__ import annotations

import re

from airdesk_render.checks.inside import Variant, variants_of
from airdesk_render.checks.place import Inspection, meant
from airdesk_render.document import Path
from airdesk_render.manifest import Manifest
from airdesk_render.operators.sql import is_file_path, looks_like_file
from airdesk_render.reading import MAX_BYTES

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def check_references(inspection: Inspection, manifest: Manifest) -> None:
    for task_id, task in manifest.tree.tasks.items():
        here = manifest.tree.nodes[task_id].path
        for variant in variants_of(task):
            if inspection.is_full:
                return
            for file in variant.task.files():
                path = _path_of(variant, here, file)
                if path is not None:
                    _check_file(inspection, variant, file, path)
            for file in variant.task.shared_files():
                path = _path_of(variant, here, file)
                if path is not None:
                    _check_shared(inspection, variant, file, path)


def _path_of(variant: Variant, here: Path, file: str) -> Path | None:
    """Path of the field that names a file."""
    task = variant.task
    names = (name for name in task.file_fields if getattr(task, name) == file)
    field = next(names, None)
    place: Path | None = () if field is None else (field,)
    path = variant.path_of(place or ())
    return None if path is None else (*here, *path)


def _check_shared(inspection: Inspection, variant: Variant, file: str, path: Path) -> None:
    """A file of the shared operator repository, which was checked there."""
    content = inspection.catalogue.files.get(file)
    if content is None:
        known = inspection.catalogue.files
        inspection.report(
            "file-missing",
            f"The shared operator repository has no {file}. Without shared: true the file beside "
            "the manifest is meant.",
            path,
            suggestion=meant(file, known),
        )
    elif "function" in type(variant.task).model_fields:
        from airdesk_render.checks.functions import check_function

        check_function(inspection, variant, file, content.decode(errors="replace"), path)


def _check_file(inspection: Inspection, variant: Variant, file: str, path: Path) -> None:
    if looks_like_file(file) and not is_file_path(file):
        inspection.report(
            "file-path",
            "Name a file beside the manifest: no '..', no leading /, plain letters.",
            path,
        )
        return
    text = _text(inspection, file, path)
    if text is None:
        return
    name = inspection.beside(file)
    if file.endswith(".py"):
        from airdesk_render.checks.functions import check_function

        check_function(inspection, variant, name, text, path)
    elif file.endswith(".ipynb"):
        from airdesk_render.checks.notebooks import check_notebook

        check_notebook(inspection, name, text, path)


def _text(inspection: Inspection, file: str, path: Path) -> str | None:
    name = inspection.beside(file)
    text = inspection.files.get(name)
    if text is None:
        folder = inspection.beside("")
        near = [
            known.removeprefix(folder) for known in inspection.files if known.startswith(folder)
        ]
        inspection.report(
            "file-missing",
            f"There is no file {name} in the repository.",
            path,
            suggestion=meant(file, near),
        )
        return None
    if len(text) > MAX_BYTES:
        inspection.report("too-large", f"{name} is larger than {MAX_BYTES // 1024} KiB.", path)
        return None
    if not text.isascii() or not text.isprintable():
        return _readable(inspection, name, text, path)
    return text


def _readable(inspection: Inspection, name: str, text: str, path: Path) -> str | None:
    if (odd := _CONTROL.search(text)) is None:
        return text
    # Also keeps archives out: Airflow would import DAGs from anything that looks like a ZIP.
    line = text.count("\n", 0, odd.start()) + 1
    column = odd.start() - text.rfind("\n", 0, odd.start())
    message = f"The character U+{ord(odd.group()):04X} does not belong in a text file."
    inspection.report_at(name, line, column, "file-characters", message, path)
    return None
