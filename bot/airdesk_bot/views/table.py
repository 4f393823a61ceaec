"""First rows of a report as an aligned table for a code block."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from airdesk.model import Rows

from airdesk_bot.views.text import ELLIPSIS, one_line

MAX_ROWS = 10
MAX_CELL = 28
MAX_WIDTH = 78
GAP = "  "
_NUMBER = re.compile(r"[-+]?[\d,.]*\d(?:[eE][-+]?\d+)?%?")
_EMPTY = {"", "–", "None", "null", "NULL"}


def _width(text: str) -> int:
    """Columns a text takes in a fixed-width font; East Asian letters and emoji take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _cell(text: str, limit: int = MAX_CELL) -> str:
    """One line of at most `limit` columns."""
    text = one_line(text)
    if _width(text) <= limit:
        return text
    while text and _width(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * max(width - _width(text), 0)
    return space + text if right else text + space


def _is_numeric(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell not in _EMPTY]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def table(rows: Rows) -> str:
    """Header, rule and up to ten rows; columns that do not fit are replaced by one ellipsis."""
    columns = [
        [
            _cell(name),
            *(_cell(row[place]) if place < len(row) else "" for row in rows.rows[:MAX_ROWS]),
        ]
        for place, name in enumerate(rows.columns)
    ]
    shown: list[list[str]] = []
    room = MAX_WIDTH
    for column in columns:
        width = max(map(_width, column))
        if shown and room < width:
            shown.append([ELLIPSIS] * (len(column) + 1))
            break
        padded = [_padded(cell, width, right=_is_numeric(column[1:])) for cell in column]
        shown.append([padded[0], "─" * width, *padded[1:]])
        room -= width + len(GAP)
    return "\n".join(GAP.join(cells).rstrip() for cells in zip(*shown, strict=True))


def rows_caption(rows: Rows) -> str:
    """`First 10 of 16 rows`, `All 3 rows`, `No rows`."""
    shown = min(len(rows.rows), MAX_ROWS)
    total = rows.total if rows.total is not None else len(rows.rows)
    if not shown:
        return "The report has no rows"
    if total > shown:
        return f"First {shown} of {total:,} rows"
    return "The one row" if shown == 1 else f"All {shown} rows"
