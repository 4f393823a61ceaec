"""Jinja in every field and file that Airflow will replace."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from airdesk_render.checks.place import Inspection, TextPlace, meant, place_of_text
from airdesk_render.document import Path
from airdesk_render.jinja import has_jinja, objections
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import ManagedOperator


def check_templates(inspection: Inspection, manifest: Manifest) -> None:
    params = declared_params(inspection, manifest)
    for task_id, task in manifest.tree.tasks.items():
        here = manifest.tree.nodes[task_id].path
        for path, text in _templated_texts(task, here):
            _check_text(inspection, text, place_of_text(inspection, path), path, params)
        for field in task.file_fields:
            if field not in task.templated:
                continue
            for file in task.files():
                name = inspection.beside(file)
                if (text_of_file := inspection.files.get(name)) is not None:
                    place = TextPlace(name, 1, 1, 0)
                    path = (*here, field)
                    _check_text(inspection, text_of_file, place, path, params)


def declared_params(inspection: Inspection, manifest: Manifest) -> frozenset[str]:
    """Names of all params, also of those whose shape is wrong."""
    wrong = (str(path[1]) for path in inspection.set_aside if path[0] == "params" and path[1:])
    return frozenset(manifest.params).union(wrong)


def _templated_texts(task: ManagedOperator, path: Path) -> Iterator[tuple[Path, str]]:
    for field in task.templated:
        yield from _texts(getattr(task, field), (*path, field))


def _texts(value: JsonValue, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if has_jinja(value):
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if has_jinja(key):
                yield (*path, key), key
            yield from _texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _check_text(
    inspection: Inspection, text: str, place: TextPlace, path: Path, params: frozenset[str]
) -> None:
    for objection in objections(text, params):
        line, column = place.at(objection.line, objection.column)
        suggestion = meant(objection.word, params) if objection.word else None
        inspection.report_at(
            place.file, line, column, objection.code, objection.message, path, suggestion
        )
