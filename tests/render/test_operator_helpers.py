"""The functions that files carry for single operators, run as they stand in such a file."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from airdesk_render.operators.carried import IMPORTS, SOURCES

ROWS = {"columns": ["region", "n"], "rows": [["north", 12], ["south", 3]], "total": 7}
NO_ROWS = {"columns": ["region", "n"], "rows": [], "total": 0}


def _load(*names: str, **extra):
    space = dict(extra)
    for name in names:
        exec("\n".join((*IMPORTS[name], SOURCES[name])), space)
    return space[names[-1]]


def _ti(result=None):
    return SimpleNamespace(xcom_pull=lambda task_ids: json.loads(json.dumps(result)))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"value": "full", "equals": "full"}, True),
        ({"value": "full", "not_equals": "full"}, False),
        ({"value": "3", "equals": 3}, True),
        ({"value": "3.0", "equals": 3}, True),
        ({"value": "three", "equals": 3}, False),
        ({"value": "True", "equals": True}, True),
        ({"value": "x", "in": ["x", 3]}, True),
        ({"value": "3", "in": ["x", 3]}, True),
        ({"value": "4", "not_in": ["x", 3]}, True),
        ({"value": "12", "greater_than": 9}, True),
        ({"value": "12", "greater_than": "9"}, False),
        ({"value": "2026-12-02", "at_least": "2026-12-01"}, True),
        ({"value": "5", "at_least": 1, "less_than": 5}, False),
        ({"value": "5", "at_most": 5}, True),
        ({"value": "", "is_empty": True}, True),
        ({"value": "0", "is_empty": True}, False),
        ({"value": "None", "equals": None}, True),
        ({"value": None, "less_than": 5}, False),
    ],
)
def test_values_are_compared_as_what_they_are_compared_with(case, expected):
    assert _load("holds")(case, _ti()) is expected


def test_a_number_is_not_made_up():
    with pytest.raises(ValueError, match="could not convert"):
        _load("holds")({"value": "many", "greater_than": 3}, _ti())


@pytest.mark.parametrize(
    ("result", "case", "expected"),
    [
        (ROWS, {"greater_than": 6}, True),
        (ROWS | {"total": None}, {"equals": 2}, True),
        (ROWS, {"column": "n", "at_least": 12}, True),
        (ROWS, {"column": "region", "equals": "north"}, True),
        (NO_ROWS, {"is_empty": True}, True),
        (None, {"is_empty": True}, True),
        (NO_ROWS, {"column": "n", "is_empty": True}, True),
        (NO_ROWS, {"column": "n", "greater_than": -1}, False),
    ],
)
def test_rows_are_counted_or_looked_into(result, case, expected):
    assert _load("holds")({"rows_from": "q", **case}, _ti(result)) is expected


def test_a_column_that_is_not_there_fails_with_those_that_are():
    with pytest.raises(ValueError, match=r"q gave no column 'm', only \['region', 'n'\]"):
        _load("holds")({"rows_from": "q", "column": "m", "equals": 1}, _ti(ROWS))


def test_ways():
    choose = _load("holds", "choose_ways")
    cases = [
        {"value": "1", "equals": 2, "then": ["a"]},
        {"value": "1", "equals": 1, "then": ["b", "c"]},
        {"value": "1", "at_least": 0, "then": ["d"]},
    ]
    assert choose(cases, ["z"], False, _ti()) == ["b", "c"]
    assert choose(cases, ["z"], True, _ti()) == ["b", "c", "d"]
    assert choose(cases[:1], ["z"], False, _ti()) == ["z"]
    assert choose(cases[:1], [], False, _ti()) == []
    hold = _load("holds", "all_hold")
    assert hold(cases[1:], _ti()) is True
    assert hold(cases, _ti()) is False


def test_html_tables_hold_text_and_nothing_else():
    table = _load("html_table")({"columns": ["<b>"], "rows": [["<script>"], [None]], "total": 5})
    assert "&lt;script&gt;" in table
    assert "<script>" not in table
    assert "&lt;b&gt;" in table
    assert "3 more rows" in table
    assert "No rows" in _load("html_table")(None)


def test_csv_rows(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text('\ufeffid;name\n1;"a;b"\n2;\n\n', encoding="utf-8")
    assert list(_load("csv_rows")(";", True)(str(file))) == [["1", "a;b"], ["2", None]]
    assert next(iter(_load("csv_rows")(";", False)(str(file)))) == ["id", "name"]


def test_a_python_file_gets_its_ending_back(tmp_path):
    (tmp_path / "spark").mkdir()
    (tmp_path / "spark/job.py.txt").write_text("x = 1\n")
    copied = Path(_load("as_python", FILES=tmp_path)("spark/job.py"))
    assert (copied.name, copied.read_text()) == ("job.py", "x = 1\n")
    copied.unlink()
    copied.parent.rmdir()


def test_a_notebook_is_kept_beside_its_run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    instance = SimpleNamespace(dag_id="growth.a", run_id="manual__1", task_id="g.nb", map_index=-1)
    where = _load("notebook_output")(instance)
    assert where == f"{tmp_path}/notebooks/growth.a/manual__1/g.nb.ipynb"
    assert Path(where).parent.is_dir()
    instance.map_index = 2
    assert _load("notebook_output")(instance).endswith("/g.nb.2.ipynb")
