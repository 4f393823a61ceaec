"""The functions that rendered files carry, run as they stand in such a file."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import sqlite3
from pathlib import Path

import pytest
from airdesk_render.helpers import IMPORTS, SOURCES


def _load(name: str, **extra):
    space = dict(extra)
    exec("\n".join((*IMPORTS[name], SOURCES[name])), space)
    return space[name]


class Cursor:
    """A DB-API cursor over rows in memory, with psycopg's row count."""

    def __init__(self, columns, rows, rowcount=None):
        self.description = [(name, None) for name in columns] if columns else None
        self.rows = rows
        self.rowcount = len(rows) if rowcount is None else rowcount

    def fetchmany(self, size):
        return self.rows[:size]


def test_first_rows_are_json():
    rows = [
        ("AA", decimal.Decimal("1.50"), dt.date(2026, 1, 2), None, True, 3, 2.5, float("nan")),
        ("BB", dt.datetime(2026, 1, 2, 3, 4), b"x", "é", False, 10**20, -0.5, float("inf")),
    ]
    result = _load("first_rows")(1)(Cursor("abcdefgh", rows))
    assert result == {
        "columns": list("abcdefgh"),
        "rows": [["AA", "1.50", "2026-01-02", None, True, 3, 2.5, "nan"]],
        "total": 2,
    }
    assert json.loads(json.dumps(_load("first_rows")(5)(Cursor("abcdefgh", rows)), allow_nan=False))


def test_first_rows_of_pii_are_none():
    result = _load("first_rows")(0)(Cursor("ab", [("x", "y")]))
    assert result == {"columns": ["a", "b"], "rows": [], "total": 1}


def test_first_rows_without_a_result_or_a_count():
    assert _load("first_rows")(3)(Cursor("", []))["columns"] == []
    assert _load("first_rows")(3)(Cursor("a", [(1,)], rowcount=-1))["total"] is None


def test_first_rows_with_a_real_cursor():
    with sqlite3.connect(":memory:") as connection:
        cursor = connection.execute("select 1 as one, 'x' as letter union select 2, 'y'")
        result = _load("first_rows")(1)(cursor)
    assert (result["columns"], result["rows"]) == (["one", "letter"], [[1, "x"]])


def test_a_table_is_of_fixed_width():
    table = _load("slack_table")(
        {"columns": ["carrier", "delay"], "rows": [["AA", 1.5], ["Lufthansa", None]], "total": 12}
    )
    assert table == (
        "```\ncarrier    delay\n---------  -----\nAA         1.5\nLufthansa\n```\n_10 more rows._"
    )


def test_a_table_cannot_call_everybody_nor_leave_its_frame():
    table = _load("slack_table")(
        {"columns": ["a"], "rows": [["<!channel> & ```*b*"], ["x\ny"]], "total": 2}
    )
    assert "<" not in table
    assert "&lt;!channel&gt; &amp; '''*b*" in table
    assert table.count("```") == 2
    assert "x y" in table


@pytest.mark.parametrize("result", [None, {}, {"columns": ["a"], "rows": [], "total": 0}])
def test_an_empty_table_says_so(result):
    assert _load("slack_table")(result) == "_No rows._"


def test_a_large_table_fits_a_message():
    rows = [["x" * 500, "<" * 500] for _ in range(100)]
    table = _load("slack_table")({"columns": ["a", "b"], "rows": rows, "total": 100})
    assert len(table) < 3_000
    assert table.endswith("more rows._")
    few = [["x" * 500] * 30]
    assert "_1 more rows._" in _load("slack_table")(
        {"columns": ["c"] * 30, "rows": few, "total": 1}
    )


def test_a_function_is_called_from_its_file(tmp_path):
    (tmp_path / "py").mkdir()
    (tmp_path / "py/score.py.txt").write_text("LIMIT = 3\ndef f(a, b=1): return [a, b, LIMIT]\n")
    call = _load("call_function", FILES=Path(tmp_path))
    assert call("py/score.py.txt", "f", a="x", b=2) == ["x", 2, 3]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["score.py.txt"]


def test_a_function_gets_of_the_context_what_it_names(tmp_path):
    (tmp_path / "f.py.txt").write_text("def f(a, ds, **rest): return [a, ds, rest]\n")
    call = _load("call_function", FILES=Path(tmp_path))
    context = {"ds": "2026-12-01", "run_id": "r", "ti": object(), "templates_dict": None}
    assert call("f.py.txt", "f", a=1, more=2, **context) == [1, "2026-12-01", {"more": 2}]
    (tmp_path / "g.py.txt").write_text("def g(a=1): return a\n")
    with pytest.raises(TypeError, match="misspelt"):
        call("g.py.txt", "g", misspelt=2, **context)
