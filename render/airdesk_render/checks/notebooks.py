"""Notebooks that a task runs."""

from __future__ import annotations

import json

from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path


def check_notebook(inspection: Inspection, name: str, text: str, path: Path) -> None:
    """Check that a file is a notebook: JSON of version 4 with cells."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"This is no notebook: {error.msg}."
        inspection.report_at(name, error.lineno, error.colno, "notebook-invalid", message, path)
        return
    except (RecursionError, ValueError):
        data = None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list) or data.get("nbformat") != 4:
        message = "This is no notebook of version 4. Save it with JupyterLab."
        inspection.report_at(name, 1, 1, "notebook-invalid", message, path)
