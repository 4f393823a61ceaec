"""Jinja in every field and file that Airflow will replace, and in none where it will not."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.checks.inside import Variant, texts_in, value_at, variants_of
from airdesk_render.checks.place import Inspection, TextPlace, meant, place_of_text
from airdesk_render.document import Path
from airdesk_render.jinja import has_jinja, objections
from airdesk_render.language.task import TaskCommon
from airdesk_render.manifest import Manifest
from airdesk_render.template_words import OF_DATED_RUNS


@dataclass(frozen=True)
class _Known:
    """What templates may count on.

    Attributes:
        dated: whether every run has a logical date; one that assets set off has none.
    """

    params: frozenset[str]
    dated: bool


def check_templates(inspection: Inspection, manifest: Manifest) -> None:
    by_assets = manifest.schedule is not None and bool(manifest.schedule.asset_names())
    known = _Known(declared_params(inspection, manifest), dated=not by_assets)
    texts = (inspection.text, *(layer.text for layer in inspection.effective.layers))
    written = any(has_jinja(text) or "\\" in text for text in texts)
    for task_id, task in manifest.tree.tasks.items():
        here = manifest.tree.nodes[task_id].path
        for variant in variants_of(task):
            if inspection.is_full:
                return
            if written:
                _check_fields(inspection, variant, here, known)
                _check_elsewhere(inspection, variant, here)
            _check_files(inspection, variant, here, known)


def declared_params(inspection: Inspection, manifest: Manifest) -> frozenset[str]:
    """Names of all params, also of those whose shape is wrong."""
    wrong = (str(path[1]) for path in inspection.set_aside if path[0] == "params" and path[1:])
    return frozenset(manifest.params).union(wrong)


def _check_fields(inspection: Inspection, variant: Variant, here: Path, known: _Known) -> None:
    for place, text in variant.task.templated_texts():
        if not has_jinja(text):
            continue
        path = variant.path_of(place)
        if path is not None:
            whole = (*here, *path)
            of_key = value_at(inspection, whole) != text
            where = place_of_text(inspection, whole, of_key=of_key)
            _check_text(inspection, text, where, whole, known)


def _check_elsewhere(inspection: Inspection, variant: Variant, here: Path) -> None:
    """Fields in which braces would stay as they are."""
    task = variant.task
    replaced = {*task.templated, *(place[0] for place, _ in task.templated_texts())}
    for field in type(task).model_fields.keys() - TaskCommon.model_fields.keys() - replaced:
        for place, text in texts_in(getattr(task, field), (field,)):
            path = variant.path_of(place) if has_jinja(text) else None
            if path is not None:
                message = f"Nothing is replaced in {field!r}. Write the value itself."
                inspection.report("jinja-not-here", message, (*here, *path))


def _check_files(inspection: Inspection, variant: Variant, here: Path, known: _Known) -> None:
    task = variant.task
    for field in task.file_fields:
        path = variant.path_of((field,))
        if field not in task.templated or path is None:
            continue
        for file in task.files():
            if file != getattr(task, field):
                continue
            name = inspection.beside(file)
            if (text := inspection.files.get(name)) is not None:
                place = TextPlace(name, 1, 1, 0)
                _check_text(inspection, text, place, (*here, *path), known)


def _check_text(
    inspection: Inspection, text: str, place: TextPlace, path: Path, known: _Known
) -> None:
    if not has_jinja(text):
        return
    wrong = tuple(objections(text, known.params))
    for objection in wrong:
        line, column = place.at(objection.line, objection.column)
        suggestion = meant(objection.word, known.params) if objection.word else None
        inspection.report_at(
            place.file, line, column, objection.code, objection.message, path, suggestion
        )
    if wrong or known.dated:
        return
    from airdesk_render.template_rules import names_in

    for name, line, column in names_in(text, OF_DATED_RUNS):
        message = (
            f"A run that assets set off has no {name!r}, so the task would fail. Every run has "
            "dag_run.run_after, the moment it was due: {{ dag_run.run_after | ds }}."
        )
        inspection.report_at(place.file, *place.at(line, column), "no-logical-date", message, path)
