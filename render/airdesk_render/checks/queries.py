"""SQL of tasks, inline or in files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from airdesk_render.checks.inside import Variant, variants_of
from airdesk_render.checks.place import Inspection, TextPlace, place_of_text
from airdesk_render.checks.remembered import is_fine, key_of, was_fine
from airdesk_render.checks.templates import declared_params
from airdesk_render.document import Path
from airdesk_render.jinja import has_jinja, masked, objections
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import SqlUse
from airdesk_render.operators.sql import looks_like_file

_BEFORE, _AFTER = "select 1 where (\n", "\n)"
"""Around a condition, so that it can be read as a query; one line is added."""
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)


def check_queries(inspection: Inspection, manifest: Manifest) -> None:
    params = declared_params(inspection, manifest)
    numeric = frozenset(
        name for name, param in manifest.params.items() if param.type in ("integer", "number")
    )
    for task_id, task in manifest.tree.tasks.items():
        here = manifest.tree.nodes[task_id].path
        for variant in variants_of(task):
            if inspection.is_full:
                return
            for path, sql, place, use in _texts(inspection, variant, here):
                if not has_jinja(sql) or not any(objections(sql, params)):
                    pii = manifest.data_class == "pii"
                    _check(inspection, masked(sql, numeric), sql, place, path, use, pii)


def _texts(
    inspection: Inspection, variant: Variant, here: Path
) -> Iterator[tuple[Path, str, TextPlace, SqlUse]]:
    """Path in the manifest, text, where that stands, and what it may do."""
    for where, sql, use in variant.task.sql_texts():
        path = variant.path_of(where)
        if path is None:
            continue
        whole = (*here, *path)
        if not looks_like_file(sql):
            yield whole, sql, place_of_text(inspection, whole), use
            continue
        name = inspection.beside(sql)
        if (found := inspection.files.get(name)) is not None:
            yield whole, found.replace("\r\n", "\n"), TextPlace(name, 1, 1, 0), use


def _check(
    inspection: Inspection,
    sql: str,
    written: str,
    place: TextPlace,
    path: Path,
    use: SqlUse,
    pii: bool,
) -> None:
    shift = 0
    if use.condition and _QUERY.match(sql):
        line, column = place.at(1, 1)
        message = "Write only the condition, such as amount >= 0, and no query."
        inspection.report_at(place.file, line, column, "sql-syntax", message, path)
        return
    if use.condition:
        sql, written, shift = f"{_BEFORE}{sql}{_AFTER}", f"{_BEFORE}{written}{_AFTER}", 1
    key = key_of("sql", sql, written, use, pii)
    if was_fine(key):
        return
    from airdesk_render.sql import GENERIC, sql_problems

    problems = tuple(
        sql_problems(
            sql,
            dialect=use.dialect or GENERIC,
            writes=use.writes,
            several=use.several,
            only_booleans=use.shows_row and pii,
            written=written,
        )
    )
    if not problems:
        is_fine(key)
    for problem in problems:
        last = written.count("\n") + 1 - 2 * shift
        told = replace(problem, line=min(max(problem.line - shift, 1), last))
        line, column = place.at(told.line, told.column)
        inspection.report_at(
            place.file, line, column, told.code, told.message, path, told.suggestion
        )
