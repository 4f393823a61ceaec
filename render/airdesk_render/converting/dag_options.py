"""What a DAG says of itself beside its tasks, and what of that stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.converting.fields import Fields
from airdesk_render.converting.options import REASONS
from airdesk_render.converting.world import World

_MACROS = "Templates see a fixed list of names; compute the value in SQL or in python_function@1."
DAG_REASONS: Final[Mapping[str, str]] = {
    **REASONS,
    "access_control": "Who may see and start a DAG follows from its team.",
    "auto_register": "A rendered file defines its DAG.",
    "dag_display_name": "A DAG is shown by its id; its description says more.",
    "deadline": "Say it as data: deadline: {within: 2h} or {by: '07:00'}.",
    "fail_fast": "Use trigger rules.",
    "fail_stop": "Use trigger rules.",
    "is_paused_upon_creation": "A merged DAG is on; pause it in Airflow if you must.",
    "jinja_environment_kwargs": _MACROS,
    "owner_links": "Owners are people by their directory names.",
    "render_template_as_native_obj": "Templates give text here; convert it where it is used.",
    "sla_miss_callback": "Say by when a run must be done: deadline: {within: 2h}.",
    "template_undefined": "A name that is not known is an error here.",
    "user_defined_filters": _MACROS,
    "user_defined_macros": _MACROS,
    "doc_md_python_callable": "Write the text itself into doc_md.",
    "doc_md_python_callable_name": "Write the text itself into doc_md.",
    "doc_md_python_callable_file": "Write the text itself into doc_md.",
    "doc_md_python_arguments": "Write the text itself into doc_md.",
}
"""Key of a DAG to why it stays behind, and what to do instead."""

DAG_NEEDLESS: Final[Mapping[str, str]] = {
    "default_view": "Airflow 3 has no such setting.",
    "orientation": "Airflow 3 has no such setting.",
    "dag_id": "The key above says it.",
}
_LONGEST = 500


def documentation(dag: Fields, world: World, name: str) -> tuple[str, str | None]:
    """The description, which a manifest must have, and the longer text."""
    description, doc = dag.text("description"), dag.text("doc_md")
    item = dag.take("doc_md_file_path")
    if item is not None and item.text is not None:
        source = world.files.find(item.text)
        if source is None:
            message = f"The file {item.text} was not found beside the YAML."
            world.notes.left_out(item.where, "doc_md_file_path", message)
        else:
            doc = source.read_text(encoding="utf-8", errors="replace")
    if description is not None and description.strip():
        return description.strip()[:_LONGEST], doc
    lines = [line.strip("# ").strip() for line in (doc or "").splitlines()]
    if first := next(filter(None, lines), ""):
        return first[:_LONGEST], doc
    message = "A DAG needs a description: one sentence about what comes out of it."
    world.notes.changed(dag.place, "description", message)
    return f"{name}, moved in from dag-factory", doc
