"""The files of defaults around a manifest: found, read once, and looked at for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from airdesk_render.catalogue import Catalogue
from airdesk_render.document import Document, Problem
from airdesk_render.language.defaults import DEFAULTS_NAMES, Defaults
from airdesk_render.language.task import TaskCommon, TaskOptions
from airdesk_render.names import MANIFEST_FOLDER
from airdesk_render.reading import read
from airdesk_render.shape_errors import ShapeError, errors_of


@dataclass(frozen=True, eq=False)
class Layer:
    """One file of defaults.

    Attributes:
        name: `team` for the one in `dags/`, `folder` for one below.
        data: what it holds, as far as it could be read.
        errors: what is wrong with its shape, by paths in this file.
        whole: whether all of it could be read.
        beaten: the file in the same folder that is used instead of this one.
    """

    name: str
    file: str
    text: str
    document: Document
    data: Mapping[str, Any]
    errors: tuple[ShapeError, ...]
    beaten: str | None = None

    @property
    def whole(self) -> bool:
        return isinstance(self.document.data, dict) and not self.document.problems


def is_defaults(path: str) -> bool:
    """Whether a path in a team's repository names a file of defaults."""
    folder, _, name = path.rpartition("/")
    return name in DEFAULTS_NAMES and f"{folder}/".startswith(f"{MANIFEST_FOLDER}/")


def defaults_files(manifest_path: str, files: Mapping[str, object]) -> tuple[str, ...]:
    """Files of defaults that are in effect for a manifest, nearest first."""
    found = []
    folder = manifest_path.rpartition("/")[0]
    while f"{folder}/".startswith(f"{MANIFEST_FOLDER}/"):
        names = (f"{folder}/{name}" for name in DEFAULTS_NAMES)
        found += [name for name in names if name in files]
        folder = folder.rpartition("/")[0]
    return tuple(found)


def layers_of(
    manifest_path: str, files: Mapping[str, str], catalogue: Catalogue
) -> tuple[Layer, ...]:
    """The same files as read. A second one in a folder is `beaten` and counts for nothing."""
    folders: dict[str, str] = {}
    layers = []
    for file in defaults_files(manifest_path, files):
        folder = file.rpartition("/")[0]
        layers.append(_layer(file, files.get(file), folders.get(folder), catalogue))
        folders.setdefault(folder, file)
    return tuple(layers)


@lru_cache(maxsize=256)
def _layer(file: str, text: str | None, beaten: str | None, catalogue: Catalogue) -> Layer:
    if text is None:
        message = "This file of defaults is not UTF-8 text, or too large."
        unread = Document(problems=[Problem(1, 1, "not-utf8", message)])
        return Layer("team", file, "", unread, {}, (), beaten)
    document = read(text)
    name = "team" if file.rpartition("/")[0] == MANIFEST_FOLDER else "folder"
    errors = () if document.problems else tuple(_errors(document.data, catalogue))
    data = document.data if isinstance(document.data, dict) and beaten is None else {}
    return Layer(name, file, text, document, data, errors, beaten)


def _errors(data: object, catalogue: Catalogue) -> list[ShapeError]:
    if not isinstance(data, dict):
        what = "is empty" if data is None else "must be a mapping of keys to values"
        message = f"This file {what}. A file of defaults begins with version: 1."
        return [ShapeError((), "not_a_manifest", message, data)]
    errors: list[ShapeError] = []
    try:
        Defaults.model_validate(data)
    except ValidationError as error:
        errors += errors_of(error, data)
    operators = data.get("operators")
    for key, fields in operators.items() if isinstance(operators, dict) else ():
        if isinstance(fields, dict):
            errors += _operator_errors(key, fields, catalogue)
    return errors


_NOT_SHARED = frozenset((*TaskCommon.model_fields, "operator")) - TaskOptions.model_fields.keys()
"""Fields that say what one task is to the others; no two tasks have them in common."""


def _operator_errors(key: str, fields: dict[str, Any], catalogue: Catalogue) -> list[ShapeError]:
    path = ("operators", key)
    operator = catalogue.operators.get(key)
    if operator is None:
        known = tuple(catalogue.operators)
        return [ShapeError(path, "operator_unknown", "no such operator", key, {}, True, known)]
    known = tuple(name for name in operator.model_fields if name not in _NOT_SHARED)
    errors = [
        ShapeError((*path, name), "extra_forbidden", "not shared", fields[name], {}, True, known)
        for name in fields
        if name not in known
    ]
    given = {name: value for name, value in fields.items() if name in known}
    try:
        operator.model_validate({"operator": key, **given})
    except ValidationError as error:
        wrong = errors_of(error, {"operator": key, **given}, path)
        errors += [one for one in wrong if len(one.path) > 2 and one.kind != "missing"]
    return errors
