"""Functions that rendered files carry with them for single operators, as source text.

Like those in `airdesk_render.helpers`, each is written into a DAG's file as it stands here.
"""

from __future__ import annotations

from typing import Final

HOLDS: Final = '''\
def holds(case, ti):
    """Whether a condition's value compares as it says: with numbers as a number, else as text."""
    value, counted = case.get("value"), False
    if (source := case.get("rows_from")) is not None:
        result = ti.xcom_pull(task_ids=source) or {"columns": [], "rows": [], "total": 0}
        value, counted = result["total"], True
        if value is None:
            value = len(result["rows"])
        if (column := case.get("column")) is not None:
            if column not in result["columns"]:
                raise ValueError(f"{source} gave no column {column!r}, only {result['columns']}.")
            first = result["rows"][0] if result["rows"] else [None] * len(result["columns"])
            value, counted = first[result["columns"].index(column)], False
    nothing = value in (None, "", "None") or (counted and value == 0)

    def same(wanted):
        if wanted is None:
            return nothing
        if isinstance(wanted, bool):
            return str(value).lower() == str(wanted).lower()
        if isinstance(wanted, int | float):
            try:
                return float(value) == wanted
            except (TypeError, ValueError):
                return False
        return str(value) == wanted

    def order(wanted):
        if value is None:
            return float("nan")
        given = str(value) if isinstance(wanted, str) else float(value)
        return (given > wanted) - (given < wanted)

    tests = {
        "equals": same,
        "not_equals": lambda wanted: not same(wanted),
        "in": lambda wanted: any(map(same, wanted)),
        "not_in": lambda wanted: not any(map(same, wanted)),
        "greater_than": lambda wanted: order(wanted) > 0,
        "at_least": lambda wanted: order(wanted) >= 0,
        "less_than": lambda wanted: order(wanted) < 0,
        "at_most": lambda wanted: order(wanted) <= 0,
        "is_empty": lambda wanted: nothing is wanted,
    }
    return all(test(case[name]) for name, test in tests.items() if name in case)
'''

CHOOSE_WAYS: Final = '''\
def choose_ways(cases, otherwise, every, ti):
    """The tasks to go on with: those of the first case that holds, or of every such case."""
    chosen = []
    for case in cases:
        if holds(case, ti):
            chosen += case["then"]
            if not every:
                break
    return chosen or otherwise
'''

ALL_HOLD: Final = '''\
def all_hold(conditions, ti):
    """Whether all conditions hold."""
    return all(holds(condition, ti) for condition in conditions)
'''

HTML_TABLE: Final = '''\
def html_table(result, widest=200):
    """A query's first rows as an HTML table."""
    if not result or not result["rows"]:
        return "<p><em>No rows.</em></p>"

    def cells(row, tag):
        texts = ["" if value is None else str(value)[:widest] for value in row]
        return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)

    head = f"<tr>{cells(result['columns'], 'th')}</tr>"
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in result["rows"])
    left = (result["total"] or 0) - len(result["rows"])
    more = f"<p><em>{left} more rows.</em></p>" if left > 0 else ""
    return f'<table border="1" cellpadding="4">{head}{body}</table>{more}'
'''

CSV_ROWS: Final = '''\
def csv_rows(separator, header):
    """Read a CSV file row by row; an empty value is null."""

    def parse(path):
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file, delimiter=separator)
            if header:
                next(rows, None)
            for row in rows:
                if row:
                    yield [value if value else None for value in row]

    return parse
'''

AS_PYTHON: Final = '''\
def as_python(file):
    """Copy a Python file of this DAG to where it may have its ending."""
    target = Path(mkdtemp(prefix="airdesk-")) / Path(file).name
    copyfile(FILES / f"{file}.txt", target)
    return str(target)
'''

NOTEBOOK_OUTPUT: Final = '''\
def notebook_output(ti):
    """Where this worker keeps the notebook of a task's run."""
    home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
    folder = home / "notebooks" / ti.dag_id / ti.run_id
    folder.mkdir(parents=True, exist_ok=True)
    index = f".{ti.map_index}" if ti.map_index >= 0 else ""
    return str(folder / f"{ti.task_id}{index}.ipynb")
'''

SOURCES: Final[dict[str, str]] = {
    "all_hold": ALL_HOLD,
    "as_python": AS_PYTHON,
    "choose_ways": CHOOSE_WAYS,
    "csv_rows": CSV_ROWS,
    "holds": HOLDS,
    "html_table": HTML_TABLE,
    "notebook_output": NOTEBOOK_OUTPUT,
}

IMPORTS: Final[dict[str, tuple[str, ...]]] = {
    "all_hold": (),
    "as_python": (
        "from pathlib import Path",
        "from shutil import copyfile",
        "from tempfile import mkdtemp",
    ),
    "choose_ways": (),
    "csv_rows": ("import csv", "from pathlib import Path"),
    "holds": (),
    "html_table": ("from html import escape",),
    "notebook_output": ("import os", "from pathlib import Path"),
}
