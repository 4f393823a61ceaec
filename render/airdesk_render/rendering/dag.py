"""The call of `DAG` itself."""

from __future__ import annotations

from collections.abc import Mapping

from airdesk_render.expressions import Code, Invoke
from airdesk_render.language.params import Param
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import DagSettings
from airdesk_render.rendering.options import usual_arguments
from airdesk_render.rendering.times import deadline_alert, end_of, moment, schedule_of, span


def dag_call(
    manifest: Manifest, team: Team, settings: DagSettings, filters: Mapping[str, str]
) -> Invoke:
    """`DAG(…)`; `filters` are Jinja filters and the functions in the file that they are."""
    arguments: dict[str, object] = {
        "dag_id": team.dag_id(manifest.dag_id),
        "description": manifest.description,
        "doc_md": _doc_md(manifest),
        **_times(manifest, team),
        "catchup": settings.catchup,
        "max_active_runs": settings.max_active_runs,
    }
    if settings.max_active_tasks is not None:
        arguments["max_active_tasks"] = settings.max_active_tasks
    if settings.dagrun_timeout is not None:
        arguments["dagrun_timeout"] = span(settings.dagrun_timeout)
    arguments |= {
        "default_args": usual_arguments(settings.usual),
        "access_control": {
            role: {resource: frozenset(actions) for resource, actions in rights.items()}
            for role, rights in settings.access_control.items()
        },
        "tags": list(settings.tags),
    }
    if manifest.params:
        arguments["params"] = {name: _param(param) for name, param in manifest.params.items()}
    if filters:
        arguments["user_defined_filters"] = {name: Code(of) for name, of in filters.items()}
    return Invoke("DAG", (), arguments)


def _times(manifest: Manifest, team: Team) -> dict[str, object]:
    schedule = manifest.schedule
    found: dict[str, object] = {"schedule": schedule_of(schedule, team)}
    if schedule is not None:
        if schedule.start_date is not None:
            found["start_date"] = moment(schedule.start_date, schedule.timezone)
        if schedule.end_date is not None:
            found["end_date"] = moment(end_of(schedule.end_date), schedule.timezone)
    if manifest.deadline is not None:
        alert = deadline_alert(manifest.deadline, schedule)
        if alert is not None:
            found["deadline"] = alert
    return found


def _doc_md(manifest: Manifest) -> str:
    people = f"Owners: {', '.join(manifest.owners)}"
    text = f"{manifest.doc_md.strip()}\n\n{people}\n" if manifest.doc_md else people
    return documentation(text)


def documentation(text: str) -> str:
    """Markdown that Airflow does not take for the name of a file to read."""
    return f"{text}\n" if text.endswith(".md") else text


def _param(param: Param) -> Invoke:
    enum = None if param.enum is None else [*param.enum, *([None] if param.nullable else [])]
    fields: dict[str, object] = {
        "type": ["null", param.type] if param.nullable else param.type,
        "title": param.title,
        "description": param.description,
        "section": param.section,
        "minimum": param.minimum,
        "maximum": param.maximum,
        "minLength": param.minLength,
        "maxLength": param.maxLength,
        # JSON Schema looks for the pattern anywhere in the text; ours is the whole of it.
        "pattern": None if param.pattern is None else f"^(?:{param.pattern})$",
        "format": param.format,
        "enum": enum,
        "items": None if param.items is None else {"type": param.items},
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return Invoke("Param", (param.default,), given)
