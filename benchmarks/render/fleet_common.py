"""What hand-written DAGs of one team share, as they would keep it beside their DAGs."""

from collections.abc import Callable
from math import isfinite
from typing import Any


def first_rows(limit: int) -> Callable[[Any], dict[str, Any]]:
    """A handler that keeps the first rows of a query as JSON."""

    def cell(value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        return value if isinstance(value, float) and isfinite(value) else str(value)

    def handler(cursor: Any) -> dict[str, Any]:
        rows = [[cell(value) for value in row] for row in cursor.fetchmany(limit)]
        columns = [str(column[0]) for column in cursor.description]
        return {"columns": columns, "rows": rows, "total": cursor.rowcount}

    return handler


def slack_table(result: dict[str, Any]) -> str:
    """A query's first rows as a table of fixed width."""
    table = [result["columns"], *result["rows"]]
    widths = [max(len(str(row[index])) for row in table) for index in range(len(table[0]))]
    lines = ["  ".join(map(str.ljust, map(str, row), widths)).rstrip() for row in table]
    return "```\n" + "\n".join(lines) + "\n```"
