"""SQL of queries and checks, inline or in files."""

from __future__ import annotations

from airdesk_render.checks.place import Inspection, TextPlace, place_of_text
from airdesk_render.checks.templates import declared_params
from airdesk_render.jinja import masked, objections
from airdesk_render.manifest import Manifest
from airdesk_render.operators.sql import SqlCheck, SqlQuery, looks_like_file
from airdesk_render.sql import sql_problems


def check_queries(inspection: Inspection, manifest: Manifest) -> None:
    params = declared_params(inspection, manifest)
    numeric = frozenset(
        name for name, param in manifest.params.items() if param.type in ("integer", "number")
    )
    for task_id, task in manifest.tree.tasks.items():
        if not isinstance(task, SqlQuery | SqlCheck):
            continue
        path = (*manifest.tree.nodes[task_id].path, "sql")
        sql, place = task.sql, place_of_text(inspection, path)
        if looks_like_file(task.sql):
            name = inspection.beside(task.sql)
            if (found := inspection.files.get(name)) is None:
                continue
            sql, place = found.replace("\r\n", "\n"), TextPlace(name, 1, 1, 0)
        if any(objections(sql, params)):
            continue
        only_booleans = isinstance(task, SqlCheck) and manifest.data_class == "pii"
        for problem in sql_problems(masked(sql, numeric), only_booleans=only_booleans, written=sql):
            line, column = place.at(problem.line, problem.column)
            inspection.report_at(
                place.file, line, column, problem.code, problem.message, path, problem.suggestion
            )
