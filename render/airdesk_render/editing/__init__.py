"""Editing a manifest by program, for forms and the canvas, as a careful person would.

Comments, order, quotes and every line that has nothing to do with the change stay as they are, in
YAML and in JSON. Paths are keys and indexes from the root: `("tasks", "load", "sql")`.

    set_value(text, path, value)     what is missing on the way is made
    insert(text, path, value, before=key)     a new key or item
    delete(text, path) · rename(text, path, name) · move(text, path, before=key, into=path)
    edited(text, data)               whatever it takes to make the text say `data`
    add_task, remove_task, rename_task, add_upstream, remove_upstream     by full task id

Raises:
    EditError: the text cannot be read, or there is no such place; a sentence for the person.
"""

from __future__ import annotations

from airdesk_render.editing.data import edited, set_value
from airdesk_render.editing.edits import EditError, delete, insert, move, rename
from airdesk_render.editing.tasks import (
    add_task,
    add_upstream,
    remove_task,
    remove_upstream,
    rename_task,
)

__all__ = [
    "EditError",
    "add_task",
    "add_upstream",
    "delete",
    "edited",
    "insert",
    "move",
    "remove_task",
    "remove_upstream",
    "rename",
    "rename_task",
    "set_value",
]
