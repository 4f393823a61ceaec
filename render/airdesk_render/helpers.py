"""Functions that a rendered file carries with it, so that it needs nothing but Airflow.

Each is kept as source text and written into a DAG's file as it stands here. None of it is
touched by a manifest.
"""

from __future__ import annotations

from typing import Final

from airdesk_render.operators import carried

FIRST_ROWS: Final = '''\
def first_rows(limit):
    """Keep the columns, the first `limit` rows as JSON, and how many rows there were."""

    def cell(value):
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float) and isfinite(value):
            return value
        return str(value)

    def handler(cursor):
        if cursor.description is None:
            return {"columns": [], "rows": [], "total": 0}
        rows = [[cell(value) for value in row] for row in cursor.fetchmany(max(limit, 1))][:limit]
        return {
            "columns": [str(column[0]) for column in cursor.description],
            "rows": rows,
            "total": cursor.rowcount if cursor.rowcount >= 0 else None,
        }

    return handler
'''

SLACK_TABLE: Final = '''\
def slack_table(result, widest=40, longest=2800):
    """A query's first rows as a table of fixed width, within what Slack shows in one message."""
    if not result or not result["rows"]:
        return "_No rows._"

    def cell(value):
        text = "" if value is None else " ".join(str(value).replace("`", "'").split())
        return text if len(text) <= widest else text[: widest - 1] + "…"

    table = [[cell(value) for value in row] for row in [result["columns"], *result["rows"]]]
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    shown, size = [], 0
    for line in lines:
        line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        size += len(line) + 1
        if size > longest:
            break
        shown.append(line)
    total = result["total"]
    left = (len(result["rows"]) if total is None else total) - max(len(shown) - 2, 0)
    more = f"\\n_{left} more rows._" if left > 0 else ""
    return "```\\n" + "\\n".join(shown) + "\\n```" + more
'''

CALL_FUNCTION: Final = '''\
def call_function(_file, _function, /, **given):
    """Call a function of a Python file that was published with this DAG.

    Airflow gives its whole context. The function gets its arguments, and what it names of it.
    """
    from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS

    path = FILES / _file
    module = ModuleType(path.name.partition(".")[0])
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    called = getattr(module, _function)
    named = signature(called).parameters.keys()
    wanted = given.keys() - KNOWN_CONTEXT_KEYS | given.keys() & named
    return called(**{key: given[key] for key in wanted})
'''

LOAD_SHARED: Final = '''\
def load_shared(file):
    """Load a module of shared operators that was published with this DAG."""
    path = FILES / file
    source = path.read_bytes()
    name = f"shared_{path.name.partition('.')[0]}_{sha256(source).hexdigest()[:16]}"
    if name not in sys.modules:
        module = sys.modules[name] = ModuleType(name)
        module.__file__ = str(path)
        try:
            exec(compile(source, str(path), "exec"), module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
'''

SOURCES: Final[dict[str, str]] = {
    "call_function": CALL_FUNCTION,
    "first_rows": FIRST_ROWS,
    "load_shared": LOAD_SHARED,
    "slack_table": SLACK_TABLE,
    **carried.SOURCES,
}

IMPORTS: Final[dict[str, tuple[str, ...]]] = {
    "call_function": (
        "import sys",
        "from inspect import signature",
        "from types import ModuleType",
    ),
    "first_rows": ("from math import isfinite",),
    "load_shared": ("import sys", "from hashlib import sha256", "from types import ModuleType"),
    "slack_table": (),
    **carried.IMPORTS,
}
