"""Manifests in JSON, and findings that concern more than the manifest itself."""

from __future__ import annotations

import pytest

HEAD = """\
version: 1
dag_id: delays
description: Which carriers ran late
owners: [thu.tran]
data_class: internal
"""
TASK = """\
tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: select 1
"""


def _task(lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.strip("\n").split("\n"))
    return f"{HEAD}tasks:\n  report:\n{body}"


def _query(sql: str) -> str:
    return _task(f"operator: sql_query@1\nconnection: warehouse\nsql: {sql}")


def test_json_is_read_as_well(check):
    text = """{
\t"version": 1, "dag_id": "delays", "description": "caf\\u00e9 \\ud83d\\ude00",
\t"owners": ["thu.tran"], "data_class": "internal",
\t"tasks": {"a": {"operator": "bash@1", "command": "ls"}}
}"""
    checked = check(text, file="dags/delays.dag.json")
    assert checked.findings == ()
    assert checked.manifest is not None
    assert checked.manifest.description == "café 😀"


def test_a_second_manifest_of_the_same_name_is_found(check):
    text = HEAD + TASK
    files = {"dags/delays.dag.yaml": text, "dags/more/delays.dag.yml": text}
    (finding,) = check(text, files=files).findings
    assert (finding.code, finding.path) == ("duplicate-dag", ("dag_id",))


def test_findings_in_files_name_the_file(check):
    text = _query("sql/q.sql")
    files = {"dags/sql/q.sql": "select 1\nfrom (a\n"}
    (finding,) = check(text, files=files).findings
    assert (finding.file, finding.line, finding.code) == ("dags/sql/q.sql", 2, "sql-syntax")
    assert finding.path == ("tasks", "report", "sql")

    files = {"dags/sql/q.sql": "select 1\nfrom {{ var.value.x }}\n"}
    (finding,) = check(text, files=files).findings
    assert (finding.line, finding.column, finding.code) == (2, 9, "jinja-not-allowed")


def test_similar_file_names_are_suggested(check):
    text = _query("sql/delay.sql")
    (finding,) = check(text, files={"dags/sql/delays.sql": "select 1"}).findings
    assert finding.suggestion == "sql/delays.sql"


@pytest.mark.parametrize(
    ("source", "arguments", "code", "path_end"),
    [
        ("def other(): pass", "{}", "function-missing", "function"),
        ("def score(day): pass", "{}", "function-arguments", "arguments"),
        ("def score(day): pass", "{dya: 1, day: 2}", "function-arguments", "dya"),
        ("def score(:", "{}", "python-syntax", "file"),
        ("def score(): pass\n\x00", "{}", "file-characters", "file"),
        ("async def score(): pass", "{}", "function-async", "file"),
        ("def score(day, /): pass", "{day: 1}", "function-arguments", "function"),
        ("def score(*, day, hour=1): pass", "{hour: 2}", "function-arguments", "arguments"),
    ],
)
def test_python_files_are_looked_at(check, source, arguments, code, path_end):
    text = _task(
        f"operator: python_function@1\nfile: py/a.py\nfunction: score\narguments: {arguments}"
    )
    findings = check(text, files={"dags/py/a.py": source}).findings
    assert (findings[0].code, findings[0].path[-1]) == (code, path_end)
    if "/" not in source:
        assert len(findings) == 1


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("def score(day=1, /, *rest, hour, **more): pass", "{hour: 2, other: 3}"),
        ("import os\n@os.x\ndef score(day, hour=1): pass", "{day: 2}"),
        ("def score(): '\\d'", "{}"),
    ],
)
def test_python_that_fits(check, source, arguments):
    text = _task(
        f"operator: python_function@1\nfile: py/a.py\nfunction: score\narguments: {arguments}"
    )
    assert check(text, files={"dags/py/a.py": source}).findings == ()


def test_mapped_arguments_are_looked_at_one_by_one(finds):
    marked = _task(
        "operator: python_function@1\nfile: py/a.py\nfunction: score\n"
        "expand: {arguments: [{day: 1}, {«dya: 2, day: 1}]}"
    )
    files = {"dags/py/a.py": "def score(day): pass"}
    assert finds(marked, "function-arguments", files=files).suggestion == "day"


@pytest.mark.parametrize(
    "notebook", ["«", "«[]", '«{"cells": [], "nbformat": 3}', '{"cells": «]}', '«{"nbformat": 4}']
)
def test_a_notebook_is_one(finds, check, notebook):
    text = _task("operator: notebook@1\nfile: nb/report.ipynb")
    finding = finds(text, "notebook-invalid", files={"dags/nb/report.ipynb": notebook})
    assert finding.path == ("tasks", "report", "file")
    right = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    assert check(text, files={"dags/nb/report.ipynb": right}).findings == ()


def test_jinja_stands_where_it_is_replaced(finds):
    marked = _task(
        "operator: spark_submit@1\nconnection: spark\napplication: hdfs://lake/a.jar\n"
        'conf: {spark.sql.session.timeZone: «"{{ ds }}"}'
    )
    finds(marked, "jinja-not-here")


def test_an_archive_cannot_pose_as_a_script(check):
    """Airflow would import DAGs from any file that ends like a ZIP."""
    text = _task("operator: bash@1\nfile: a.sh")
    (finding,) = check(text, files={"dags/a.sh": "ls\nPK\x05\x06" + "\x00" * 18}).findings
    assert finding.code == "file-characters"
